"""Data centers and their nodes."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Taken,
    Unauthenticated,
)
from aen.model.projects import State
from aen.model.users import Role
from aen.runtime.tasks import start
from aen.server.centers import relay
from aen.server.events import gateway_topic
from aen.wire.messages import NodeStatus
from aen.wire.tickets import SigningKey
from tests.server.furnished import GATEWAY, GATEWAY_KEY, LAB, furnished, running


@ensureDeferred
async def test_only_administrators_change_places() -> None:
    """People may choose a data center, not make one."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    centers = world.rooms.centers
    assert [one.name for one in await centers.data_centers()] == ["east"]
    for attempt in (
        centers.add(ada, "west", GATEWAY, GATEWAY_KEY.public),
        centers.register(ada, "east", GATEWAY, GATEWAY_KEY.public),
        centers.add_node(ada, "east", "n2", "http://n2:5002"),
        centers.remove_node(ada, "east", "n1"),
        centers.health(ada),
    ):
        with pytest.raises(Forbidden):
            await attempt


@ensureDeferred
async def test_another_key_ends_the_old_channel() -> None:
    """Who held the old key is cut off."""
    world = await furnished()
    await world.center()
    news = world.hear(gateway_topic("east"))
    centers = world.rooms.centers
    await centers.register(None, "east", GATEWAY, GATEWAY_KEY.public)
    assert news == []
    other = SigningKey(b"o" * 32)
    center = await centers.register(None, "east", GATEWAY, other.public)
    assert [event.kind for event in news] == ["close"]
    assert [node.name for node in center.nodes] == ["n1"]
    assert await centers.public_key("gateway:east") == other.public


@pytest.mark.parametrize("issuer", ["", "east", "node:east", "gateway:", "gateway:x"])
@ensureDeferred
async def test_unknown_issuers(issuer: str) -> None:
    """Only a registered gateway has a key."""
    world = await furnished()
    await world.center()
    with pytest.raises(Unauthenticated):
        await world.rooms.centers.public_key(issuer)


@ensureDeferred
async def test_nodes_come_and_go() -> None:
    """Names may hold dots; the gateway hears of each change."""
    world = await furnished()
    await world.center()
    news = world.hear(gateway_topic("east"))
    centers = world.rooms.centers
    center = await centers.add_node(None, "east", "n2.lan", "http://n2:5002")
    assert [node.name for node in center.nodes] == ["n1", "n2.lan"]
    center = await centers.remove_node(None, "east", "n2.lan")
    assert [node.name for node in center.nodes] == ["n1"]
    assert [event.kind for event in news] == ["nodes", "nodes"]


@ensureDeferred
async def test_what_cannot_come_or_go() -> None:
    """A name that is taken or unknown, an address that is none."""
    world = await furnished()
    await world.center()
    centers = world.rooms.centers
    with pytest.raises(Taken):
        await centers.add(None, "east", GATEWAY, GATEWAY_KEY.public)
    with pytest.raises(Invalid):
        await centers.add_node(None, "east", "n1", "n1:5002")
    with pytest.raises(NotFound, match="no data center “west”"):
        await centers.add_node(None, "west", "n1", "http://n1:5002")
    with pytest.raises(NotFound, match="no data center “west”"):
        await centers.remove_node(None, "west", "n1")
    with pytest.raises(NotFound, match="has no node “n2”"):
        await centers.remove_node(None, "east", "n2")


@ensureDeferred
async def test_a_node_on_which_projects_run_stays() -> None:
    """People stop them first; where they are stopped it may go."""
    world, ada, _ = await running()
    centers = world.rooms.centers
    with pytest.raises(Conflict, match="stop them first"):
        await centers.remove_node(None, "east", "n1")
    project = await world.rooms.projects.at(ada, LAB)
    await world.rooms.archive.projects.begin(project.id, "m", State.STOPPED, 0.0)
    assert (await centers.remove_node(None, "east", "n1")).nodes == ()


@ensureDeferred
async def test_several_data_centers_must_be_chosen_from() -> None:
    """With one there is nothing to choose."""
    world = await furnished()
    await world.center()
    centers = world.rooms.centers
    assert (await centers.choose(None)).name == "east"
    await centers.add(None, "west", "http://west", GATEWAY_KEY.public)
    assert (await centers.choose("west")).name == "west"
    with pytest.raises(Invalid, match="east, west"):
        await centers.choose(None)


@ensureDeferred
async def test_a_node_is_asked_through_its_gateway() -> None:
    """The ticket is for the gateway, which signs anew for the node."""
    world = await furnished()
    await world.center()
    place = relay(await world.rooms.centers.center("east"), "n1")
    assert place.base + place.path == f"{GATEWAY}/_aen/wire/nodes/n1"
    assert place.audience == "gateway:east"


@ensureDeferred
async def test_a_node_never_heard_of_does_not_answer() -> None:
    """Administrators see it listed all the same."""
    world = await furnished()
    await world.center()
    root = await world.person("wakari", Role.SUPERUSER)
    health = await world.rooms.centers.health(root)
    (node,) = health["east"].nodes
    assert (node.name, node.answering) == ("n1", False)


@ensureDeferred
async def test_who_is_refused_on_nodes_of_real_accounts() -> None:
    """As the nodes say; before they have, the service account; else nobody."""
    world = await furnished(service_account="aen")
    await world.center()
    centers = world.rooms.centers
    await centers.demand_person("east", "ada", "user")
    asked = start(centers.demand_person("east", "aen", "owner"))
    world.clock.pump([0.1] * 60)
    with pytest.raises(Forbidden) as refusal:
        await asked
    assert refusal.value.message == (
        "The account “aen” runs the platform in the data center “east” and cannot own,"
        " join or start projects; use an account of your own."
    )
    assert list(refusal.value.fields) == ["owner"]
    real = NodeStatus("n1", "1", single_user=False, projects=0, refused=("root", "srv"))
    await centers.heard_status("east", real)
    await centers.demand_person("east", "aen", "user")
    for name in real.refused:
        with pytest.raises(Forbidden):
            await centers.demand_person("east", name, "user")
    await centers.heard_status("east", evolve(real, single_user=True))
    await centers.demand_person("east", "srv", "user")


@ensureDeferred
async def test_nodes_are_waited_for_at_the_first_start() -> None:
    """Where they are in single-user mode, the service account is like any other."""
    world = await furnished(service_account="aen")
    await world.center()
    asked = start(world.rooms.centers.demand_person("east", "aen", "owner"))
    world.clock.advance(0.1)
    assert not asked.called
    await world.app()
    world.clock.advance(0.1)
    await asked
    assert world.clock.getDelayedCalls() == []
