"""Browser sessions in the store: never the cookie, only its SHA-256."""

from typing import Any

from attrs import frozen

from aen.server.store.collection import Database, Document


@frozen
class Session:
    """A browser session; `user` is the id of its account."""

    id: str
    user: str
    created: float
    last_seen: float
    expires: float
    agent: str
    address: str
    cookie_set: float = 0.0
    """When the browser was last told to keep its cookie."""


class Sessions:
    """Finds, keeps alive and ends sessions."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("sessions")

    async def add(self, session: Session, token_hash: str) -> None:
        """Add a session."""
        await self._all.insert(
            {
                "_id": session.id,
                "hash": token_hash,
                "user": session.user,
                "created": session.created,
                "last_seen": session.last_seen,
                "expires": session.expires,
                "agent": session.agent,
                "address": session.address,
                "cookie_set": session.cookie_set,
            }
        )

    async def hashed(self, token_hash: str, now: float) -> Session | None:
        """Return the live session whose token has that hash."""
        return await self._one({"hash": token_hash, "expires": {"$gt": now}})

    async def with_id(self, key: str, now: float) -> Session | None:
        """Return the live session with that public id."""
        return await self._one({"_id": key, "expires": {"$gt": now}})

    async def touch(self, key: str, now: float, expires: float, often: float) -> None:
        """Note that a session is used, at most once in *often* seconds."""
        await self._all.update(
            {"_id": key, "last_seen": {"$lt": now - often}},
            {"$set": {"last_seen": now, "expires": expires}},
        )

    async def note_cookie(self, key: str, now: float) -> None:
        """Note that the browser is told now to keep its cookie."""
        await self._all.update({"_id": key}, {"$set": {"cookie_set": now}})

    async def of_user(self, user: str, now: float) -> list[Session]:
        """Return a person's live sessions, the one used last first."""
        query = {"user": user, "expires": {"$gt": now}}
        found = await self._all.find(query, order=[("last_seen", -1)], limit=200)
        return [_session(one) for one in found]

    async def end(self, user: str, key: str) -> bool:
        """End one session of a person; return whether there was one."""
        return await self._all.delete({"_id": key, "user": user}) > 0

    async def end_all(self, user: str) -> None:
        """End a person's sessions."""
        await self._all.delete({"user": user})

    async def trim(self, now: float) -> None:
        """Forget sessions that have expired."""
        await self._all.delete({"expires": {"$lte": now}})

    async def _one(self, query: dict[str, Any]) -> Session | None:
        found = await self._all.find_one(query)
        return None if found is None else _session(found)


def _session(document: Document) -> Session:
    return Session(
        id=document["_id"],
        user=document["user"],
        created=document["created"],
        last_seen=document["last_seen"],
        expires=document["expires"],
        agent=document["agent"],
        address=document["address"],
        cookie_set=document.get("cookie_set") or document["created"],
    )
