"""The log of acts in the store: only ever added to, and trimmed at its old end."""

from attrs import frozen

from aen.model.audit import Act, Entry
from aen.server.records import Page
from aen.server.store.collection import Database, Document, Query
from aen.server.store.paging import LONGEST_PAGE, By, all_of

_NEWEST_FIRST = By("at")


@frozen
class Seeking:
    """Which entries are looked for; what is empty does not narrow."""

    person: str = ""
    """The name of somebody who did it, or to whom it was done."""
    project: str = ""
    """The id of a project."""
    acts: tuple[Act, ...] = ()
    since: float = 0.0
    """Seconds since the epoch."""
    until: float = 0.0
    """What was done from then on is left out; 0: nothing is."""
    path: str = ""
    """``owner/name`` of a project at the time: also of one that is gone."""


class AuditRecords:
    """Adds entries and finds them, the newest first."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("audit")

    async def add(self, entry: Entry) -> None:
        """Add an entry."""
        await self._all.insert(_document(entry))

    async def page(
        self, seeking: Seeking, cursor: str | None, limit: int
    ) -> Page[Entry]:
        """Return what *seeking* finds."""
        parts = _parts(seeking)
        return await _NEWEST_FIRST.page(self._all, parts, cursor, limit, _entry)

    async def count(self, seeking: Seeking) -> int:
        """Return how many entries *seeking* finds."""
        return await self._all.count(all_of(*_parts(seeking)))

    async def people(self, seeking: Seeking, most: int) -> tuple[set[str], bool]:
        """Return who did what *seeking* finds, and whether *most* were not enough."""
        found: set[str] = set()
        seen, cursor = 0, None
        while seen < most:
            page = await self.page(seeking, cursor, LONGEST_PAGE)
            found |= {one.by for one in page.items if one.by}
            seen, cursor = seen + len(page.items), page.next
            if cursor is None:
                return found, False
        return found, True

    async def trim(self, before: float) -> None:
        """Forget entries older than *before*."""
        await self._all.delete({"at": {"$lt": before}})


def _parts(seeking: Seeking) -> list[Query]:
    parts: list[Query] = []
    if seeking.person:
        # both in one list, so that one index finds either
        parts.append({"people": seeking.person})
    if seeking.project:
        parts.append({"project": seeking.project})
    if seeking.acts:
        acts = [one.value for one in seeking.acts]
        parts.append({"act": acts[0] if len(acts) == 1 else {"$in": acts}})
    if seeking.path:
        parts.append({"path": seeking.path})
    if seeking.since:
        parts.append({"at": {"$gte": seeking.since}})
    if seeking.until:
        parts.append({"at": {"$lt": seeking.until}})
    return parts


def _document(entry: Entry) -> Document:
    return {
        "_id": entry.id,
        "at": entry.at,
        "act": entry.act.value,
        "by": entry.by,
        "user": entry.user,
        "people": sorted({entry.by, entry.user} - {""}),
        "project": entry.project,
        "path": entry.path,
        "address": entry.address,
        "details": [[name, text] for name, text in entry.details.items()],
    }


def _entry(document: Document) -> Entry:
    return Entry(
        id=document["_id"],
        at=document["at"],
        act=Act(document["act"]),
        by=document["by"],
        user=document["user"],
        project=document["project"],
        path=document["path"],
        address=document["address"],
        details=dict(document["details"]),
    )
