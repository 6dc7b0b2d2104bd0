"""Gateways' channels, from the server's side."""

from typing import Any

from attrs import AttrsInstance, define, field
from pytest_twisted import ensureDeferred

from aen.model.names import PlaceName
from aen.model.projects import State, TeamRole
from aen.model.site import Level, Maintenance
from aen.model.users import Role
from aen.server.channel import Channels
from aen.server.events import gateway_topic, project_topic
from aen.server.records import AccountChanges, ProjectChanges
from aen.server.site_values import NewAnnouncement, SiteChanges
from aen.wire.messages import NodeStatus, Up
from tests.server.furnished import LAB, World, furnished, launch


@define(eq=False)
class FakeEnd:
    """A gateway's end; keeps what it is told."""

    said: list[Any] = field(factory=list)

    def say(self, message: AttrsInstance) -> None:
        """Keep it."""
        self.said.append(message)


async def connected() -> tuple[World, Channels, FakeEnd]:
    """Return a world whose data center “east” is connected."""
    world = await furnished()
    await world.center()
    channels = world.channels()
    channels.start()
    end = FakeEnd()
    channels.opened("gateway:east", end)
    return world, channels, end


@ensureDeferred
async def test_a_gateway_is_told_its_nodes() -> None:
    """When it comes, and whenever they change."""
    world, channels, end = await connected()
    await world.rooms.centers.add_node(None, "east", "n2", "http://n2:5002")
    told = [[node.name for node in one.nodes] for one in end.said if one.nodes]
    assert told == [["n1"], ["n1", "n2"]]
    await channels.stop()


@ensureDeferred
async def test_a_gateway_is_told_what_everybody_is_to_read() -> None:
    """When it comes, and whenever that changes: announcements and maintenance."""
    world, channels, end = await connected()
    root = await world.person("root1", Role.SUPERUSER)
    change = world.rooms.site.change
    await change(
        root, SiteChanges(announcement=NewAnnouncement("At six.", Level.URGENT))
    )
    await change(root, SiteChanges(maintenance=Maintenance(on=True)))
    await change(root, SiteChanges(announcement=NewAnnouncement("")))
    told = [
        [(each.level.value, each.text[:6]) for each in one.notices]
        for one in end.said
        if one.notices is not None
    ]
    urgent, worked_on = ("urgent", "At six"), ("warning", "The pl")
    assert told == [[], [urgent], [urgent, worked_on], [worked_on]]
    await channels.stop()


@ensureDeferred
async def test_what_no_longer_holds_is_dropped_at_once() -> None:
    """Visibility, the team, a password, a session, the account."""
    world, channels, end = await connected()
    accounts = world.rooms.accounts
    access = world.rooms.access
    projects = world.rooms.projects
    ada, bob = await world.person("ada"), await world.person("bob")
    lab = await world.project(ada, visibility="public")
    await projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    end.said.clear()
    await projects.edit(ada, LAB, ProjectChanges(visibility="private"))
    await projects.remove_member(ada, LAB, "bob")
    await accounts.change_user(None, "bob", AccountChanges(password="another one"))
    await access.sign_out(ada)
    await accounts.change_user(None, "ada", AccountChanges(disabled=True))
    dropped = [
        (one.drop.project_id, one.drop.user_id, one.drop.session) for one in end.said
    ]
    assert dropped == [
        (lab.id, "", ""),
        (lab.id, "", ""),
        ("", bob.user.id, ""),
        ("", "", ada.session),
        ("", ada.user.id, ""),
    ]
    assert end.said[3].drop.reason == "You have signed out."
    await channels.stop()


@ensureDeferred
async def test_news_of_projects() -> None:
    """A gateway that shows a waiting page hears how far it is."""
    world, channels, end = await connected()
    ada = await world.person("ada")
    project = await world.project(ada)
    end.said.clear()
    news: dict[str, object] = {"id": project.id, "state": "running"}
    await world.rooms.events.publish(gateway_topic("east"), "project", news)
    assert end.said[0].project.state is State.RUNNING
    await channels.stop()


@ensureDeferred
async def test_what_nodes_say_is_kept_for_every_process() -> None:
    """Health, silence, and apps of projects of that data center only."""
    world, channels, _ = await connected()
    ada = await world.person("ada")
    project = await world.project(ada)
    centers = world.rooms.centers
    status = NodeStatus("n1", "1", single_user=True, projects=3)
    channels.heard("gateway:east", Up(status=status))
    health = await centers.node_health("east", "n1")
    assert health is not None
    assert (health.answering, health.projects, health.single_user) == (True, 3, True)
    channels.heard("gateway:east", Up(silent="n1"))
    health = await centers.node_health("east", "n1")
    assert health is not None
    assert (health.answering, health.projects) == (False, 3)
    heard = world.hear(project_topic(project.id))
    channels.heard("gateway:west", Up(launch=launch(project.id)))
    assert heard == []
    channels.heard("gateway:east", Up(launch=launch(project.id)))
    assert [event.data["app"] for event in heard] == ["notebook"]
    await channels.stop()


@ensureDeferred
async def test_a_gateway_cannot_speak_of_others_nodes() -> None:
    """What is not among its nodes is not kept."""
    world, channels, _ = await connected()
    status = NodeStatus("stranger", "1", single_user=True, projects=0)
    channels.heard("gateway:east", Up(status=status))
    channels.heard("gateway:east", Up(silent="stranger"))
    assert await world.rooms.centers.node_health("east", "stranger") is None
    await channels.stop()


@ensureDeferred
async def test_connected_is_true_for_all_processes() -> None:
    """Noted now and then while it lasts, gone with the last channel."""
    world, channels, end = await connected()
    root = await world.person("wakari", Role.SUPERUSER)
    second = FakeEnd()
    channels.opened("gateway:east", second)
    for _ in range(10):
        world.clock.advance(20)
    assert (await world.rooms.centers.health(root))["east"].connected
    channels.closed("gateway:east", end)
    assert (await world.rooms.centers.health(root))["east"].connected
    channels.closed("gateway:east", second)
    assert not (await world.rooms.centers.health(root))["east"].connected
    await channels.stop()


@ensureDeferred
async def test_news_while_the_store_is_away_are_lost(logged: list[str]) -> None:
    """That is logged, and what comes afterwards is kept."""
    world, channels, _ = await connected()
    status = NodeStatus("n1", "1", single_user=True, projects=3)
    world.database.away = True
    channels.heard("gateway:east", Up(status=status))
    assert "news of a gateway is lost: The database does not answer." in logged
    world.database.away = False
    channels.heard("gateway:east", Up(status=status))
    assert await world.rooms.centers.node_health("east", "n1") is not None
    await channels.stop()


@ensureDeferred
async def test_a_deleted_data_center_has_no_welcome() -> None:
    """Its gateway is told nothing, and nothing breaks."""
    channels = (await furnished()).channels()
    end = FakeEnd()
    channels.opened("gateway:gone", end)
    assert end.said == []
    await channels.stop()


@ensureDeferred
async def test_several_processes_of_one_gateway() -> None:
    """Each is told the news; the gateway has gone when the last one has."""
    world, channels, first = await connected()
    second = FakeEnd()
    channels.opened("gateway:east", second)
    assert [len(one.nodes) for one in second.said if one.nodes] == [1]
    channels.closed("gateway:east", first)
    before = len(first.said)

    async def is_connected() -> bool:
        seen = await world.rooms.archive.centers.seen()
        return seen[PlaceName("east")] is not None

    assert await is_connected()
    await world.rooms.centers.add_node(None, "east", "n2", "http://n2:5002")
    assert [len(one.nodes) for one in second.said if one.nodes] == [1, 2]
    assert len(first.said) == before
    channels.closed("gateway:east", second)
    assert not await is_connected()
    await channels.stop()


@ensureDeferred
async def test_what_another_process_publishes_reaches_the_gateway() -> None:
    """Each channel is open to one process; any of them may have news for it."""
    world, channels, end = await connected()
    other = await furnished(world.clock, world.database)
    await world.rooms.events.catch_up()
    end.said.clear()
    ada = await other.person("ada")
    lab = await other.project(ada, visibility="public")
    await other.rooms.projects.edit(ada, LAB, ProjectChanges(visibility="private"))
    assert end.said == []
    await world.rooms.events.catch_up()
    assert [one.drop.project_id for one in end.said if one.drop] == [lab.id]
    await channels.stop()


@ensureDeferred
async def test_a_gateway_that_moves_to_another_process_stays_connected() -> None:
    """Its first process may notice later that it has gone from there."""
    world, channels, end = await connected()
    root = await world.person("wakari", Role.SUPERUSER)
    other = await furnished(world.clock, world.database)
    elsewhere = other.channels()
    moved = FakeEnd()
    elsewhere.opened("gateway:east", moved)
    channels.closed("gateway:east", end)
    assert (await world.rooms.centers.health(root))["east"].connected
    elsewhere.closed("gateway:east", moved)
    assert not (await world.rooms.centers.health(root))["east"].connected
    await channels.stop()
    await elsewhere.stop()
