"""Authorization codes in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.codes import Code, Codes
from aen.server.store.memory import MemoryDatabase

CODE = Code("east", "http://east/cb", "challenge", "s1", "u1", 60.0)


@ensureDeferred
async def test_a_code_is_taken_once() -> None:
    """Of two who try at once one gets it."""
    store = Codes(MemoryDatabase())
    await store.add("hash", CODE)
    assert [await store.take("hash") for _ in range(2)] == [CODE, None]
    assert await store.take("other") is None
    await store.add("late", CODE)
    await store.trim(60.1)
    assert await store.take("late") is None
