"""An app that is asked for is launched, whether or not anybody opens it."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import NotFound, Unavailable
from aen.model.projects import State
from aen.model.users import Caller
from aen.wire.messages import Launch, LaunchList
from tests.server.furnished import LAB, World, launch, running


async def world_in(state: State) -> tuple[World, Caller]:
    """Return a world whose project is in *state* and runs nothing."""
    world, ada, _ = await running(state)
    world.nodes.answers |= {LaunchList: LaunchList(()), Launch: launch("p")}
    world.nodes.asked.clear()
    return world, ada


@ensureDeferred
async def test_in_a_running_project_it_is_launched_at_once() -> None:
    """The answer does not wait for it."""
    world, ada = await world_in(State.RUNNING)
    opened = await world.rooms.launching.launch(ada, LAB, "notebook")
    assert opened.state == "starting"
    assert "launches" in world.nodes.routes


@ensureDeferred
async def test_in_a_stopped_one_it_is_launched_once_that_runs() -> None:
    """The project is started first."""
    world, ada = await world_in(State.STOPPED)
    await world.rooms.launching.launch(ada, LAB, "notebook")
    world.clock.advance(1)
    assert "launches" not in world.nodes.routes
    records = world.rooms.archive.projects
    project = await world.rooms.projects.at(ada, LAB)
    await records.begin(project.id, "m", State.STARTING, 0.0)
    await records.finish(project.id, "m", State.RUNNING, None, 0.0)
    world.clock.pump([0.5] * 3)
    assert "launches" in world.nodes.routes


@ensureDeferred
async def test_what_runs_is_not_launched_twice() -> None:
    """It is only said to run."""
    world, ada, _ = await running()
    opened = await world.rooms.launching.launch(ada, LAB, "notebook")
    assert opened.state == "running"
    assert "launches" not in world.nodes.routes


@ensureDeferred
async def test_what_cannot_be_asked_is_an_error() -> None:
    """An app that is not there, a node that does not answer."""
    world, ada = await world_in(State.RUNNING)
    with pytest.raises(NotFound):
        await world.rooms.launching.launch(ada, LAB, "unknown")
    world.nodes.errors.append(Unavailable("The node is gone."))
    with pytest.raises(Unavailable):
        await world.rooms.launching.launch(ada, LAB, "notebook")
