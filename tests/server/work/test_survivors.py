"""What ran on while the server was restored."""

from pytest_twisted import ensureDeferred

from aen.model.projects import State
from aen.server.work.survivors import SILENT_SECONDS, Survivors
from aen.wire.messages import LaunchList
from tests.server.furnished import LAB, World, furnished, launch


async def restored() -> tuple[World, Survivors, str]:
    """Return a project that ran when the backup was made, its look, and its id."""
    world = await furnished()
    await world.center()
    await world.app()
    project = await world.project(await world.person("ada"))
    change = {"ran_due": 1.0, "node": "n1", "state": "stopped"}
    await world.database.collection("projects").update({}, {"$set": change})
    rooms = world.rooms
    survivors = Survivors(
        rooms.archive.projects, rooms.running, rooms.tasks, world.clock
    )
    return world, survivors, project.id


async def state(world: World, survivors: Survivors) -> tuple[State, str]:
    """Look once, let the worker work; return the state, and what the look said."""
    worker = world.worker()
    worker.start()
    said = await survivors.look()
    await worker.stop()
    project = await world.rooms.archive.projects.at(LAB)
    assert project is not None
    return project.state, said


@ensureDeferred
async def test_what_runs_is_taken_up() -> None:
    """Once; nobody is asked about it again."""
    world, survivors, key = await restored()
    world.nodes.answers[LaunchList] = LaunchList((launch(key), launch("another")))
    found, said = await state(world, survivors)
    assert found is State.RUNNING
    assert said == "Taken up again: 1 project."
    asked = len(world.nodes.asked)
    assert await state(world, survivors) == (State.RUNNING, "")
    assert len(world.nodes.asked) == asked


@ensureDeferred
async def test_what_does_not_run_stays_stopped() -> None:
    """Nothing is started by itself."""
    world, survivors, _ = await restored()
    world.nodes.answers[LaunchList] = LaunchList((launch("another"),))
    assert await state(world, survivors) == (State.STOPPED, "")
    assert world.nodes.routes == ["list"]
    assert await state(world, survivors) == (State.STOPPED, "")
    assert world.nodes.routes == ["list"]


@ensureDeferred
async def test_a_node_that_is_silent_is_asked_later() -> None:
    """Now and then, until it answers."""
    world, survivors, key = await restored()
    world.nodes.silent = True
    assert await state(world, survivors) == (State.STOPPED, "")
    world.nodes.silent = False
    world.nodes.answers[LaunchList] = LaunchList((launch(key),))
    assert await state(world, survivors) == (State.STOPPED, "")
    world.clock.advance(SILENT_SECONDS)
    assert (await state(world, survivors))[0] is State.RUNNING
