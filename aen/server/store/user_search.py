"""Finding accounts among very many: by the words of a name, in some order."""

import re
from typing import Any

from attrs import frozen

from aen.model.errors import Invalid
from aen.model.users import Role, User
from aen.server.records import Page
from aen.server.store.collection import Database, Document
from aen.server.store.paging import beyond, bounded, page_of
from aen.server.store.user_words import derived, words_of
from aen.server.store.users import user_of

_FIELDS = {"name": "name", "created": "created", "signed_in": "seen"}
ORDERS = tuple(f"{sign}{name}" for name in _FIELDS for sign in ("", "-"))
"""What accounts can be sorted by; “-”: downwards."""
_AT_ONCE = 200


@frozen
class UsersWanted:
    """Which accounts are looked for; what is empty does not narrow."""

    q: str = ""
    """Beginnings of words of the name, or of the mail address if “@” is in it."""
    role: Role | None = None
    disabled: bool | None = None
    order: str = "name"


class UserSearch:
    """Finds accounts; every list is walked by an index."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("users")

    async def page(
        self, wanted: UsersWanted, cursor: str | None, limit: int
    ) -> Page[User]:
        """Return what is *wanted*, in its order."""
        if wanted.order not in ORDERS:
            message = f"The order must be one of: {', '.join(ORDERS)}."
            raise Invalid(message, fields={"order": message})
        field = _FIELDS[wanted.order.removeprefix("-")]
        way = -1 if wanted.order.startswith("-") else 1
        parts = [*_parts(wanted)]
        if cursor:
            parts.append(beyond(cursor, field, way, text=field == "name"))
        limit = bounded(limit)
        found = await self._all.find(
            {"$and": parts} if parts else {},
            order=[(field, way), ("_id", way)],
            limit=limit + 1,
        )
        return page_of(found, limit, user_of, lambda one: _mark(one, field))

    async def total(self) -> int:
        """Return how many accounts there are."""
        return await self._all.count({})

    async def complete(self) -> int:
        """Give accounts of before what finding needs; return how many got it."""
        done = 0
        query = {"words": {"$exists": False}}
        while found := await self._all.find(query, limit=_AT_ONCE):
            for one in found:
                await self._all.update({"_id": one["_id"]}, {"$set": derived(one)})
            done += len(found)
        return done


def _parts(wanted: UsersWanted) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if "@" in wanted.q:
        parts.append({"mail": _begins(wanted.q.strip().lower())})
    else:
        parts += [{"words": _begins(word)} for word in words_of(wanted.q)]
        if wanted.q.strip() and not parts:
            parts.append({"words": ""})  # only signs: nobody is called so
    if wanted.role is not None:
        parts.append({"role": wanted.role.value})
    if wanted.disabled is not None:
        parts.append({"disabled": wanted.disabled})
    return parts


def _begins(text: str) -> dict[str, str]:
    return {"$regex": "^" + re.escape(text)}


def _mark(document: Document, field: str) -> str:
    return f"{document[field]}~{document['_id']}"
