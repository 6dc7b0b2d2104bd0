"""Finding accounts among very many: by the words of a name, in some order."""

from typing import Any

from attrs import frozen

from aen.model.errors import Invalid
from aen.model.users import Role, User
from aen.server.records import Page
from aen.server.store.collection import Database
from aen.server.store.completing import complete
from aen.server.store.paging import both_ways
from aen.server.store.user_words import beginning, derived, words_of
from aen.server.store.users import user_of

ORDERS = {
    **both_ways("name", "name", text=True),
    **both_ways("created", "created"),
    **both_ways("signed_in", "seen"),
}
"""What accounts can be sorted by; “-”: downwards."""


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
        by, parts = ORDERS[wanted.order], _parts(wanted)
        return await by.page(self._all, parts, cursor, limit, user_of)

    async def total(self) -> int:
        """Return how many accounts there are."""
        return await self._all.count({})

    async def complete(self) -> int:
        """Give accounts of before what finding needs; return how many got it."""
        return await complete(self._all, "words", derived)


def _parts(wanted: UsersWanted) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if "@" in wanted.q:
        parts.append({"mail": beginning(wanted.q.strip().lower())})
    else:
        parts += [{"words": beginning(word)} for word in words_of(wanted.q)]
        if wanted.q.strip() and not parts:
            parts.append({"words": ""})  # only signs: nobody is called so
    if wanted.role is not None:
        parts.append({"role": wanted.role.value})
    if wanted.disabled is not None:
        parts.append({"disabled": wanted.disabled})
    return parts
