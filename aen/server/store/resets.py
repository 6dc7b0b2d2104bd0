"""Links for choosing a new password, in the store: only a hash of their secret."""

from aen.server.store.collection import Database


class Resets:
    """Makes and uses up reset links."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("resets")

    async def add(self, secret_hash: str, user: str, expires: float) -> None:
        """Add a link for the account with the id *user*; older ones end."""
        await self._all.delete({"user": user})
        await self._all.insert({"_id": secret_hash, "user": user, "expires": expires})

    async def user_of(self, secret_hash: str, now: float) -> str | None:
        """Return whose link it is, while it is good."""
        query = {"_id": secret_hash, "expires": {"$gt": now}}
        found = await self._all.find_one(query)
        return None if found is None else str(found["user"])

    async def use(self, secret_hash: str) -> bool:
        """Use a link up; only one of two who try at once succeeds."""
        return await self._all.delete({"_id": secret_hash}) == 1

    async def trim(self, now: float) -> None:
        """Forget links that have expired."""
        await self._all.delete({"expires": {"$lte": now}})
