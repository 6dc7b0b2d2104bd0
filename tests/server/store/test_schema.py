"""The indexes."""

from pytest_twisted import ensureDeferred

from aen.server.store.archive import Archive
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES

UNIQUE = {
    ("users", "name"),
    ("sessions", "hash"),
    ("tokens", "hash"),
    ("ssh_keys", "user"),
    ("signups", "secret"),
    ("projects", "key"),
    ("tasks", "slot"),
    ("events", "seq"),
    ("ssh_keys", "user"),
}


@ensureDeferred
async def test_what_must_be_unique_is() -> None:
    """These indexes are what two requests at once are decided by."""
    found = {(one.collection, one.keys[0][0]) for one in INDEXES if one.unique}
    assert found == UNIQUE
    assert len(set(INDEXES)) == len(INDEXES)
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    await database.prepare(INDEXES)
    assert await Archive.of(database, lambda: 0.0).events.last() == 0
