"""Searches that people have kept."""

from attrs import frozen

from aen.server.store.collection import Database


@frozen
class SavedSearch:
    """What somebody looks for again and again."""

    id: str
    user: str
    """The id of an account."""
    name: str
    q: str
    """As it is typed into the box."""
    created: float


class SavedSearches:
    """Finds, adds and removes them."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("searches")

    async def add(self, search: SavedSearch) -> None:
        """Add a search."""
        await self._all.insert(
            {
                "_id": search.id,
                "user": search.user,
                "name": search.name,
                "q": search.q,
                "created": search.created,
            }
        )

    async def of_user(self, user: str, limit: int) -> list[SavedSearch]:
        """Return somebody's searches, the oldest first."""
        order = [("created", 1), ("_id", 1)]
        found = await self._all.find({"user": user}, order=order, limit=limit)
        return [
            SavedSearch(one["_id"], user, one["name"], one["q"], one["created"])
            for one in found
        ]

    async def remove(self, user: str, key: str) -> bool:
        """Remove one of somebody's searches; False when there is no such."""
        return await self._all.delete({"_id": key, "user": user}) > 0

    async def forget_user(self, user: str) -> None:
        """Remove the searches of an account that goes."""
        await self._all.delete({"user": user})
