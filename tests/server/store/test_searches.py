"""Kept searches in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.searches import SavedSearch, SavedSearches


@ensureDeferred
async def test_each_has_their_own() -> None:
    """Nobody removes those of others."""
    kept = SavedSearches(MemoryDatabase())
    mine = SavedSearch("s1", "u1", "Sea", "tag:sea", 1.0)
    await kept.add(mine)
    await kept.add(SavedSearch("s2", "u2", "Sky", "tag:sky", 2.0))
    assert await kept.of_user("u1", 10) == [mine]
    assert not await kept.remove("u1", "s2")
    assert await kept.remove("u1", "s1")
    await kept.forget_user("u2")
    assert await kept.of_user("u2", 10) == []
