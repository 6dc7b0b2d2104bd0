"""Projects for administrators: all of them, narrowed and sorted."""

import re
from typing import Any

from attrs import frozen

from aen.model.errors import Invalid
from aen.model.projects import Project, State, Visibility
from aen.server.records import Page
from aen.server.store.collection import Database, Document
from aen.server.store.paging import beyond, bounded, page_of
from aen.server.store.projects import project_of

_FIELDS = {"name": "key", "created": "created", "updated": "updated"}
ORDERS = tuple(f"{sign}{name}" for name in _FIELDS for sign in ("", "-"))
"""What projects can be sorted by; “-”: downwards."""


@frozen
class ProjectsWanted:
    """Which projects are looked for; what is empty does not narrow."""

    q: str = ""
    """Part of the name, of the owner's name or of the summary."""
    owner: str = ""
    state: State | None = None
    visibility: Visibility | None = None
    data_center: str = ""
    order: str = "-updated"


class ProjectSearch:
    """Finds projects, whoever they belong to."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("projects")

    async def page(
        self, wanted: ProjectsWanted, cursor: str | None, limit: int
    ) -> Page[Project]:
        """Return what is *wanted*, in its order."""
        if wanted.order not in ORDERS:
            message = f"The order must be one of: {', '.join(ORDERS)}."
            raise Invalid(message, fields={"order": message})
        field = _FIELDS[wanted.order.removeprefix("-")]
        way = -1 if wanted.order.startswith("-") else 1
        parts = _parts(wanted)
        if cursor:
            parts.append(beyond(cursor, field, way, text=field == "key"))
        limit = bounded(limit)
        found = await self._all.find(
            {"$and": parts} if parts else {},
            order=[(field, way), ("_id", way)],
            limit=limit + 1,
        )
        return page_of(found, limit, project_of, lambda one: _mark(one, field))


def _parts(wanted: ProjectsWanted) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if wanted.q:
        like = {"$regex": re.escape(wanted.q), "$options": "i"}
        parts.append({"$or": [{"key": like}, {"summary": like}]})
    if wanted.owner:
        parts.append({"owner": wanted.owner})
    if wanted.state is not None:
        parts.append({"state": wanted.state.value})
    if wanted.visibility is not None:
        parts.append({"visibility": wanted.visibility.value})
    if wanted.data_center:
        parts.append({"data_center": wanted.data_center})
    return parts


def _mark(document: Document, field: str) -> str:
    return f"{document[field]}~{document['_id']}"
