"""Several real workers on one store: each task once at a time, whoever is killed."""

import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted

from aen.model.projects import State
from aen.model.tasks import TaskState
from aen.runtime.tasks import pause
from tests.reactor import reactor
from tests.server.furnished import task_of
from tests.system.crew import Crew, all_ended, begun, found

pytestmark = pytest.mark.system
TASKS = 200
KILLS = 8


@pytest_twisted.async_yield_fixture
async def crew(tmp_path: Path) -> AsyncIterator[Crew]:
    """Give a crew whose workers may be killed as often as a test likes."""
    one = await found(tmp_path, seconds=0.3, task_lease=5.0, task_attempts=50)
    try:
        yield one
    finally:
        await one.clean()


@pytest_twisted.ensureDeferred
async def test_kill_9_in_the_middle_loses_nothing(crew: Crew) -> None:
    """Each effect happens, and none twice at the same time; within two minutes."""
    random.seed(5)
    await crew.add(TASKS)
    for _ in range(3):
        crew.hire()
    await begun(crew, 10)
    for _ in range(KILLS):
        await pause(reactor, random.uniform(0.3, 1.2))
        crew.dismiss(random.choice(crew.workers), signal.SIGKILL)
        crew.hire()
    ended = await all_ended(crew, 120)
    assert {one.state for one in ended} == {TaskState.DONE}, crew.log
    assert crew.center.at_once == []
    assert set(crew.center.done) == {one.id for one in crew.projects}
    assert crew.center.broken_off > 0
    assert any(one.lost for one in ended)
    for project in crew.projects:
        now = await crew.rooms.archive.projects.with_id(project.id)
        assert now is not None
        assert now.state is State.RUNNING


@pytest_twisted.ensureDeferred
async def test_a_worker_that_is_asked_to_end_gives_back_what_it_does(
    crew: Crew,
) -> None:
    """Another has it at once, long before a lease would be over; nothing is lost."""
    crew.center.seconds = 60.0
    await crew.add(4)
    first = crew.hire()
    await _running(crew, 4)
    crew.dismiss(first, signal.SIGTERM)
    assert first.returncode == -signal.SIGTERM, crew.log
    crew.center.seconds = 0.05
    waiting = [await task_of(crew.rooms, one.id) for one in crew.tasks]
    assert {(one.state, one.lost) for one in waiting} == {(TaskState.QUEUED, 0)}
    crew.hire()
    ended = await all_ended(crew, 30)
    assert {(one.state, one.lost) for one in ended} == {(TaskState.DONE, 0)}


async def _running(crew: Crew, number: int) -> None:
    for _ in range(300):
        states = [(await task_of(crew.rooms, one.id)).state for one in crew.tasks]
        if states.count(TaskState.RUNNING) == number:
            return
        await pause(reactor, 0.1)
    raise AssertionError(crew.log)
