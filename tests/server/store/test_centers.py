"""Data centers in the store."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.errors import Taken
from aen.model.names import AppName, PlaceName
from aen.model.places import DataCenter, Node, NodeHealth
from aen.server.store.centers import CenterRecords
from aen.server.store.memory import MemoryDatabase
from aen.wire.messages import NodeStatus

EAST = DataCenter(PlaceName("east"), "http://east", "key", "The first.")
NODE = Node(PlaceName("n1.lan"), "http://n1:5002")
APP = AppSummary(
    AppName("lab"), "Lab", "lab", Permission.READ, Instance.PROJECT, ("project:read",)
)


@ensureDeferred
async def test_a_data_center_comes_back_as_it_was() -> None:
    """Nodes come and go one at a time; renewing keeps them."""
    store = CenterRecords(MemoryDatabase())
    await store.add(EAST)
    with pytest.raises(Taken):
        await store.add(EAST)
    assert await store.all() == [EAST]
    assert await store.put_node("west", NODE) is None
    assert await store.put_node("east", NODE) == evolve(EAST, nodes=(NODE,))
    renewed = await store.put(evolve(EAST, key="other"))
    assert renewed == evolve(EAST, key="other", nodes=(NODE,))
    assert (await store.put(evolve(EAST, name=PlaceName("west")))).nodes == ()
    assert await store.drop_node("east", NODE.name) == evolve(EAST, key="other")


@ensureDeferred
async def test_what_is_heard_of_nodes() -> None:
    """A silent node keeps what it last said."""
    store = CenterRecords(MemoryDatabase())
    status = NodeStatus("n1.lan", "1", single_user=True, projects=2, apps=(APP,))
    await store.put_silent("east", "n2", 1.0)
    await store.put_status("east", status, 1.0)
    await store.put_silent("east", "n1.lan", 2.0)
    health = await store.health("east")
    assert health[NODE.name] == NodeHealth(
        NODE.name,
        answering=False,
        projects=2,
        single_user=True,
        version="1",
        refused=(),
    )
    assert not health[PlaceName("n2")].answering
    assert health[PlaceName("n2")].refused is None
    real = NodeStatus("n2", "1", single_user=False, projects=0, refused=("root", "aen"))
    await store.put_status("east", real, 3.0)
    assert (await store.health("east"))[PlaceName("n2")].refused == ("root", "aen")
    assert await store.apps("east") == (APP,)
    assert await store.apps("west") == ()


@ensureDeferred
async def test_when_gateways_were_heard_of() -> None:
    """Only those that are registered."""
    store = CenterRecords(MemoryDatabase())
    await store.add(EAST)
    await store.heard_of("east", 5.0, "p1")
    await store.heard_of("west", 5.0, "p1")
    assert await store.seen() == {"east": 5.0}
    await store.heard_of("west", 6.0, "p2")
    await store.gone_from("east", "p1")
    await store.gone_from("west", "p1")
    assert await store.seen() == {"east": None}
