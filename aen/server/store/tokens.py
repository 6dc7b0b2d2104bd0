"""API tokens in the store: never the token, only its SHA-256."""

from typing import Any

from attrs import frozen

from aen.server.store.collection import Database, Document

PERSONAL = "personal"
APP = "app"


@frozen
class Token:
    """An API token; `user` is the id of its account.

    `project` and `app` are set on tokens that were made for a launch.
    """

    id: str
    user: str
    note: str
    scopes: tuple[str, ...] | None
    created: float
    expires: float | None
    last_used: float | None = None
    kind: str = PERSONAL
    project: str | None = None
    app: str = ""


class Tokens:
    """Finds, makes and ends API tokens."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("tokens")

    async def add(self, token: Token, token_hash: str) -> None:
        """Add a token."""
        document: dict[str, Any] = {
            "_id": token.id,
            "hash": token_hash,
            "user": token.user,
            "note": token.note,
            "scopes": None if token.scopes is None else list(token.scopes),
            "created": token.created,
            "expires": token.expires,
            "last_used": token.last_used,
            "kind": token.kind,
            "project": token.project,
            "app": token.app,
        }
        await self._all.insert(document)

    async def hashed(self, token_hash: str, now: float) -> Token | None:
        """Return the live token with that hash."""
        found = await self._all.find_one({"hash": token_hash})
        if found is None or (found["expires"] is not None and found["expires"] <= now):
            return None
        return _token(found)

    async def with_id(self, user: str, key: str) -> Token | None:
        """Return the token with that public id which *user* made."""
        query = {"_id": key, "user": user, "kind": PERSONAL}
        found = await self._all.find_one(query)
        return None if found is None else _token(found)

    async def touch(self, token: Token, now: float, often: float) -> None:
        """Note that a token is used, at most once in *often* seconds."""
        if token.last_used is None or token.last_used < now - often:
            await self._all.update({"_id": token.id}, {"$set": {"last_used": now}})

    async def of_user(self, user: str) -> list[Token]:
        """Return the tokens a person made, the newest first."""
        query = {"user": user, "kind": PERSONAL}
        found = await self._all.find(query, order=[("created", -1)], limit=500)
        return [_token(one) for one in found]

    async def count(self, user: str) -> int:
        """Return how many tokens a person made."""
        return await self._all.count({"user": user, "kind": PERSONAL})

    async def remove(self, user: str, key: str) -> bool:
        """End one token of a person; return whether there was one."""
        query = {"_id": key, "user": user, "kind": PERSONAL}
        return await self._all.delete(query) > 0

    async def keep_newest(self, user: str, project: str, app: str, keep: int) -> None:
        """End all but the *keep* newest tokens made for launches of one app."""
        query = {"user": user, "kind": APP, "project": project, "app": app}
        order = [("created", -1), ("_id", 1)]
        surplus = await self._all.find(query, order=order, skip=keep, limit=100)
        for one in surplus:
            await self._all.delete({"_id": one["_id"]})

    async def end_apps(self, user: str, project: str) -> None:
        """End the tokens of a person's apps in one project."""
        await self._all.delete({"user": user, "kind": APP, "project": project})

    async def end_user(self, user: str) -> None:
        """End all tokens of a person."""
        await self._all.delete({"user": user})

    async def end_project(self, project: str) -> None:
        """End all tokens made for apps of a project; those of people go on."""
        await self._all.delete({"project": project, "kind": APP})

    async def trim(self, now: float) -> None:
        """Forget tokens that have expired."""
        await self._all.delete({"expires": {"$lte": now}})


def _token(document: Document) -> Token:
    scopes = document["scopes"]
    return Token(
        id=document["_id"],
        user=document["user"],
        note=document["note"],
        scopes=None if scopes is None else tuple(scopes),
        created=document["created"],
        expires=document["expires"],
        last_used=document["last_used"],
        kind=document["kind"],
        project=document["project"],
        app=document["app"],
    )
