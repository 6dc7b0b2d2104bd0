"""Events in the store, numbered, so that every process can catch up."""

from collections.abc import Iterable

from aen.server.records import Event
from aen.server.store.collection import Database, Document


class EventLog:
    """Appends events and reads those after a number."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("events")
        self._counters = database.collection("counters")

    async def last(self) -> int:
        """Return the newest number given out; 0 before the first."""
        found = await self._counters.find_one({"_id": "events"})
        return 0 if found is None else int(found["seq"])

    async def append(
        self, topic: str, kind: str, data: dict[str, object], at: float
    ) -> Event:
        """Add an event and return it with its number."""
        counter = await self._counters.put({"_id": "events"}, {"$inc": {"seq": 1}})
        event = Event(topic, kind, data, int(counter["seq"]))
        await self._all.insert(
            {
                "_id": str(event.seq),
                "seq": event.seq,
                "topic": topic,
                "kind": kind,
                "data": data,
                "at": at,
            }
        )
        return event

    async def after(self, seq: int, limit: int) -> list[Event]:
        """Return the events with a greater number, in their order."""
        query = {"seq": {"$gt": seq}}
        found = await self._all.find(query, order=[("seq", 1)], limit=limit)
        return [_event(one) for one in found]

    async def missed(
        self, topics: Iterable[str], seq: int, since: float, limit: int
    ) -> list[Event] | None:
        """Return what came to *topics* after the event numbered *seq*, in its order.

        None when that cannot be told: the event was before *since* or is forgotten, or
        more than *limit* have come.
        """
        last = await self._all.find_one({"_id": str(seq)})
        if last is None or last["at"] < since:
            return None
        query = {"topic": {"$in": sorted(topics)}, "seq": {"$gt": seq}}
        found = await self._all.find(query, order=[("seq", 1)], limit=limit + 1)
        return None if len(found) > limit else [_event(one) for one in found]

    async def trim(self, keep: int, before: float) -> None:
        """Forget all but the *keep* newest, and those from before *before*."""
        await self._all.delete({"seq": {"$lte": await self.last() - keep}})
        await self._all.delete({"at": {"$lt": before}})


def _event(document: Document) -> Event:
    return Event(document["topic"], document["kind"], document["data"], document["seq"])
