"""Work by the clock: each turn once, by one of all workers."""

from attrs import define, field
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.errors import Failed
from aen.model.schedule import Every
from aen.server.work.clockwork import GRACE, Chore, Clockwork
from tests.server.furnished import World, furnished


@define
class Tower:
    """Workers that look at one clock."""

    world: World
    done: list[str] = field(factory=list)
    errors: list[Exception] = field(factory=list)
    waits: "Deferred[str] | None" = None
    limit: float = 60.0
    every: float = 100.0

    async def work(self) -> str:
        """Note it; fail, or wait, as the test says."""
        self.done.append("work")
        if self.errors:
            raise self.errors.pop(0)
        if self.waits is not None:
            return await self.waits
        return "Something was done."

    def hire(self, name: str, clock: Clock | None = None) -> Clockwork:
        """Return a worker that has begun to look."""
        chore = Chore("chore", "A chore", Every(self.every), self.work, self.limit)
        records = self.world.rooms.archive.schedule
        worker = Clockwork(records, [chore], clock or self.world.clock, name)
        worker.start()
        return worker

    def pass_time(self, seconds: float) -> None:
        """Let the clock go, in steps of a second."""
        self.world.clock.pump([1.0] * int(seconds))


async def tower(**parts: float) -> Tower:
    """Return a tower nobody has begun in."""
    return Tower(await furnished(), **parts)  # type: ignore[arg-type]


@ensureDeferred
async def test_each_turn_is_done_once_by_one_worker() -> None:
    """However many look."""
    one = await tower()
    workers = [one.hire("w1"), one.hire("w2"), one.hire("w3")]
    for turns in range(1, 6):
        one.pass_time(1)
        assert len(one.done) == turns
        one.pass_time(99)
    for worker in workers:
        await worker.stop()
    assert one.world.clock.getDelayedCalls() == []


@ensureDeferred
async def test_missed_turns_are_done_once() -> None:
    """A night without workers is no reason to work all morning."""
    one = await tower()
    worker = one.hire("w1")
    await worker.stop()
    one.pass_time(1000)
    worker = one.hire("w2")
    one.pass_time(50)
    assert len(one.done) == 2
    await worker.stop()


@ensureDeferred
async def test_a_worker_that_is_stopped_leaves_its_turn_to_another() -> None:
    """At once; it was not done."""
    one = await tower()
    one.waits = Deferred()
    worker = one.hire("w1")
    await worker.stop()
    one.waits = None
    other = one.hire("w2")
    assert len(one.done) == 2
    await other.stop()


@ensureDeferred
async def test_a_worker_that_is_killed_leaves_it_when_its_lease_is_over() -> None:
    """Or at once, when it is seen that it lives no more."""
    one = await tower()
    one.waits = Deferred()
    clock = Clock()
    clock.advance(one.world.clock.seconds())
    one.hire("killed", clock)  # its clock stands still
    one.waits = None
    other = one.hire("w2")
    one.pass_time(60 + GRACE - 1)
    assert len(one.done) == 1
    one.pass_time(2)
    assert len(one.done) == 2
    one.waits = Deferred()
    one.pass_time(100)
    await other.inherit(lambda name: name == "w2")
    assert await one.world.rooms.archive.schedule.holders() == {}
    await other.stop()


@ensureDeferred
async def test_what_takes_too_long_is_broken_off() -> None:
    """Before anybody else may begin it; administrators read so."""
    one = await tower(limit=10.0)
    one.waits = Deferred()
    worker = one.hire("w1")
    one.pass_time(11)
    (state,) = await one.world.rooms.archive.schedule.all()
    assert (state.good, state.failures, state.running) == (False, 1, False)
    assert "longer than 10 seconds" in state.outcome
    await worker.stop()


@ensureDeferred
async def test_what_failed_is_tried_again_before_its_time(
    logged_failures: list[object],
) -> None:
    """After pauses that grow; a mistake of ours is logged and told politely."""
    one = await tower(every=10_000.0)
    one.errors += [Failed("The disk is full."), KeyError("oops")]
    worker = one.hire("w1")
    records = one.world.rooms.archive.schedule
    assert (await records.all())[0].outcome == "The disk is full."
    one.pass_time(31)
    (state,) = await records.all()
    assert (state.failures, "logged" in state.outcome) == (2, True)
    one.pass_time(61)
    (state,) = await records.all()
    assert (state.good, state.outcome) == (True, "Something was done.")
    assert state.due > one.world.clock.seconds() + 9000
    assert len(logged_failures) == 1
    logged_failures.clear()
    await worker.stop()


@ensureDeferred
async def test_a_clock_that_was_wrong_is_put_right() -> None:
    """A turn set for next year is done in its rhythm."""
    one = await tower()
    wrong = Clock()
    wrong.advance(one.world.clock.seconds() + 1e7)
    worker = one.hire("wrong", wrong)
    await worker.stop()
    right = one.hire("right")
    assert len(one.done) == 1
    one.pass_time(102)
    assert len(one.done) == 2
    await right.stop()


@ensureDeferred
async def test_an_outage_leaves_a_turn_to_the_end_of_its_lease() -> None:
    """It is done once more, and nobody is told of it."""
    one = await tower(every=1000.0)
    one.waits = Deferred()
    worker = one.hire("w1")
    one.world.database.away = True
    one.waits.callback("late")
    one.pass_time(10)
    one.world.database.away = False
    one.waits = None
    one.pass_time(60 + GRACE)
    assert len(one.done) == 2
    await worker.stop()
