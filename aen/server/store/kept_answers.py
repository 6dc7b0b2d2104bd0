"""Answers kept for those who ask the same again, under a key of their own."""

from attrs import frozen

from aen.server.store.collection import Database, Document, Duplicate


@frozen
class Kept:
    """What is known of a request that came before under the same key."""

    body: str
    """A digest of what was sent."""
    done: bool
    status: int = 0
    answer: str = ""
    """Sealed: an answer may hold a secret that is nowhere else."""


class KeptAnswers:
    """One document for each key; of each person so many, for so long."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("kept_answers")

    async def begin(
        self, key: str, user: str, body: str, now: float, ends: tuple[float, float]
    ) -> Kept | None:
        """Return what came before under *key*; None: nothing, and it is ours now.

        :param ends: when a silent process is given up, and when all is forgotten.
        """
        until, expires = ends
        wanted: Document = {
            "_id": key, "user": user, "body": body, "done": False, "at": now,
            "until": until, "expires": expires,
        }  # fmt: skip
        await self._all.delete({"_id": key, "expires": {"$lte": now}})
        try:
            await self._all.insert(wanted)
        except Duplicate:
            return await self._before(key, body, now, until)
        return None

    async def _before(
        self, key: str, body: str, now: float, until: float
    ) -> Kept | None:
        silent: Document = {
            "_id": key, "body": body, "done": False, "until": {"$lte": now},
        }  # fmt: skip
        if await self._all.update(silent, {"$set": {"until": until}}):
            return None
        found = await self._all.find_one({"_id": key})
        if found is None:  # given up just now: the one who asks may ask again
            return Kept(body, done=False)
        return Kept(
            found["body"],
            done=found["done"],
            status=int(found.get("status", 0)),
            answer=found.get("answer", ""),
        )

    async def finish(self, key: str, status: int, answer: str) -> None:
        """Keep the answer, for whoever asks again."""
        change = {"done": True, "status": status, "answer": answer}
        await self._all.update({"_id": key}, {"$set": change})

    async def forget(self, key: str) -> None:
        """Begin anew with *key*."""
        await self._all.delete({"_id": key})

    async def make_room(self, user: str, most: int) -> None:
        """Forget the oldest of *user*'s when there are *most* or more."""
        surplus = await self._all.count({"user": user}) - most + 1
        if surplus <= 0:
            return
        oldest = (("at", 1),)
        for one in await self._all.find({"user": user}, order=oldest, limit=surplus):
            await self._all.delete({"_id": one["_id"]})

    async def trim(self, now: float) -> None:
        """Forget what has expired."""
        await self._all.delete({"expires": {"$lte": now}})
