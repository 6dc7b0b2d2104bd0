"""Where from and with which browsers people have signed in, in the store."""

import hashlib

from aen.server.store.collection import Database


class FamiliarPlaces:
    """Remembers marks of places by account: digests, not the places themselves."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("familiar")

    async def none(self, user: str) -> bool:
        """Whether nothing is remembered of the account with the id *user*."""
        return await self._all.find_one({"user": user}) is None

    async def saw(self, user: str, mark: str, now: float) -> bool:
        """Remember *mark*; return whether it was known before."""
        key = hashlib.sha256(f"{user}\n{mark}".encode(errors="replace")).hexdigest()
        if await self._all.update({"_id": key}, {"$set": {"seen": now}}):
            return True
        await self._all.put({"_id": key}, {"$set": {"user": user, "seen": now}})
        return False

    async def forget(self, user: str) -> None:
        """Forget everything of an account."""
        await self._all.delete({"user": user})

    async def trim(self, before: float) -> None:
        """Forget what was not seen since *before*."""
        await self._all.delete({"seen": {"$lt": before}})
