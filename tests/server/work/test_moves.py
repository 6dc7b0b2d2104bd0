"""Files that follow their project: nothing that overtakes the worker misleads it."""

import pytest_twisted
from twisted.internet.defer import Deferred

from aen.model.projects import State, TeamRole
from aen.wire.messages import ProjectMove
from tests.server.furnished import LAB, World, at, running


def names(world: World) -> list[str]:
    """Return the names under which nodes were asked to put files."""
    moves = (one for one in world.nodes.followed if isinstance(one, ProjectMove))
    return [one.project.name for one in moves]


@pytest_twisted.ensureDeferred
async def test_renamed_while_files_move() -> None:
    """The move that comes too late begins anew, and ends at the last name."""
    world, ada, _ = await running()
    projects, gone = world.rooms.projects, Deferred[None]()
    world.nodes.wait = gone
    worker = world.worker()
    worker.start()
    await projects.rename(ada, LAB, "ice")
    assert names(world) == ["ice"]
    await projects.rename(ada, at("ada/ice"), "sea")
    world.nodes.wait = None
    gone.callback(None)
    world.clock.advance(5.0)
    assert names(world) == ["ice", "sea"]
    project = await projects.at(ada, at("ada/sea"))
    assert (project.state, project.home) == (State.RUNNING, None)
    await worker.stop()


@pytest_twisted.ensureDeferred
async def test_a_team_waits_for_files_that_move() -> None:
    """Else it would be applied where nothing is, and taken for done."""
    world, ada, _ = await running()
    projects = world.rooms.projects
    await projects.rename(ada, LAB, "ice")
    await projects.set_member(ada, at("ada/ice"), "bob", TeamRole.VIEWER)
    world.nodes.asked.clear()
    worker = world.worker()
    worker.start()
    world.clock.pump([1.0] * 10)
    order = [one for one in world.nodes.routes if one in ("move", "team")]
    assert order[:1] == ["move"]
    assert order[-1] == "team"
    await worker.stop()
