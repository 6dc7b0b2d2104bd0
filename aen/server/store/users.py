"""Accounts in the store."""

from typing import Any

from attrs import evolve

from aen.model.errors import Taken
from aen.model.names import UserName
from aen.model.users import LOCAL, Role, User
from aen.server.records import Page
from aen.server.store.collection import Database, Document, Duplicate
from aen.server.store.paging import bounded, page_of
from aen.server.store.user_words import DERIVED_FROM, beginning, derived, words_of

_NAMESAKES = 5
"""How many accounts of one mail address are written to."""


class Users:
    """Finds and changes accounts; password hashes leave only through `hash_of`."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("users")

    async def add(self, user: User, password_hash: str) -> None:
        """Add an account, or raise `Taken`."""
        document = {
            "_id": user.id,
            "name": user.name,
            "display_name": user.display_name,
            "email": user.email,
            "role": user.role.value,
            "disabled": user.disabled,
            "created": user.created,
            "last_sign_in": user.last_sign_in,
            "hash": password_hash,
            "url": user.url,
            "company": user.company,
            "location": user.location,
            "notices": user.notices,
            "source": user.source,
            "source_id": user.source_id,
            "source_name": user.source_name,
            "gone": user.gone,
            "looked": 0.0,
        }
        try:
            await self._all.insert({**document, **derived(document)})
        except Duplicate:
            raise taken(user.name) from None

    async def named(self, name: str) -> User | None:
        """Return the account called *name*."""
        return _maybe(await self._all.find_one({"name": name}))

    async def to_look_for(self, source: str, most: int) -> list[User]:
        """Return accounts of a back end, those not looked for longest first."""
        query = {"source": source, "disabled": False, "gone": False}
        found = await self._all.find(query, order=[("looked", 1)], limit=most)
        return [user_of(one) for one in found]

    async def with_id(self, key: str) -> User | None:
        """Return the account with that id."""
        return _maybe(await self._all.find_one({"_id": key}))

    async def with_email(self, email: str) -> list[User]:
        """Return the accounts with that mail address, a few of them."""
        query = {"email": {"$in": sorted({email, email.lower()})}}
        return [user_of(one) for one in await self._all.find(query, limit=_NAMESAKES)]

    async def hash_of(self, name: str) -> tuple[User, str] | None:
        """Return the account called *name* and the hash of its password."""
        found = await self._all.find_one({"name": name})
        return None if found is None else (user_of(found), str(found["hash"]))

    async def change(self, key: str, fields: dict[str, Any]) -> User | None:
        """Set *fields* of an account and return it as it is then."""
        changed = await self._all.claim({"_id": key}, {"$set": fields})
        if changed is not None and DERIVED_FROM & fields.keys():
            await self._all.update({"_id": key}, {"$set": derived(changed)})
        return _maybe(changed)

    async def rehash(self, key: str, old: str, new: str) -> bool:
        """Put a new hash in the place of *old*; False when it has changed meanwhile."""
        return await self._all.update(
            {"_id": key, "hash": old}, {"$set": {"hash": new}}
        )

    async def remove(self, key: str) -> None:
        """Forget an account."""
        await self._all.delete({"_id": key})

    async def superusers(self) -> int:
        """Return how many administrators could sign in."""
        query = {"role": Role.SUPERUSER.value, "disabled": False}
        return await self._all.count(query)

    async def page(self, q: str, cursor: str | None, limit: int) -> Page[User]:
        """Return accounts in order of their names."""
        query: dict[str, Any] = {}
        if cursor:
            query["name"] = {"$gt": cursor}
        begins = [{"words": beginning(one)} for one in words_of(q)]
        if begins:
            query["$and"] = begins
        limit = bounded(limit)
        found = await self._all.find(query, order=[("name", 1)], limit=limit + 1)
        return page_of(found, limit, user_of, lambda one: str(one["name"]))


def taken(name: str) -> Taken:
    """Return the refusal of a name that somebody has."""
    message = f"The user name “{name}” is taken; choose another."
    return Taken(message, fields={"username": message})


def without_private(user: User) -> User:
    """Return *user* as other people may see it."""
    return evolve(user, email="", last_sign_in=None, source_id="", source_name="")


def _maybe(document: Document | None) -> User | None:
    return None if document is None else user_of(document)


def user_of(document: Document) -> User:
    """Return the account a document holds."""
    return User(
        id=document["_id"],
        name=UserName(document["name"]),
        display_name=document["display_name"],
        email=document["email"],
        role=Role(document["role"]),
        disabled=document["disabled"] or document.get("gone", False),
        created=document["created"],
        last_sign_in=document["last_sign_in"],
        # Accounts made before there were these have none.
        url=document.get("url", ""),
        company=document.get("company", ""),
        location=document.get("location", ""),
        notices=document.get("notices", True),
        source=document.get("source", LOCAL),
        source_id=document.get("source_id", ""),
        source_name=document.get("source_name", ""),
        gone=document.get("gone", False),
    )
