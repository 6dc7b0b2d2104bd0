"""Who has starred which project: one record each, so that nobody counts twice."""

from aen.server.store.collection import Database, Duplicate


class Stars:
    """Adds and removes stars; a project's count is kept with the project."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("stars")

    async def add(self, user: str, project: str, now: float) -> bool:
        """Note a star; False when it is there already.

        :param user: the id of an account.
        :param project: the id of a project.
        """
        document = {
            "_id": _key(user, project),
            "user": user,
            "project": project,
            "at": now,
        }
        try:
            await self._all.insert(document)
        except Duplicate:
            return False
        return True

    async def remove(self, user: str, project: str) -> bool:
        """Take a star away; False when there was none."""
        return await self._all.delete({"_id": _key(user, project)}) > 0

    async def has(self, user: str, project: str) -> bool:
        """Whether somebody has starred a project."""
        return await self._all.find_one({"_id": _key(user, project)}) is not None

    async def of_user(self, user: str, limit: int) -> list[str]:
        """Return the ids of the projects somebody has starred, the newest first."""
        order = [("at", -1), ("_id", -1)]
        found = await self._all.find({"user": user}, order=order, limit=limit)
        return [one["project"] for one in found]

    async def forget_user(self, user: str) -> list[str]:
        """Remove the stars of an account that goes; return whose they were."""
        found = await self._all.find({"user": user})
        await self._all.delete({"user": user})
        return [one["project"] for one in found]

    async def forget_project(self, project: str) -> None:
        """Remove the stars of a project that goes."""
        await self._all.delete({"project": project})


def _key(user: str, project: str) -> str:
    return f"{user} {project}"
