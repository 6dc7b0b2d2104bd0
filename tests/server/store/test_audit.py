"""The log of acts in the store."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act, Entry
from aen.server.store.audit import AuditRecords, Seeking
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES

ENTRIES = (
    Entry("e1", 1.0, Act.SIGNED_IN, by="ada", address="192.0.2.7"),
    Entry("e2", 2.0, Act.PASSWORD_RESET, by="root", user="ada"),
    Entry("e3", 3.0, Act.PROJECT_MADE, by="bob", project="p1", path="bob/lab"),
    Entry("e4", 4.0, Act.SIGNED_IN, by="bob", details={"how": "token"}),
)

SOUGHT = [
    (Seeking(), "e4 e3 e2 e1"),
    (Seeking("ada"), "e2 e1"),
    (Seeking("bob", acts=(Act.SIGNED_IN,)), "e4"),
    (Seeking(project="p1"), "e3"),
    (Seeking(since=2.0), "e4 e3 e2"),
    (Seeking("eve"), ""),
]


async def _filled() -> AuditRecords:
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    records = AuditRecords(database)
    for one in ENTRIES:
        await records.add(one)
    return records


@pytest.mark.parametrize(("seeking", "expected"), SOUGHT)
@ensureDeferred
async def test_what_is_sought_is_found(seeking: Seeking, expected: str) -> None:
    """By person, project, act and time; the newest first, and counted alike."""
    records = await _filled()
    page = await records.page(seeking, None, 10)
    assert [one.id for one in page.items] == expected.split()
    assert await records.count(seeking) == len(page.items)


@ensureDeferred
async def test_pages_go_on_where_the_last_one_ended() -> None:
    """Entries come back as they were put in."""
    records = await _filled()
    first = await records.page(Seeking(), None, 3)
    rest = await records.page(Seeking(), first.next, 3)
    assert [*first.items, *rest.items] == list(reversed(ENTRIES))
    assert rest.next is None


@ensureDeferred
async def test_old_entries_are_forgotten() -> None:
    """Only those older than asked."""
    records = await _filled()
    await records.trim(3.0)
    page = await records.page(Seeking(), None, 10)
    assert [one.id for one in page.items] == ["e4", "e3"]
