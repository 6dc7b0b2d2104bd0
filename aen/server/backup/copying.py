"""Reading a whole store, page by page, while others go on writing to it."""

from collections import Counter
from collections.abc import Callable

from aen.model.tasks import TaskState
from aen.server.backup.archive import ArchiveWriter
from aen.server.backup.collections import ORDER, Holders
from aen.server.store.collection import Collection, Database, Query

PAGE = 500
"""Records asked for at a time."""
GONE = "$gone"
"""In the place of a record: the one of this identifier is no more. No field of a
record is called so."""
_ROUNDS = 5
"""How often records that have changed hands meanwhile are looked at again."""
_UNDER_WAY = (TaskState.QUEUED.value, TaskState.RUNNING.value)

Told = Callable[[str, int], None]
"""Hears how many records of which collection were read."""


class StoreCopy:
    """Copies every collection of *database* into an archive."""

    def __init__(self, database: Database, archive: ArchiveWriter, told: Told) -> None:
        self._database = database
        self._archive = archive
        self._told = told
        self.under_way: Counter[str] = Counter()
        """Tasks that waited or were being done, by kind."""

    async def run(self) -> None:
        """Copy all of it.

        :raises Unavailable: the store went away.
        :raises OSError: what the archive is written to is full, or gone.
        """
        for name in ORDER:
            await self._copy(name)
            self._told(name, self._archive.end(name))

    async def _copy(self, name: str) -> None:
        documents, holders = self._database.collection(name), Holders(name)
        query: Query = {}
        while found := await documents.find(query, order=[("_id", 1)], limit=PAGE):
            for one in found:
                holders.see(one)
                self._archive.record(name, one)
                if name == "tasks" and one["state"] in _UNDER_WAY:
                    self.under_way[one["kind"]] += 1
            query = {"_id": {"$gt": found[-1]["_id"]}}
        for _ in range(_ROUNDS):
            if holders.stale:
                await self._again(name, documents, holders)

    async def _again(self, name: str, documents: Collection, holders: Holders) -> None:
        """Look again at records whose name or slot another one holds now."""
        stale = sorted(holders.stale)
        holders.stale.clear()
        for start in range(0, len(stale), PAGE):
            wanted = stale[start : start + PAGE]
            found = await documents.find({"_id": {"$in": wanted}})
            for one in found:
                holders.see(one)
                self._archive.record(name, one)
            for key in sorted({*wanted} - {one["_id"] for one in found}):
                self._archive.record(name, {GONE: key})
