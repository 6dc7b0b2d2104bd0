"""Projects that move to another data center: whole where the record says they are."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted

from aen.model.errors import AenError, Failed, Unavailable
from aen.model.names import ProjectName
from aen.model.projects import State
from aen.model.tasks import Kind
from aen.server.work.handlers import handlers
from aen.wire import routes
from aen.wire.routes import Route
from tests.server.furnished import LAB
from tests.server.work.shipped import Move, restarted


@pytest_twisted.async_yield_fixture
async def move(tmp_path: Path) -> AsyncIterator[Move]:
    """Return a project that can move."""
    made = await Move.made(tmp_path)
    yield made
    await made.end()


@pytest_twisted.ensureDeferred
async def test_a_project_moves(move: Move) -> None:
    """All is there, then nothing is left; gateways and watchers are told."""
    await move.ask()
    assert (await move.work()).kind is Kind.SHIP_PROJECT
    project = await move.now()
    assert (project.data_center, project.node) == ("west", "n2")
    assert (project.state, project.bound) == (State.STOPPED, None)
    assert project.left is not None
    assert project.left.node == "n1"
    assert move.whole() == ("n1", "n2")
    assert (await move.work()).kind is Kind.CLEAR_LEFT
    assert move.whole() == ("n2",)
    assert (await move.now()).left is None
    events = await move.world.rooms.archive.events.after(0, 100)
    drops = [one for one in events if one.kind == "drop" and "east" in one.topic]
    assert drops[-1].data["reason"] == "The project is in another data center now."
    shown = [one.data.get("step") for one in events if one.kind == "progress"]
    assert "Moving the files (MiB)" in shown


@pytest_twisted.ensureDeferred
async def test_one_without_files_is_there_at_once(move: Move) -> None:
    """It was never started: the record is all there is."""
    name = ProjectName("hall")
    other = await move.world.project(move.ada, name, data_center="east")
    projects = move.world.rooms.projects
    await projects.ship(move.ada, other.path, "west")
    await move.work()
    found = await projects.at(move.ada, other.path)
    assert (found.data_center, found.node, found.left) == ("west", None, None)
    assert move.nodes.asked == []


STEPS = [
    ("n1", routes.STOP_PROJECT),
    ("n1", routes.PREPARE_SHIPMENT),
    ("n2", routes.EXPECT_SHIPMENT),
    ("n1", routes.LOAD_SHIPMENT),
    ("n2", routes.UNLOAD_SHIPMENT),
    ("n2", routes.SETTLE_SHIPMENT),
]


class Killed(BaseException):
    """A worker that dies at this moment."""


@pytest.mark.parametrize(("node", "route"), STEPS)
@pytest.mark.parametrize("whose", ["worker", "n1", "n2"])
@pytest_twisted.ensureDeferred
async def test_whoever_dies(move: Move, node: str, route: Route, whose: str) -> None:
    """At each step: the project is whole where the record says, and arrives at last."""
    await move.ask()
    taken = await move.take()

    def die() -> None:
        if whose == "worker":
            raise Killed
        restarted(move.nodes.depots[whose])

    move.nodes.breaks[node, route] = die
    try:
        await move.work(taken)
    except (Killed, AenError):
        project = await move.now()
        assert project.data_center == "east"
        assert "n1" in move.whole()
    project = await move.now()
    if project.data_center == "east":
        if project.state is State.STOPPED:
            await move.ask()
            taken = await move.take()
        await move.work(taken)
    project = await move.now()
    assert (project.data_center, project.node) == ("west", "n2")
    assert "n2" in move.whole()
    while await move.world.rooms.archive.projects.shipments.with_left(9):
        await move.work()
    assert move.whole() == ("n2",)


@pytest_twisted.ensureDeferred
async def test_a_worker_that_dies_after_the_switch(move: Move) -> None:
    """The next one ends it; what was left goes by the clock at the latest."""
    await move.ask()
    taken = await move.take()
    tokens = move.world.rooms.archive.tokens
    keep, tokens.end_project = tokens.end_project, _dies  # type: ignore[assignment,method-assign]
    with pytest.raises(Killed):
        await move.work(taken)
    tokens.end_project = keep  # type: ignore[method-assign]
    assert (await move.now()).data_center == "west"
    said = await move.world.rooms.projects.clear_left()
    assert said == "What 1 moved projects left is removed."
    assert await move.world.rooms.projects.clear_left() == ""
    assert (await move.work()).kind is Kind.CLEAR_LEFT
    assert move.whole() == ("n2",)


async def _dies(_: str) -> None:
    raise Killed


@pytest_twisted.ensureDeferred
async def test_what_cannot_be_moved_stays(move: Move) -> None:
    """With the reason; what was brought is removed, and it can be started."""
    here = move.nodes.depots["n1"].home
    for _ in range(210):
        here /= "d"
    here.mkdir(parents=True)
    await move.ask()
    with pytest.raises(Failed, match="deeper than"):
        await move.work()
    project = await move.now()
    assert (project.data_center, project.node) == ("east", "n1")
    assert (project.state, project.bound) == (State.STOPPED, None)
    assert project.problem is not None
    assert "is in “east” as before" in project.problem.message
    assert move.nodes.depots["n2"].clean
    assert move.whole() == ("n1",)


@pytest.mark.parametrize("node", ["n1", "n2"])
@pytest_twisted.ensureDeferred
async def test_a_node_that_does_not_answer(move: Move, node: str) -> None:
    """It is tried again later; when that was enough it stays where it is."""
    await move.ask()
    move.nodes.gone.add(node)
    taken = await move.take()
    with pytest.raises((Unavailable, Failed)):
        await move.work(taken)
    assert (await move.now()).data_center == "east"
    if node == "n2":
        await handlers(move.world.rooms).give_up(*taken, "It was tried too often.")
    project = await move.now()
    assert project.problem is not None
    assert move.whole() == ("n1",)


@pytest_twisted.ensureDeferred
async def test_cancelled_on_the_way(move: Move) -> None:
    """It is where it was, as before."""
    await move.ask()
    taken = await move.take()
    move.nodes.breaks["n2", routes.SETTLE_SHIPMENT] = _killed
    with pytest.raises(Killed):
        await move.work(taken)
    move.nodes.breaks.clear()
    await handlers(move.world.rooms).cancelled(*taken)
    project = await move.now()
    assert (project.data_center, project.state) == ("east", State.STOPPED)
    assert project.bound is None
    assert move.whole() == ("n1",)
    assert move.nodes.depots["n2"].clean


def _killed() -> None:
    raise Killed


@pytest_twisted.ensureDeferred
async def test_deleted_on_the_way(move: Move) -> None:
    """Nothing of it is left on either side."""
    await move.ask()
    taken = await move.take()
    move.nodes.breaks["n2", routes.SETTLE_SHIPMENT] = _killed
    with pytest.raises(Killed):
        await move.work(taken)
    await move.world.rooms.projects.delete(move.ada, LAB)
    await move.world.rooms.archive.tasks.free_of("w")
    await move.work()
    assert move.nodes.depots["n2"].clean
