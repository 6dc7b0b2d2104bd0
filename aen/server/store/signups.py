"""People who asked for an account and have to confirm their mail address first."""

from attrs import frozen

from aen.server.store.collection import Database, Document


@frozen
class Signup:
    """An account that is not there yet."""

    id: str
    name: str
    email: str
    password_hash: str
    expires: float


class Signups:
    """Keeps them until they are confirmed, or too late."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("signups")

    async def add(self, signup: Signup) -> None:
        """Add one; no link leads to it yet."""
        await self._all.insert(
            {
                "_id": signup.id,
                "name": signup.name,
                "email": signup.email,
                "hash": signup.password_hash,
                "expires": signup.expires,
            }
        )

    async def link(self, key: str, secret_hash: str, now: float) -> Signup | None:
        """Let the link with that hash lead to it, in the place of an older one."""
        query = {"_id": key, "expires": {"$gt": now}}
        change = {"$set": {"secret": secret_hash}}
        return _maybe(await self._all.claim(query, change))

    async def behind(self, secret_hash: str, now: float) -> Signup | None:
        """Return the one that a link leads to, while it is good."""
        query = {"secret": secret_hash, "expires": {"$gt": now}}
        return _maybe(await self._all.find_one(query))

    async def take(self, key: str) -> bool:
        """Use one up; only one of two who try at once succeeds."""
        return await self._all.delete({"_id": key}) == 1

    async def trim(self, now: float) -> None:
        """Forget those that nobody confirmed in time."""
        await self._all.delete({"expires": {"$lte": now}})


def _maybe(document: Document | None) -> Signup | None:
    if document is None:
        return None
    return Signup(
        document["_id"],
        document["name"],
        document["email"],
        document["hash"],
        document["expires"],
    )
