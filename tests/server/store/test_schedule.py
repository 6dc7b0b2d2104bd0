"""What is done by the clock, in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.schedule import Outcome, ScheduleRecords

GOOD = Outcome(good=True, words="3 forgotten.")
BAD = Outcome(good=False, words="No.")


async def records() -> ScheduleRecords:
    """Return a store that knows of one piece of work, due at 10."""
    found = ScheduleRecords(MemoryDatabase())
    await found.put("trim", "Forget", "every hour", 10.0)
    return found


@ensureDeferred
async def test_a_turn_has_one_worker() -> None:
    """Until its lease is over, or it has ended; then it waits for its next time."""
    store = await records()
    assert await store.claim("trim", "w1", 9.9, 30.0) is None
    turn = await store.claim("trim", "w1", 10.0, 30.0)
    assert turn is not None
    assert turn.running
    assert await store.claim("trim", "w2", 20.0, 30.0) is None
    assert await store.end(turn, "w1", GOOD, 21.0, 70.0)
    assert await store.claim("trim", "w2", 69.0, 30.0) is None
    (state,) = await store.all()
    assert (state.due, state.began, state.ended) == (70.0, 10.0, 21.0)
    assert (state.good, state.outcome, state.running) == (True, "3 forgotten.", False)


@ensureDeferred
async def test_a_worker_that_comes_late_writes_nothing() -> None:
    """Its lease was over, and another has the turn."""
    store = await records()
    first = await store.claim("trim", "w1", 10.0, 30.0)
    second = await store.claim("trim", "w2", 41.0, 30.0)
    assert first is not None
    assert second is not None
    assert not await store.end(first, "w1", GOOD, 42.0, 99.0)
    assert await store.end(second, "w2", BAD, 43.0, 50.0)
    third = await store.claim("trim", "w1", 50.0, 30.0)
    assert third is not None
    assert third.failures == 1


@ensureDeferred
async def test_given_back_it_is_still_due() -> None:
    """To whoever looks next."""
    store = await records()
    await store.claim("trim", "w1", 10.0, 30.0)
    assert await store.holders() == {"trim": "w1"}
    await store.give_back("trim", "w2")
    assert await store.claim("trim", "w2", 11.0, 30.0) is None
    await store.give_back("trim", "w1")
    assert await store.claim("trim", "w2", 11.0, 30.0) is not None


@ensureDeferred
async def test_it_is_made_known_once() -> None:
    """Its words may change; when it is due is not touched; what is no more goes."""
    store = await records()
    await store.put("trim", "Forget what has expired", "every day", 99.0)
    (state,) = await store.all()
    assert (state.title, state.due) == ("Forget what has expired", 10.0)
    assert await store.bring_forward("trim", 5.0)
    assert await store.bring_forward("trim", 7.0)
    assert (await store.all())[0].due == 5.0
    assert not await store.bring_forward("other", 5.0)
    await store.keep([])
    assert await store.all() == []
