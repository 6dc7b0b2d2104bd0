"""The worker: each task done, by one at a time, whoever dies."""

import pytest
from attrs import define, field
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.errors import Failed, Unavailable
from aen.model.tasks import Kind, Task, TaskState, Urgency
from aen.server.events import TASKS
from aen.server.store.tasks import Holder, TaskRecords
from aen.server.work.hands import Hand, Lost, TryAgain
from aen.server.work.worker import Pace, Worker
from tests.server.furnished import World, furnished, task_of


@define
class SlowWork(Hand):
    """Work that goes on until a test ends it."""

    doing: dict[str, "Deferred[None]"] = field(factory=dict)
    done: list[str] = field(factory=list)
    given_up: list[str] = field(factory=list)
    tidied: list[str] = field(factory=list)
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

    async def give_up(self, task: Task, holder: Holder, why: str) -> None:
        """Note it."""
        self.given_up.append(task.key)

    async def cancelled(self, task: Task, holder: Holder) -> None:
        """Note it."""
        self.tidied.append(task.key)

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
        found = await task_of(self.world.rooms, task.id)
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
        assert await records.claim(name, Kind, clock.seconds(), 30.0) is not None
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
    assert (await task_of(one.world.rooms, stopped.id)).kind is Kind.STOP_PROJECT
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
async def test_what_may_pass_is_tried_again_with_growing_pauses() -> None:
    """It says why it waits and until when, and is no attempt lost with a worker."""
    one = await hall()
    worker = one.hire()
    away = Unavailable("The store does not answer.")
    one.work.errors += [away, away, TryAgain("Soon.", after=10.0)]
    (task,) = await one.add("a")
    found = await task_of(one.world.rooms, task.id)
    assert (found.state, found.problem) == (TaskState.QUEUED, away.message)
    assert found.next == one.world.clock.seconds() + 1.0
    for seconds, begun in ((0.75, 1), (0.25, 2), (1.75, 2), (0.25, 3), (9.75, 3)):
        await one.pass_time(seconds)
        assert len(one.work.done) == begun
    await one.pass_time(0.5)
    one.work.doing["a"].callback(None)
    found = await task_of(one.world.rooms, task.id)
    assert (found.state, found.problem) == (TaskState.DONE, "")
    assert (found.tries, found.lost) == (3, 0)
    await worker.stop()


@ensureDeferred
async def test_what_does_not_pass_is_a_dead_letter() -> None:
    """After as many tries as its kind has; people see the reason."""
    one = await hall()
    worker = one.hire()
    most = Kind.START_PROJECT.nature.retries.most
    one.work.errors += [TryAgain("Away.", after=0.25) for _ in range(most + 1)]
    (task,) = await one.add("a")
    await one.pass_time(most)
    state, problem = await one.state(task)
    assert state is TaskState.FAILED
    assert problem == f"Away. It was tried {most + 1} times."
    assert one.work.given_up == ["a"]
    await worker.stop()


@ensureDeferred
async def test_our_own_mistake_ends_one_task(logged_failures: list[object]) -> None:
    """The worker goes on."""
    one = await hall()
    worker = one.hire()
    one.work.errors.append(KeyError("oops"))
    broken, good = await one.add("a", "b")
    assert (await one.state(broken))[0] is TaskState.FAILED
    one.work.doing["b"].callback(None)
    assert (await one.state(good))[0] is TaskState.DONE
    assert len(logged_failures) == 1
    logged_failures.clear()
    await worker.stop()


@ensureDeferred
async def test_a_cancelled_task_is_interrupted_and_tidied_up() -> None:
    """At once, where its kind allows it; then its state says so."""
    one = await hall()
    worker = one.hire()
    (task,) = await one.add("a")
    await want_cancelled(one, task)
    assert one.work.doing == {}
    assert one.work.tidied == ["a"]
    assert await one.state(task) == (TaskState.CANCELLED, "Cancelled by “ada”.")
    await worker.stop()


@ensureDeferred
async def test_what_was_cancelled_before_a_worker_died_is_only_tidied_up() -> None:
    """The next worker does not begin it."""
    one = await hall()
    (task,) = await one.add("a")
    records, clock = one.world.rooms.archive.tasks, one.world.clock
    assert await records.claim("dies", Kind, clock.seconds(), 1.0) is not None
    await want_cancelled(one, task)
    await records.free_of("dies")
    worker = one.hire()
    assert (one.work.done, one.work.tidied) == ([], ["a"])
    assert (await one.state(task))[0] is TaskState.CANCELLED
    await worker.stop()


@ensureDeferred
async def test_what_is_under_way_on_a_node_ends_first() -> None:
    """A kind that cannot be interrupted asks whether it is wanted between steps."""
    one = await hall()
    worker = one.hire()
    (task,) = await one.add("a", kind=Kind.CHANGE_ENVIRONMENT)
    await want_cancelled(one, task)
    await one.pass_time(20)
    assert list(one.work.doing) == ["a"]
    one.work.doing["a"].errback(Lost())
    assert (await one.state(task))[0] is TaskState.CANCELLED
    await worker.stop()


async def want_cancelled(one: Hall, task: Task) -> None:
    """Mark *task* as no longer wanted and tell it, as the desk does."""
    records: TaskRecords = one.world.rooms.archive.tasks
    assert await records.want_cancelled(task.id, list(TaskState), "ada")
    await one.world.rooms.events.publish(TASKS, "task", {"id": task.id})


@ensureDeferred
async def test_an_outage_at_the_end_of_a_task_costs_one_repetition() -> None:
    """Its own worker takes it up again when the store is back, though it lives."""
    one = await hall()
    worker = one.hire()
    (task,) = await one.add("a")
    one.world.database.away = True
    one.work.doing["a"].callback(None)
    await one.pass_time(5)
    one.world.database.away = False
    await one.pass_time(1)
    assert one.work.done == ["a", "a"]
    one.work.doing["a"].callback(None)
    assert (await one.state(task))[0] is TaskState.DONE
    assert (await task_of(one.world.rooms, task.id)).lost == 0
    await worker.stop()


@pytest.mark.parametrize(
    ("held", "most", "spare", "expected"),
    [
        (0, 8, 2, "all"),
        (5, 8, 2, "all"),
        (6, 8, 2, "waited for"),
        (8, 8, 2, "none"),
        (0, 1, 2, "all"),
        (1, 2, 2, "waited for"),
    ],
)
def test_places_are_kept_for_what_people_wait_for(
    held: int, most: int, spare: int, expected: str
) -> None:
    """However much mail there is, a start finds a place."""
    kinds = Pace(at_once=most, spare=spare).kinds(held)
    waited = [one for one in Kind if one.nature.urgency is Urgency.WAITED_FOR]
    assert (
        list(kinds) == {"all": list(Kind), "waited for": waited, "none": []}[expected]
    )


@ensureDeferred
async def test_a_task_that_kills_its_workers_ends() -> None:
    """After some attempts it fails with a sentence."""
    one = await hall()
    (task,) = await one.add("a")
    records, clock = one.world.rooms.archive.tasks, one.world.clock
    for _ in range(one.pace.attempts):
        assert await records.claim("dies", Kind, clock.seconds(), 1.0) is not None
        clock.advance(2)
        await records.free_silent([], clock.seconds())
    worker = one.hire()
    assert one.work.done == []
    assert one.work.given_up == ["a"]
    state, problem = await one.state(task)
    assert state is TaskState.FAILED
    assert "3 times and broke off" in problem
    await worker.stop()
