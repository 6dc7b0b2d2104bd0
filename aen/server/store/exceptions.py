"""Errors of our own in the store: one document for each kind."""

from attrs import frozen

from aen.model.faults import Fault, Frame
from aen.server.records import Page
from aen.server.store.collection import Change, Database, Document
from aen.server.store.paging import By

_AT_ONCE = 200
_SEEN_LAST_FIRST = By("last")


@frozen
class Seen:
    """What was seen of one kind since it was written last."""

    id: str
    kind: str
    message: str
    doing: str
    frames: tuple[Frame, ...]
    process: str
    count: int
    first: float
    last: float


class ExceptionRecords:
    """Counts errors, finds them, and forgets the oldest."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("exceptions")

    async def add(self, seen: Seen) -> None:
        """Count what was seen; it is unread again."""
        change: Change = {
            "$set": {
                "kind": seen.kind,
                "message": seen.message,
                "doing": seen.doing,
                "frames": [[one.file, one.line, one.function] for one in seen.frames],
                "process": seen.process,
                "last": seen.last,
                "read": False,
            },
            "$inc": {"count": seen.count},
        }
        found = await self._all.put({"_id": seen.id}, change)
        if "first" not in found:
            await self._all.update({"_id": seen.id}, {"$set": {"first": seen.first}})

    async def page(self, cursor: str | None, limit: int) -> Page[Fault]:
        """Return errors, the one seen last first."""
        return await _SEEN_LAST_FIRST.page(self._all, (), cursor, limit, _fault)

    async def with_id(self, key: str) -> Fault | None:
        """Return one kind."""
        found = await self._all.find_one({"_id": key})
        return None if found is None else _fault(found)

    async def unread(self) -> int:
        """Return how many kinds nobody has read since they were seen."""
        return await self._all.count({"read": False})

    async def read(self, key: str) -> None:
        """Note that somebody has read one."""
        await self._all.update({"_id": key}, {"$set": {"read": True}})

    async def read_all(self) -> int:
        """Note that all are read; return how many were not."""
        return await self._all.update_all({"read": False}, {"$set": {"read": True}})

    async def keep(self, most: int) -> None:
        """Forget those seen last but *most*."""
        order = _SEEN_LAST_FIRST.order
        old = await self._all.find({}, order=order, skip=most, limit=_AT_ONCE)
        for one in old:
            await self._all.delete({"_id": one["_id"]})


def _fault(document: Document) -> Fault:
    return Fault(
        id=document["_id"],
        kind=document["kind"],
        message=document["message"],
        doing=document["doing"],
        frames=tuple(Frame(*one) for one in document["frames"]),
        process=document["process"],
        count=document["count"],
        first=document["first"] if "first" in document else document["last"],
        last=document["last"],
        read=document["read"],
    )
