"""Projects for administrators: all of them, narrowed and sorted."""

import re
from collections.abc import Callable
from typing import Any

from attrs import frozen

from aen.model.errors import Invalid
from aen.model.projects import Project, State, Visibility
from aen.server.records import Page
from aen.server.store.collection import Database, Document
from aen.server.store.paging import both_ways
from aen.server.store.project_documents import project_of

ORDERS = {
    **both_ways("name", "key", text=True),
    **both_ways("created", "created"),
    **both_ways("updated", "updated"),
}
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

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._all = database.collection("projects")
        self._now = now

    async def page(
        self, wanted: ProjectsWanted, cursor: str | None, limit: int
    ) -> Page[Project]:
        """Return what is *wanted*, in its order."""
        if wanted.order not in ORDERS:
            message = f"The order must be one of: {', '.join(ORDERS)}."
            raise Invalid(message, fields={"order": message})
        by, parts = ORDERS[wanted.order], _parts(wanted)
        return await by.page(self._all, parts, cursor, limit, self._read)

    def _read(self, document: Document) -> Project:
        return project_of(document, self._now())


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
