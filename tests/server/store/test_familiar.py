"""Familiar places in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.familiar import FamiliarPlaces
from aen.server.store.memory import MemoryDatabase


@ensureDeferred
async def test_marks() -> None:
    """Known once seen, for one account, until trimmed; never kept as they are."""
    database = MemoryDatabase()
    store = FamiliarPlaces(database)
    assert await store.none("u1")
    assert not await store.saw("u1", "192.0.2.0/24", 1.0)
    assert await store.saw("u1", "192.0.2.0/24", 2.0)
    assert not await store.none("u1")
    assert await store.none("u2")
    assert "192.0.2" not in str(await database.collection("familiar").find({}))
    await store.trim(2.0)
    assert not await store.none("u1")
    await store.trim(2.1)
    assert await store.none("u1")
    await store.saw("u1", "x", 1.0)
    await store.forget("u1")
    assert await store.none("u1")
