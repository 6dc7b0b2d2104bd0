"""Documents in memory in the order of an index: a page costs what is on it."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from aen.server.store.collection import Document, Index, Order
from aen.server.store.conditions import TOP, Conditions, Span
from aen.server.store.values import found_at, rank, split

Entry = tuple[Any, ...]


@frozen
class Walk:
    """How to come by documents in some order: from one entry on, up to another."""

    fixed: int
    """How many keys of the index have one value only."""
    low: Entry
    high: Entry
    backwards: bool


class Ordered:
    """The documents of a collection by the keys of an index, upwards."""

    def __init__(self, index: Index, documents: Iterable[Document] = ()) -> None:
        self._paths = tuple(path for path, _ in index.keys)
        self._steps = tuple(split(path) for path in self._paths)
        self._entries: list[Entry] = []
        self._lists = 0
        """How many documents hold a list, which has no one place in an order."""
        for document in documents:
            if (entry := self._entry(document)) is None:
                self._lists += 1
            else:
                self._entries.append(entry)
        self._entries.sort()

    def add(self, document: Document) -> None:
        """Put *document* in its place."""
        entry = self._entry(document)
        if entry is None:
            self._lists += 1
        else:
            insort(self._entries, entry)

    def remove(self, document: Document) -> None:
        """Take *document* out of its place."""
        entry = self._entry(document)
        if entry is None:
            self._lists -= 1
        else:
            del self._entries[bisect_left(self._entries, entry)]

    def within(self, asked: Conditions) -> range | None:
        """Return which places can match what is *asked*; None: any of them."""
        if self._lists:
            return None
        fixed: list[Any] = []
        for path in self._paths:
            value = asked.equals(path)
            if value is None:
                span = asked.span(path)
                if not fixed and span == Span():
                    return None
                return self._places((*fixed, span.low), (*fixed, span.high))
            fixed.append(rank(value))
        return self._places((*fixed,), (*fixed, TOP))

    def at(self, places: range) -> list[str]:
        """Return the ids of the documents in these places."""
        return [self._entries[place][-1][1] for place in places]

    def _places(self, low: Entry, high: Entry) -> range:
        return range(bisect_left(self._entries, low), bisect_left(self._entries, high))

    def plan(self, asked: Conditions, order: Order) -> Walk | None:
        """Return how to walk for what is *asked* in *order*; None: not by this."""
        ways = {way for _, way in order}
        if self._lists or len(ways) != 1:
            return None
        wanted = tuple(path for path, _ in order)
        fixed: list[Any] = []
        for place, path in enumerate(self._paths):
            if self._paths[place : place + len(wanted)] == wanted:
                span = asked.span(path)
                low, high = (*fixed, span.low), (*fixed, span.high)
                return Walk(place, low, high, backwards=ways == {-1})
            value = asked.equals(path)
            if value is None:
                return None
            fixed.append(rank(value))
        return None

    def walk(self, way: Walk) -> Iterator[str]:
        """Yield the ids of documents; nothing may change meanwhile."""
        places = self._places(way.low, way.high)
        for place in reversed(places) if way.backwards else places:
            yield self._entries[place][-1][1]

    def _entry(self, document: Document) -> Entry | None:
        ranks = []
        for steps in self._steps:
            found = found_at(document, steps)
            if len(found) > 1 or (found and isinstance(found[0], list)):
                return None
            ranks.append(rank(found[0] if found else None))
        # The identifier last, in the form of a rank, so that it compares with `TOP`.
        return (*ranks, (2, document["_id"]))
