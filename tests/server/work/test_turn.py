"""One turn at a project: what the node is asked, what is heard, whose turn it is."""

import pytest
from attrs import AttrsInstance
from pytest_twisted import ensureDeferred

from aen.model.errors import Failed
from aen.model.projects import Problem, Progress, State
from aen.model.tasks import Kind
from aen.server.store.tasks import Holder
from aen.server.work.hands import Lost
from aen.server.work.projects import ProjectWork
from aen.server.work.turn import Turn
from aen.wire import routes
from aen.wire.client import OnLine
from aen.wire.messages import Line
from tests.server.furnished import LAB, World, running, task_of


async def turn_of(kind: Kind = Kind.APPLY_TEAM) -> tuple[World, Turn]:
    """Return a turn at a project that runs, and its world."""
    world, ada, _ = await running()
    rooms = world.rooms
    task = await rooms.tasks.add(kind, "key", {}, "ada")
    claimed = await rooms.archive.tasks.claim("w", Kind, world.clock.seconds(), 30.0)
    while claimed is not None and claimed.id != task.id:
        claimed = await rooms.archive.tasks.claim(
            "w", Kind, world.clock.seconds(), 30.0
        )
    work = ProjectWork(
        rooms.archive,
        rooms.events,
        rooms.nodes,
        rooms.settings,
        rooms.clock,
        rooms.tasks,
    )
    project = await rooms.projects.at(ada, LAB)
    center = await rooms.centers.center("east")
    return world, Turn(work, task, Holder(task.id, "w", 1, kind), project, center)


@ensureDeferred
async def test_every_line_is_heard() -> None:
    """Progress is written as well; what a tool prints is for whoever asked."""
    world, turn = await turn_of()

    def story(message: AttrsInstance, on_line: OnLine) -> None:
        on_line(Line(progress=Progress("Reading", 1, 2)))
        on_line(Line(output="hello"))

    world.nodes.story = story
    heard: list[Line] = []
    await turn.follow(routes.APPLY_TEAM, "n1", heard=heard.append)
    assert [one.output for one in heard] == ["", "hello"]
    task = await task_of(world.rooms, turn.task.id)
    assert task.progress == Progress("Reading", 1, 2)
    await turn.writer.stop()


@ensureDeferred
async def test_a_complaint_leaves_the_state() -> None:
    """It is told to watchers once; when all is well again that is told too."""
    world, turn = await turn_of()
    told = await world.watch()
    await turn.complain(None)
    assert told == []
    await turn.fail(Problem("No such account."))
    found = await world.rooms.archive.projects.with_id(turn.project.id)
    assert found is not None
    assert found.state is State.RUNNING
    assert found.problem is not None
    assert "No such account. This is tried again by itself" in found.problem.message
    turn.project = found
    await turn.complain(None)
    found = await world.rooms.archive.projects.with_id(turn.project.id)
    assert found is not None
    assert found.problem is None
    assert [one.data["problem"] is None for one in told] == [False, True]


@ensureDeferred
async def test_a_failed_start_fails_the_project() -> None:
    """Only a turn that holds the project may say so."""
    world, turn = await turn_of(Kind.START_PROJECT)
    with pytest.raises(Lost):
        await turn.fail(Problem("No."))
    await turn.begin(State.STARTING)
    await turn.fail(Problem("No."))
    found = await world.rooms.archive.projects.with_id(turn.project.id)
    assert found is not None
    assert found.state is State.FAILED


@ensureDeferred
async def test_a_data_center_that_is_gone() -> None:
    """The sentence names it."""
    _, turn = await turn_of()
    turn.center = None
    with pytest.raises(Failed, match="“east” is not registered"):
        await turn.follow(routes.APPLY_TEAM, "n1")
