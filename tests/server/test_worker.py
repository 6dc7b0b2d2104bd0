"""The worker: each task done, by one at a time, whoever dies."""

from attrs import define, field
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.errors import Failed, Unavailable
from aen.model.tasks import Kind, Task, TaskState
from aen.server.store.tasks import Holder
from aen.server.worker import Pace, Worker
from tests.server.furnished import World, furnished


@define
class SlowWork:
    """Work that goes on until a test ends it."""

    doing: dict[str, "Deferred[None]"] = field(factory=dict)
    done: list[str] = field(factory=list)
    given_up: list[str] = field(factory=list)
    errors: list[Exception] = field(factory=list)
    ends: list[tuple[str, str]] = field(factory=list)

    async def do(self, task: Task, holder: Holder) -> None:
        """Wait for the test."""
        self.done.append(task.key)
        if self.errors:
            raise self.errors.pop(0)
        waiting: Deferred[None] = Deferred()
        self.doing[task.key] = waiting
        try:
            await waiting
        finally:
            self.doing.pop(task.key, None)

    async def give_up(self, task: Task, holder: Holder) -> str:
        """Note it."""
        self.given_up.append(task.key)
        return "tried too often"

    async def ended(self, task: Task, problem: str) -> None:
        """Note it, with what went wrong."""
        self.ends.append((task.key, problem))


@define
class Hall:
    """Workers on one store; they may be stopped or killed."""

    world: World
    work: SlowWork = field(factory=SlowWork)
    pace: Pace = Pace(poll=0.25, lease=30.0, attempts=3, at_once=2)

    def hire(self, name: str = "w1") -> Worker:
        """Return a new worker that has begun."""
        rooms, clock = self.world.rooms, self.world.clock
        records = rooms.archive.tasks
        worker = Worker(records, self.work, rooms.events, clock, name, self.pace)
        worker.start()
        return worker

    async def add(self, *keys: str, kind: Kind = Kind.START_PROJECT) -> list[Task]:
        """Return new tasks, one for each key."""
        tasks = self.world.rooms.tasks
        return [await tasks.add(kind, key, {}, "ada") for key in keys]

    async def state(self, task: Task) -> tuple[TaskState, str]:
        """Return state and problem of a task."""
        found = await self.world.rooms.tasks.task(task.id)
        return found.state, found.problem

    async def pass_time(self, seconds: float) -> None:
        """Let the clock go, in small steps."""
        for _ in range(int(seconds / 0.25)):
            self.world.clock.advance(0.25)


async def hall() -> Hall:
    """Return an empty hall."""
    return Hall(await furnished())


@ensureDeferred
async def test_a_task_is_done_at_once_and_once() -> None:
    """In this process nobody waits for the next look."""
    one = await hall()
    worker = one.hire()
    (task,) = await one.add("a")
    assert one.work.done == ["a"]
    one.work.doing["a"].callback(None)
    assert await one.state(task) == (TaskState.DONE, "")
    assert one.work.ends == [("a", "")]
    await one.pass_time(2)
    assert one.work.done == ["a"]
    await worker.stop()
    assert one.world.clock.getDelayedCalls() == []


@ensureDeferred
async def test_two_workers_never_do_one_task() -> None:
    """Each task has one holder, and none is left over."""
    one = await hall()
    workers = [one.hire("w1"), one.hire("w2")]
    keys = [f"k{number}" for number in range(12)]
    await one.add(*keys)
    while one.work.doing:
        assert len(one.work.doing) <= 4
        next(iter(one.work.doing.values())).callback(None)
        await one.pass_time(0.25)
    assert sorted(one.work.done) == sorted(keys)
    for worker in workers:
        await worker.stop()


@ensureDeferred
async def test_a_lease_is_renewed_while_the_work_goes_on() -> None:
    """However long it takes, nobody else begins it."""
    one = await hall()
    workers = [one.hire("w1"), one.hire("w2")]
    await one.add("a")
    await one.pass_time(120)
    assert one.work.done == ["a"]
    one.work.doing["a"].callback(None)
    for worker in workers:
        await worker.stop()


@ensureDeferred
async def test_a_killed_worker_gives_back_after_its_lease() -> None:
    """The next worker does the task from its beginning."""
    one = await hall()
    # Another process: its clock stands still as if it were killed.
    killed = Hall(await furnished(Clock(), one.world.database), one.work)
    killed.hire("killed")
    (task,) = await killed.add("a")
    assert one.work.done == ["a"]
    worker = one.hire("next")
    await one.pass_time(29)
    assert one.work.done == ["a"]
    await one.pass_time(2)
    assert one.work.done == ["a", "a"]
    one.work.doing["a"].callback(None)
    assert (await one.state(task))[0] is TaskState.DONE
    await worker.stop()


@ensureDeferred
async def test_what_the_dead_held_is_freed_at_once() -> None:
    """A supervisor that starts the worker again need not wait for a lease."""
    one = await hall()
    records, clock = one.world.rooms.archive.tasks, one.world.clock
    await one.add("a", "b")
    for name in ("dead", "alive"):
        assert await records.claim(name, [], clock.seconds(), 30.0) is not None
    worker = one.hire("next")
    assert one.work.done == []
    await worker.inherit(lambda name: name == "dead")
    await one.pass_time(0.25)
    assert one.work.done == ["a"]
    await worker.stop()


@ensureDeferred
async def test_stopping_gives_back_at_once() -> None:
    """A restart of the server does not make anybody wait for a lease."""
    one = await hall()
    worker = one.hire("w1")
    await one.add("a")
    await worker.stop()
    assert one.work.doing == {}
    other = one.hire("w2")
    assert one.work.done == ["a", "a"]
    await other.stop()


@ensureDeferred
async def test_a_task_that_turns_is_begun_anew() -> None:
    """A stop that takes the place of a start interrupts the start."""
    one = await hall()
    worker = one.hire()
    (started,) = await one.add("a")
    (stopped,) = await one.add("a", kind=Kind.STOP_PROJECT)
    assert stopped.id == started.id
    await one.pass_time(0.5)
    assert one.work.done == ["a", "a"]
    assert (await one.world.rooms.tasks.task(stopped.id)).kind is Kind.STOP_PROJECT
    one.work.doing["a"].callback(None)
    assert (await one.state(stopped))[0] is TaskState.DONE
    await worker.stop()


@ensureDeferred
async def test_what_went_wrong_is_kept() -> None:
    """A task that fails says why and is not tried again."""
    one = await hall()
    worker = one.hire()
    one.work.errors.append(Failed("No space is left."))
    (task,) = await one.add("a")
    assert await one.state(task) == (TaskState.FAILED, "No space is left.")
    await one.pass_time(2)
    assert one.work.done == ["a"]
    await worker.stop()


@ensureDeferred
async def test_a_store_that_is_away_costs_a_pause() -> None:
    """The task is tried again when it may have come back."""
    one = await hall()
    worker = one.hire()
    one.work.errors.append(Unavailable("The store does not answer."))
    (task,) = await one.add("a")
    await one.pass_time(3)
    assert one.work.done == ["a", "a"]
    one.work.doing["a"].callback(None)
    assert (await one.state(task))[0] is TaskState.DONE
    await worker.stop()


@ensureDeferred
async def test_a_task_that_kills_its_workers_ends() -> None:
    """After some attempts it fails with a sentence."""
    one = await hall()
    (task,) = await one.add("a")
    records, clock = one.world.rooms.archive.tasks, one.world.clock
    for _ in range(one.pace.attempts):
        assert await records.claim("dies", [], clock.seconds(), 1.0) is not None
        clock.advance(2)
    worker = one.hire()
    assert one.work.done == []
    assert one.work.given_up == ["a"]
    assert await one.state(task) == (TaskState.FAILED, "tried too often")
    await worker.stop()
