"""Reading a store while others write to it."""

import io
from typing import Any, cast

from attrs import define, field
from pytest_twisted import ensureDeferred

from aen.server.backup.archive import ArchiveReader, ArchiveWriter
from aen.server.backup.copying import GONE, PAGE, StoreCopy
from aen.server.backup.manifest import FORMAT, About, Manifest
from aen.server.store.collection import Collection, Document, Query
from aen.server.store.memory import MemoryDatabase

ABOUT = About(FORMAT, "", 1.0)


@define
class Busy:
    """A collection in which something happens after each page is read."""

    all: Collection
    happens: list[Any] = field(factory=list)

    async def find(self, query: Query, **how: Any) -> list[Document]:
        """Return a page, then let the next thing happen."""
        found = await self.all.find(query, **how)
        if self.happens:
            await self.happens.pop(0)()
        return found


class BusyDatabase(MemoryDatabase):
    """A store with one busy collection."""

    busy: dict[str, Busy]

    def collection(self, name: str) -> Collection:
        """Return a collection."""
        found = self.busy.get(name)
        return super().collection(name) if found is None else cast("Collection", found)


async def copied(database: MemoryDatabase) -> tuple[list[Document], StoreCopy]:
    """Return the records of all collections in a copy of *database*."""
    file = io.BytesIO()
    archive = ArchiveWriter(file, ABOUT)
    told: list[tuple[str, int]] = []
    copy = StoreCopy(database, archive, lambda *one: told.append(one))
    await copy.run()
    archive.close(Manifest(ABOUT, 2.0, "", {}, ()))
    pieces = ArchiveReader(io.BytesIO(file.getvalue()), "").pieces()
    found = [one for piece in pieces for one in piece.records]
    assert sum(count for _, count in told) == len(found)
    return found, copy


@ensureDeferred
async def test_every_record_is_read_once() -> None:
    """Also where there are more than a page, and none after the last one."""
    database = MemoryDatabase()
    users = database.collection("users")
    for number in range(2 * PAGE):
        await users.insert({"_id": f"{number:05}", "name": f"n{number}"})
    found, _ = await copied(database)
    assert [one["_id"] for one in found] == [f"{one:05}" for one in range(2 * PAGE)]


@ensureDeferred
async def test_a_slot_that_passes_on() -> None:
    """A task ends and the same is asked for again while tasks are read: both are in it.

    The first one as it is then, so that no two hold the slot.
    """
    database = BusyDatabase()
    tasks = database.named("tasks")
    database.busy = {"tasks": Busy(tasks)}

    def task(key: str, slot: str) -> Document:
        return {"_id": key, "slot": slot, "state": "queued", "kind": "start project"}

    await tasks.insert(task("a", "start x"))
    await tasks.insert(task("b", "start y"))
    for number in range(PAGE):
        await tasks.insert(task(f"c{number:05}", f"{number}"))

    async def passes_on() -> None:
        done = {"slot": "a", "state": "done"}
        await tasks.update({"_id": "a"}, {"$set": done})
        await tasks.insert(task("d", "start x"))
        await tasks.delete({"_id": "b"})
        await tasks.insert(task("e", "start y"))

    database.busy["tasks"].happens.append(passes_on)
    found, copy = await copied(database)
    assert found[0] == task("a", "start x")
    assert {"_id": "a", "slot": "a", "state": "done", "kind": "start project"} in found
    assert {GONE: "b"} in found
    assert task("e", "start y") in found
    assert copy.under_way["start project"] >= PAGE
