"""The desk of tasks: who sees them, who may end them, who has them done anew."""

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet.defer import Deferred

from aen.model.audit import Act
from aen.model.errors import AenError, Conflict, Forbidden, Invalid, NotFound
from aen.model.projects import State, TeamRole
from aen.model.tasks import Kind, Stopping, Task, TaskState
from aen.model.users import Caller, Role
from aen.server.store.audit import Seeking
from aen.server.store.tasks import End, Holder, TasksWanted
from aen.server.task_desk import TaskDesk, tasks_wanted
from tests.server.furnished import LAB, World, furnished, task_of


async def desk() -> tuple[World, TaskDesk, Caller, Caller]:
    """Return an office with ada's project, ada, and an administrator."""
    world = await furnished()
    await world.center()
    root = await world.person("wakari", Role.SUPERUSER)
    ada = await world.person("ada")
    await world.project(ada)
    return world, world.rooms.task_desk, ada, root


async def failed(world: World, kind: Kind = Kind.STOP_PROJECT) -> Task:
    """Return a task that has failed."""
    task = await world.rooms.tasks.add(kind, "project:x", {}, "ada")
    records = world.rooms.archive.tasks
    claimed = await records.claim("w", [kind], world.clock.seconds(), 30.0)
    assert claimed is not None
    end = End(TaskState.FAILED, "No space.", ("line",))
    assert await records.finish(Holder(task.id, "w", 1, kind), end, 2.0)
    return await task_of(world.rooms, task.id)


@pytest_twisted.ensureDeferred
async def test_who_sees_a_task() -> None:
    """Who asked for it and administrators; to others there is none."""
    world, one, ada, root = await desk()
    task = await world.rooms.projects.start(ada, LAB)
    assert await one.task(ada, task.id) == await one.task(root, task.id) == task
    with pytest.raises(NotFound):
        await one.task(await world.person("bob"), task.id)
    with pytest.raises(NotFound):
        await one.task(root, "unknown")


@pytest_twisted.ensureDeferred
async def test_a_token_sees_what_it_is_for() -> None:
    """One for another project finds nothing; one that may read finds it."""
    world, one, ada, _ = await desk()
    task = await world.rooms.projects.start(ada, LAB)
    with pytest.raises(NotFound):
        await one.task(evolve(ada, project="other"), task.id)
    with pytest.raises(NotFound):
        await one.task(evolve(ada, scopes=frozenset({"user:username"})), task.id)
    reader = evolve(ada, scopes=frozenset({"project:read"}), project=task.project)
    assert await one.task(reader, task.id) == task
    with pytest.raises(Forbidden):
        await one.cancel(reader, task.id)


@pytest_twisted.ensureDeferred
async def test_lists_are_for_administrators() -> None:
    """Narrowed and counted."""
    world, one, ada, root = await desk()
    task = await world.rooms.projects.start(ada, LAB)
    wanted = tasks_wanted("queued", "start project", task.project, "ada", "updated")
    assert (await one.listing(root, wanted, None, 10)).items == (task,)
    counts = await one.counts(root)
    assert (counts[TaskState.QUEUED], counts[TaskState.FAILED]) == (1, 0)
    for asking in (one.listing(ada, TasksWanted(), None, 10), one.counts(ada)):
        with pytest.raises(Forbidden):
            await asking


@pytest.mark.parametrize(
    "words",
    [{"state": "odd"}, {"kind": "odd"}, {"order": "by"}, {"order": "--created"}],
)
def test_words_that_are_not_known(words: dict[str, str]) -> None:
    """The answer names those that are."""
    with pytest.raises(Invalid) as refused:
        tasks_wanted(**words)
    assert "must be one of" in refused.value.fields[next(iter(words))]


@pytest_twisted.ensureDeferred
async def test_cancelling_a_start_that_waits() -> None:
    """Its owner may; the project is stopped again, and it is noted who did it."""
    world, one, ada, root = await desk()
    task = await world.rooms.projects.start(ada, LAB)
    assert (await world.rooms.projects.at(ada, LAB)).state is State.STARTING
    assert one.may_cancel(ada, task)
    cancelled = await one.cancel(ada, task.id)
    assert (cancelled.state, cancelled.cancelling) == (TaskState.QUEUED, "ada")
    with pytest.raises(Conflict):
        await world.rooms.projects.start(ada, LAB)
    worker = world.worker()
    worker.start()
    ended = await one.task(ada, task.id)
    assert ended.state is TaskState.CANCELLED
    assert (await world.rooms.projects.at(ada, LAB)).state is State.STOPPED
    assert world.nodes.routes == []
    with pytest.raises(Conflict):
        await one.cancel(root, task.id)
    log = await world.rooms.audit.everything(root, Seeking(acts=(Act.TASK_CANCELLED,)))
    assert [(entry.by, entry.path) for entry in log.items] == [("ada", "ada/lab")]
    await worker.stop()


@pytest_twisted.ensureDeferred
async def test_cancelling_what_only_waits() -> None:
    """It ends at once, whether a worker is there or not."""
    world, one, ada, root = await desk()
    start = Kind.START_PROJECT
    plain = evolve(start.nature, tidied=False, stopping=Stopping.WHILE_WAITING)
    task = await world.rooms.tasks.add(start, "k", {}, "ada")
    records = world.rooms.archive.tasks
    before, start.nature = start.nature, plain
    try:
        cancelled = await one.cancel(ada, task.id)
        assert cancelled.state is TaskState.CANCELLED
        again = await one.retry(root, task.id)
        assert again.state is TaskState.QUEUED
        await records.claim("w", Kind, world.clock.seconds(), 30.0)
        assert not one.may_cancel(root, await one.task(root, task.id))
        with pytest.raises(Conflict, match="has been begun"):
            await one.cancel(root, task.id)
    finally:
        start.nature = before


@pytest_twisted.ensureDeferred
async def test_who_may_not_cancel() -> None:
    """Others, those who left the team, and nobody what has to be done."""
    world, one, ada, root = await desk()
    bob = await world.person("bob")
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    task = await world.rooms.projects.start(bob, LAB)
    await world.rooms.projects.remove_member(ada, LAB, "bob")
    stop = await world.rooms.tasks.add(Kind.STOP_PROJECT, "k", {}, "ada")

    async def refused(caller: Caller, key: str) -> type[AenError]:
        with pytest.raises(AenError) as found:
            await one.cancel(caller, key)
        return type(found.value)

    assert await refused(bob, task.id) is NotFound
    assert await refused(ada, task.id) is NotFound
    assert await refused(ada, stop.id) is Forbidden
    assert await refused(root, stop.id) is Conflict
    assert not one.may_cancel(root, stop)
    assert not one.may_cancel(ada, task)


@pytest_twisted.ensureDeferred
async def test_doing_a_dead_letter_anew() -> None:
    """Administrators have it done from its beginning; others do not."""
    world, one, ada, root = await desk()
    task = await failed(world)
    assert (task.problem, task.log) == ("No space.", ("line",))
    with pytest.raises(Forbidden):
        await one.retry(ada, task.id)
    again = await one.retry(root, task.id)
    assert (again.id, again.state) == (task.id, TaskState.QUEUED)
    assert (again.problem, again.log, again.lost) == ("", (), 0)
    with pytest.raises(Conflict):
        await one.retry(root, task.id)


@pytest_twisted.ensureDeferred
async def test_a_dead_letter_whose_place_is_taken() -> None:
    """The same is being done already."""
    world, one, _, root = await desk()
    task = await failed(world)
    await world.rooms.tasks.add(Kind.START_PROJECT, task.key, {}, "ada")
    with pytest.raises(Conflict, match="already"):
        await one.retry(root, task.id)


@pytest_twisted.ensureDeferred
async def test_cancelling_a_start_in_the_middle() -> None:
    """The node is told to stop what it was starting."""
    world, one, ada, _ = await desk()
    worker = world.worker()
    worker.start()
    world.nodes.wait = Deferred()
    task = await world.rooms.projects.start(ada, LAB)
    waits, world.nodes.wait = world.nodes.wait, None
    await one.cancel(ada, task.id)
    assert waits.called
    assert world.nodes.routes == ["start", "stop"]
    assert (await world.rooms.projects.at(ada, LAB)).state is State.STOPPED
    ended = await task_of(world.rooms, task.id)
    assert ended.state is TaskState.CANCELLED
    await worker.stop()


@pytest_twisted.ensureDeferred
async def test_cancelling_the_start_of_what_runs() -> None:
    """Nobody sees it go down."""
    world, one, ada, _ = await desk()
    worker = world.worker()
    worker.start()
    await world.rooms.projects.start(ada, LAB)
    world.nodes.wait = Deferred()
    task = await world.rooms.projects.start(ada, LAB)
    await one.cancel(ada, task.id)
    assert world.nodes.routes == ["start", "start"]
    assert (await world.rooms.projects.at(ada, LAB)).state is State.RUNNING
    assert (await task_of(world.rooms, task.id)).state is TaskState.CANCELLED
    await worker.stop()
