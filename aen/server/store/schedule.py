"""What is done by the clock, in the store: when, by whom, how it went.

A turn belongs to who claims it by name while it is due. Its lease is longer than a
turn may take, so that two are never at one turn; when it is over, the turn is
missed and claimed anew.
"""

from attrs import frozen

from aen.server.store.collection import Database, Document, Duplicate


@frozen
class Outcome:
    """How a turn went."""

    good: bool
    words: str
    """For people: what it did, or what went wrong."""


@frozen
class ChoreState:
    """What is known of one piece of work done by the clock."""

    name: str
    title: str
    when: str
    due: float
    """When it is done next, in seconds since the epoch."""
    running: bool
    """Whether a worker is at it."""
    began: float | None = None
    """When it was last begun."""
    ended: float | None = None
    """When it last came to an end."""
    good: bool = True
    outcome: str = ""
    failures: int = 0
    """How often it has failed since it last succeeded."""


class ScheduleRecords:
    """Gives each turn to one worker."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("schedule")

    async def put(self, name: str, title: str, when: str, due: float) -> None:
        """Make a piece of work known; when it is known already, *due* is not used."""
        fields = {"title": title, "when": when}
        if await self._all.update({"_id": name}, {"$set": fields}):
            return
        new: Document = {
            "_id": name, **fields, "due": due, "worker": "", "lease_until": 0.0,
            "began": None, "ended": None, "good": True, "outcome": "", "failures": 0,
        }  # fmt: skip
        try:
            await self._all.insert(new)
        except Duplicate:
            return  # another worker has just done it

    async def keep(self, names: list[str]) -> None:
        """Forget all but *names*."""
        await self._all.delete({"_id": {"$nin": names}})

    async def all(self) -> list[ChoreState]:
        """Return everything, by name."""
        return [_state(one) for one in await self._all.find({}, order=[("_id", 1)])]

    async def claim(
        self, name: str, worker: str, now: float, lease: float
    ) -> ChoreState | None:
        """Give *worker* the turn, if it is due and nobody is at it."""
        query = {"_id": name, "due": {"$lte": now}, "lease_until": {"$lt": now}}
        fields = {"worker": worker, "lease_until": now + lease, "began": now}
        found = await self._all.claim(query, {"$set": fields})
        return None if found is None else _state(found)

    async def end(
        self, turn: ChoreState, worker: str, outcome: Outcome, now: float, due: float
    ) -> bool:
        """Note how a turn went and when the next is; False when it is another's."""
        query = {"_id": turn.name, "worker": worker, "began": turn.began}
        fields = {
            "worker": "",
            "lease_until": 0.0,
            "ended": now,
            "good": outcome.good,
            "outcome": outcome.words,
            "failures": 0 if outcome.good else turn.failures + 1,
            "due": due,
        }
        return await self._all.update(query, {"$set": fields})

    async def give_back(self, name: str, worker: str) -> None:
        """Let another have the turn of *worker*, at once."""
        fields = {"worker": "", "lease_until": 0.0}
        await self._all.update({"_id": name, "worker": worker}, {"$set": fields})

    async def holders(self) -> dict[str, str]:
        """Return the workers that are at something: by the name of what it is."""
        found = await self._all.find({"worker": {"$ne": ""}})
        return {one["_id"]: one["worker"] for one in found}

    async def bring_forward(self, name: str, due: float) -> bool:
        """Make it due at *due* at the latest; False when there is no such thing."""
        await self._all.update(
            {"_id": name, "due": {"$gt": due}}, {"$set": {"due": due}}
        )
        return await self._all.find_one({"_id": name}) is not None


def _state(document: Document) -> ChoreState:
    return ChoreState(
        name=document["_id"],
        title=document["title"],
        when=document["when"],
        due=document["due"],
        running=bool(document["worker"]),
        began=document["began"],
        ended=document["ended"],
        good=document["good"],
        outcome=document["outcome"],
        failures=document["failures"],
    )
