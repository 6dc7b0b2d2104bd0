"""Reset links in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.resets import Resets


@ensureDeferred
async def test_a_link_is_used_once() -> None:
    """A newer one ends it, and so does time."""
    store = Resets(MemoryDatabase())
    await store.add("old", "u1", 10.0)
    await store.add("new", "u1", 10.0)
    assert await store.user_of("old", 1.0) is None
    assert await store.user_of("new", 9.9) == "u1"
    assert await store.user_of("new", 10.0) is None
    assert [await store.use("new") for _ in range(2)] == [True, False]
    await store.add("late", "u1", 10.0)
    await store.trim(10.0)
    assert not await store.use("late")
