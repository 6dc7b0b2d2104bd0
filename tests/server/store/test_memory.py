"""The memory store, where it differs from the others; see also test_collection."""

import pytest
import pytest_twisted

from aen.server.store.collection import Document, Duplicate, Index
from aen.server.store.memory import MemoryDatabase


class Refusing:
    """A journal that cannot write any more."""

    def write(self, collection: str, document: Document) -> None:
        """Fail."""
        raise OSError("no space left")

    def erase(self, collection: str, key: str) -> None:
        """Fail."""
        raise OSError("no space left")


@pytest_twisted.ensureDeferred
async def test_late_index() -> None:
    """A unique index is refused when the documents there already break it."""
    database = MemoryDatabase()
    for key in ("a", "b"):
        await database.collection("things").insert({"_id": key, "n": 1})
    with pytest.raises(Duplicate):
        await database.prepare([Index("things", (("n", 1),), unique=True)])


@pytest_twisted.ensureDeferred
async def test_journal_first() -> None:
    """What could not be kept was not done."""
    things = MemoryDatabase(Refusing()).named("things")
    things.load({"_id": "a"})
    with pytest.raises(OSError, match="no space"):
        await things.insert({"_id": "b"})
    with pytest.raises(OSError, match="no space"):
        await things.delete({})
    assert await things.find({}) == [{"_id": "a"}]
