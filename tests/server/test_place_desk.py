"""Data centers and nodes, for administrators."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Conflict, Forbidden, NotFound, Unavailable
from aen.model.users import Caller, Role
from aen.server.store.audit import Seeking
from aen.wire.messages import NodeStatus
from tests.server.furnished import GATEWAY, World, furnished


async def place() -> tuple[World, Caller]:
    """Return a server with a data center of two nodes, and an administrator."""
    world = await furnished()
    await world.center()
    await world.rooms.centers.add_node(None, "east", "n2", "http://n2:5002")
    return world, await world.person("root1", Role.SUPERUSER)


@ensureDeferred
async def test_draining() -> None:
    """A node that is emptied keeps what it has, and may be filled again."""
    world, root = await place()
    desk = world.rooms.admin.places
    assert (await desk.drain(root, "east", "n1", on=True)).draining == {"n1"}
    assert (await desk.drain(root, "east", "n1", on=True)).draining == {"n1"}
    assert (await desk.drain(root, "east", "n1", on=False)).draining == set()
    await desk.drain(root, "east", "n1", on=True)
    found = await desk.remove_node(root, "east", "n1")
    assert not found.draining
    assert len(found.nodes) == 1
    for center, node in (("east", "n1"), ("west", "n2")):
        with pytest.raises(NotFound):
            await desk.drain(root, center, node, on=True)


@ensureDeferred
async def test_a_center_goes_when_it_is_empty() -> None:
    """Not before; each step is noted."""
    world, root = await place()
    desk = world.rooms.admin.places
    ada = await world.person("ada")
    project = await world.project(ada)
    with pytest.raises(Conflict, match="1 project"):
        await desk.remove(root, "east")
    await world.rooms.archive.projects.remove(project.id)
    await desk.remove(root, "east")
    assert await world.rooms.centers.data_centers() == ()
    made = await desk.add(root, "west", GATEWAY, "Far away")
    await desk.add_node(root, "west", "n1", "http://n1:5002")
    assert (made.name, made.key) == ("west", "")
    assert await desk.counts(root, "west") == {"n1": 0}
    seeking = Seeking("root1", acts=(Act.CENTER_CHANGED,))
    acts = await world.rooms.audit.everything(root, seeking)
    assert {one.details["what"] for one in acts.items} == {
        "removed", "added", "node put",
    }  # fmt: skip


@ensureDeferred
async def test_check() -> None:
    """The node itself is asked, and what it says is kept."""
    world, root = await place()
    desk = world.rooms.admin.places
    status = NodeStatus("n1", "7", single_user=False, projects=3, messages=("Full.",))
    world.nodes.answers[NodeStatus] = status
    assert await desk.check(root, "east", "n1") == status
    known = await world.rooms.centers.node_health("east", "n1")
    assert known is not None
    assert (known.version, known.messages) == ("7", ("Full.",))
    with pytest.raises(NotFound):
        await desk.check(root, "east", "n9")
    world.nodes.silent = True
    with pytest.raises(Unavailable):
        await desk.check(root, "east", "n1")


@ensureDeferred
async def test_only_superusers() -> None:
    """Staff do not."""
    world, _ = await place()
    sam, desk = await world.person("sam", Role.STAFF), world.rooms.admin.places
    tries: list[Any] = [
        desk.add(sam, "west", GATEWAY),
        desk.remove(sam, "east"),
        desk.add_node(sam, "east", "n3", "http://n3:5002"),
        desk.drain(sam, "east", "n1", on=True),
        desk.remove_node(sam, "east", "n1"),
        desk.check(sam, "east", "n1"),
        desk.counts(sam, "east"),
    ]
    for one in tries:
        with pytest.raises(Forbidden):
            await one
