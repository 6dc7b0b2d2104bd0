"""Counting attempts."""

from pytest_twisted import ensureDeferred

from aen.server.store.attempts import AttemptCounts, Attempts
from aen.server.store.memory import MemoryDatabase


@ensureDeferred
async def test_attempts_are_counted_within_a_window() -> None:
    """After it they begin anew."""
    store = AttemptCounts(MemoryDatabase())
    assert await store.known("k", 0.0, 10.0) == Attempts(0, 0.0)
    assert [await store.add("k", 1.0, 10.0) for _ in range(3)] == [1, 2, 3]
    await store.give_back("k")
    assert (await store.known("k", 5.0, 10.0)).count == 2
    assert await store.add("k", 11.0, 10.0) == 1
    await store.forget("k")
    await store.give_back("k")
    assert await store.known("k", 11.0, 10.0) == Attempts(0, 0.0)


@ensureDeferred
async def test_one_takes_the_turn() -> None:
    """The next is let through when its time has come."""
    store = AttemptCounts(MemoryDatabase())
    await store.add("k", 1.0, 10.0)
    assert await store.take_turn("k", 1.0, 3.0)
    assert not await store.take_turn("k", 2.9, 9.0)
    assert await store.take_turn("k", 3.0, 9.0)
    await store.trim(2.0)
    assert (await store.known("k", 3.0, 10.0)).count == 0
