"""Gateways' channels, from the server's side."""

from typing import Any

from attrs import AttrsInstance, define, field
from pytest_twisted import ensureDeferred

from aen.model.names import PlaceName
from aen.model.projects import State
from aen.model.users import Role
from aen.server.channel import Channels
from aen.server.events import project_topic
from aen.server.records import Event
from aen.wire.messages import Down, Drop, Launch, NodeStatus, Up
from tests.server.furnished import PASSWORD, World, furnished


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
    rooms = world.rooms
    channels = Channels(
        rooms.centers, rooms.archive.projects, rooms.events, world.clock
    )
    channels.start()
    end = FakeEnd()
    channels.opened("gateway:east", end)
    return world, channels, end


def launch(project: str) -> Launch:
    """Return an app of a project."""
    return Launch(
        id="l1",
        project_id=project,
        owner="ada",
        project="lab",
        app="notebook",
        user="ada",
        title="Notebook",
        instance="user",
        permission="write",
        strip_prefix=False,
        started=1.0,
    )


@ensureDeferred
async def test_a_gateway_is_told_its_nodes() -> None:
    """When it comes, and whenever they change."""
    world, channels, end = await connected()
    await world.rooms.centers.add_node(None, "east", "n2", "http://n2:5002")
    told = [[node.name for node in message.nodes] for message in end.said]
    assert told == [["n1"], ["n1", "n2"]]
    await channels.stop()


@ensureDeferred
async def test_what_no_longer_holds_is_dropped_at_once() -> None:
    """Sign-out, disabling, a new password, a changed team or visibility."""
    world, channels, end = await connected()
    ada = await world.person("ada")
    end.said.clear()
    await world.rooms.accounts.sign_out(ada)
    await world.rooms.accounts.update_user(None, "ada", disabled=True)
    first, second = end.said
    assert first == Down(
        drop=Drop(session=ada.session or "", reason="You have signed out.")
    )
    assert second.drop.user_id == ada.user.id
    await channels.stop()


@ensureDeferred
async def test_news_of_projects() -> None:
    """A gateway that shows a waiting page hears how far it is."""
    world, channels, end = await connected()
    ada = await world.person("ada")
    project = await world.project(ada)
    end.said.clear()
    topic = "gateway:east"
    await world.rooms.events.publish(
        topic, "project", {"id": project.id, "state": "running"}
    )
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
    heard: list[Event] = []
    world.rooms.events.subscribe(project_topic(project.id), heard.append)
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
    await world.person("wakari")
    await world.rooms.accounts.update_user(None, "wakari", role=Role.SUPERUSER)
    root = (await world.rooms.accounts.sign_in("wakari", PASSWORD, "", ""))[1]
    second = FakeEnd()
    channels.opened("gateway:east", second)
    for _ in range(10):
        world.clock.advance(20)
    assert (await world.rooms.centers.health(root))["east"].connected
    channels.closed("gateway:east", end)
    assert (await world.rooms.centers.health(root))["east"].connected
    channels.closed("gateway:east", second)
    assert not (await world.rooms.centers.health(root))["east"].connected
    await world.rooms.accounts.sign_out(root)
    assert end.said[-1].drop is None or end.said[-1].drop.session != root.session
    await channels.stop()


@ensureDeferred
async def test_a_deleted_data_center_has_no_welcome() -> None:
    """Its gateway is heard of, and nothing breaks."""
    world = await furnished()
    rooms = world.rooms
    channels = Channels(
        rooms.centers, rooms.archive.projects, rooms.events, world.clock
    )
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
    assert [len(message.nodes) for message in second.said] == [1]
    channels.closed("gateway:east", first)

    async def is_connected() -> bool:
        return (await world.rooms.archive.centers.seen()).get(
            PlaceName("east")
        ) is not None

    assert await is_connected()
    await world.rooms.centers.add_node(None, "east", "n2", "http://n2:5002")
    assert [len(message.nodes) for message in second.said] == [1, 2]
    assert len(first.said) == 1
    channels.closed("gateway:east", second)
    assert not await is_connected()
    await channels.stop()
