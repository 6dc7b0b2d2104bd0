"""Errors of our own in the store."""

from typing import Any

from pytest_twisted import ensureDeferred

from aen.model.faults import Frame
from aen.server.store.exceptions import ExceptionRecords, Seen
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES


def seen(key: str = "a", **parts: Any) -> Seen:
    """Return something that was seen."""
    usual = {
        "kind": "KeyError", "message": "x", "doing": "/x", "process": "p",
        "frames": (Frame("aen/a.py", 1, "f"),), "count": 1, "first": 1.0, "last": 1.0,
    }  # fmt: skip
    return Seen(key, **{**usual, **parts})


@ensureDeferred
async def test_counted() -> None:
    """The same kind is one record; seen again, it is unread again."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    records = ExceptionRecords(database)
    await records.add(seen(count=2))
    await records.read("a")
    assert await records.unread() == 0
    await records.add(seen(first=5.0, last=5.0))
    (found,) = (await records.page(None, 10)).items
    assert (found.count, found.first, found.last, found.read) == (3, 1.0, 5.0, False)
    assert found.frames == (Frame("aen/a.py", 1, "f"),)
    assert await records.read_all() == 1
    assert await records.read_all() == 0
    assert await records.with_id("b") is None


@ensureDeferred
async def test_bounded_and_paged() -> None:
    """The newest stay, in their order."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    records = ExceptionRecords(database)
    for number in range(6):
        await records.add(seen(f"k{number}", last=float(number)))
    await records.keep(4)
    first = await records.page(None, 3)
    assert [one.id for one in first.items] == ["k5", "k4", "k3"]
    assert [one.id for one in (await records.page(first.next, 3)).items] == ["k2"]
