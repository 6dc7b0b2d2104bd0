"""How often somebody has tried to sign in lately, counted across processes."""

from attrs import frozen

from aen.server.store.collection import Change, Database


@frozen
class Attempts:
    """What is known of one account name or address."""

    count: int
    next: float
    """When the next attempt is let through, in seconds since the epoch."""


class AttemptCounts:
    """Counts attempts by key; a key not seen for *window* seconds is forgotten."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("attempts")

    async def known(self, key: str, now: float, window: float) -> Attempts:
        """Return what is known of *key*."""
        found = await self._all.find_one({"_id": key, "last": {"$gt": now - window}})
        if found is None:
            return Attempts(0, 0.0)
        return Attempts(int(found["count"]), float(found["next"]))

    async def add(self, key: str, now: float, window: float) -> int:
        """Count an attempt and return how many there are in the window."""
        stale = {"_id": key, "last": {"$lte": now - window}}
        await self._all.update(stale, {"$set": {"count": 0}})
        change: Change = {
            "$inc": {"count": 1},
            "$set": {"last": now},
            "$max": {"next": 0.0},
        }
        return int((await self._all.put({"_id": key}, change))["count"])

    async def take_turn(self, key: str, now: float, until: float) -> bool:
        """Let one attempt through and the next not before *until*."""
        query = {"_id": key, "next": {"$lte": now}}
        return await self._all.update(query, {"$set": {"next": until}})

    async def forget(self, key: str) -> None:
        """Begin anew with *key*."""
        await self._all.delete({"_id": key})

    async def give_back(self, key: str) -> None:
        """Take back one attempt: it was a good one."""
        await self._all.update(
            {"_id": key, "count": {"$gt": 0}}, {"$inc": {"count": -1}}
        )

    async def trim(self, before: float) -> None:
        """Forget keys that have not been seen since *before*."""
        await self._all.delete({"last": {"$lt": before}})
