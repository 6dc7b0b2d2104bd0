"""Records in memory: what the embedded store answers from, and tests work with."""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop
from itertools import islice
from typing import Protocol

from aen.server.store.change import apply, check_change
from aen.server.store.checks import (
    check_document,
    check_paging,
    check_without,
    only_key,
)
from aen.server.store.collection import (
    Change,
    Collection,
    Document,
    Duplicate,
    Index,
    Order,
    Query,
)
from aen.server.store.conditions import Conditions
from aen.server.store.indexes import Lookup, Unique
from aen.server.store.ordered import Ordered, Walk
from aen.server.store.query import predicate
from aen.server.store.values import check_value, order_key, plain, split

_FEW, _MANY = 50, 3
"""Of fewer candidates than one document in so many the first are found by sorting; of
more than one in so many by looking at all documents in their order; between the two by
looking at the candidates in that order."""


class Journal(Protocol):
    """Told of each change before it is made; what it raises prevents the change."""

    def write(self, collection: str, document: Document) -> None:
        """Keep *document*."""

    def erase(self, collection: str, key: str) -> None:
        """Forget the document with the identifier *key*."""


class Forgetful:
    """The journal of a store that keeps nothing."""

    def write(self, collection: str, document: Document) -> None:
        """Keep nothing."""

    def erase(self, collection: str, key: str) -> None:
        """Forget nothing."""


class MemoryDatabase:
    """The collections of one process, gone when it ends unless *journal* keeps them."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal or Forgetful()
        self._collections: dict[str, MemoryCollection] = {}

    def collection(self, name: str) -> Collection:
        """Return the collection called *name*."""
        return self.named(name)

    async def prepare(self, indexes: Sequence[Index]) -> None:
        """Make the indexes that are not there yet.

        :raises Duplicate: documents there already break a unique one.
        """
        for index in indexes:
            self.named(index.collection).add_index(index)

    async def ping(self) -> None:
        """Do nothing: memory always answers."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def named(self, name: str) -> "MemoryCollection":
        """Return the collection called *name*, made when it is new."""
        if name not in self._collections:
            self._collections[name] = MemoryCollection(name, self._journal)
        return self._collections[name]


class MemoryCollection:
    """Documents in a dict; each method is one step, as nothing in it waits."""

    def __init__(self, name: str, journal: Journal) -> None:
        self._name = name
        self._journal = journal
        self._documents: dict[str, Document] = {}
        self._unique: dict[Index, Unique] = {}
        self._lookups: dict[str, Lookup] = {}
        self._ordered: dict[Index, Ordered] = {}

    def add_index(self, index: Index) -> bool:
        """Hold *index* from now on; return whether it is new.

        :raises Duplicate: documents there already break it.
        """
        if index in self._ordered:
            return False
        if index.unique:
            entries = Unique(index)
            for document in self._documents.values():
                entries.check(document)
                entries.add(document)
            self._unique[index] = entries
        path = index.keys[0][0]
        if path not in self._lookups:
            lookup = self._lookups[path] = Lookup(path)
            for document in self._documents.values():
                lookup.add(document)
        self._ordered[index] = Ordered(index, self._documents.values())
        return True

    def load(self, document: Document) -> None:
        """Take *document* as it was kept, before there are indexes; not checked."""
        self._documents[document["_id"]] = document

    async def insert(self, document: Document) -> None:
        """Add *document*, or raise `Duplicate`."""
        check_document(document)
        if document["_id"] in self._documents:
            raise Duplicate("There is a record with this identifier already.")
        self._store(document)

    async def find_one(self, query: Query) -> Document | None:
        """Return one document that matches, or None."""
        return plain(next(self._matching(query), None))

    async def find(
        self,
        query: Query,
        *,
        order: Order = (),
        limit: int = 0,
        skip: int = 0,
        without: Sequence[str] = (),
    ) -> list[Document]:
        """Return the documents that match, but for the fields *without*."""
        check_paging(order, limit, skip)
        check_without(without)
        found = self._first(query, order, skip + limit) if limit else None
        if found is None:
            found = in_order(list(self._matching(query)), order)
        page = found[skip : skip + limit] if limit else found[skip:]
        if without:
            page = [_less(one, without) for one in page]
        return plain(page)

    async def update(self, query: Query, change: Change) -> bool:
        """Change one document that matches; return whether there was one."""
        return await self.claim(query, change) is not None

    async def update_all(self, query: Query, change: Change) -> int:
        """Change each document that matches, one by one; return how many."""
        check_change(change)
        found = list(self._matching(query))
        for document in found:
            self._store(apply(document, change))
        return len(found)

    async def claim(
        self, query: Query, change: Change, *, order: Order = ()
    ) -> Document | None:
        """Change the first match and return it as it is afterwards, in one step."""
        check_change(change)
        check_paging(order)
        found = in_order(list(self._matching(query)), order)
        return self._store(apply(found[0], change)) if found else None

    async def put(self, query: Query, change: Change) -> Document:
        """As `claim`, but make the document from *query* and *change* if need be."""
        key = only_key(query)
        return self._store(apply(self._documents.get(key, {"_id": key}), change))

    async def delete(self, query: Query) -> int:
        """Remove every document that matches; return how many."""
        found = list(self._matching(query))
        for document in found:
            self._forget(document)
        return len(found)

    async def count(self, query: Query) -> int:
        """Return how many documents match."""
        if not query:
            return len(self._documents)
        return sum(1 for _ in self._matching(query))

    def _matching(self, query: Query) -> Iterator[Document]:
        fits = predicate(query)
        known = self._candidates(Conditions(query))
        found = list(self._documents.values()) if known is None else known
        return (document for document in found if fits(document))

    def _candidates(self, asked: Conditions) -> list[Document] | None:
        """Return the fewest documents that indexes know of; None: it may be any."""
        keys = asked.one_of("_id")
        if keys is not None:
            return [self._documents[key] for key in keys if key in self._documents]
        fewest = self._looked_up(asked)
        for ordered in self._ordered.values():
            places = ordered.within(asked)
            if places is not None and (fewest is None or len(places) < len(fewest)):
                fewest = ordered.at(places)
        return None if fewest is None else [self._documents[key] for key in fewest]

    def _looked_up(
        self, asked: Conditions, most: int | None = None
    ) -> list[str] | None:
        """Return the fewest ids that any lookup knows of; None: none can tell.

        :param most: more than so many are not wanted.
        """
        told = (lookup.candidates(asked, most) for lookup in self._lookups.values())
        return min((one for one in told if one is not None), key=len, default=None)

    def _first(self, query: Query, order: Order, count: int) -> list[Document] | None:
        """Return the first *count* that match; None: they are to be sorted.

        Documents that a lookup does not know of are passed over unseen.
        """
        if [*order] == [("_id", 1)] and (keys := self._after(query)) is not None:
            return [self._documents[key] for key in islice(keys, count)]
        asked = Conditions(query)
        plan = self._plan(asked, order)
        if plan is None:
            return None
        ordered, walk = plan
        total = len(self._documents)
        known = None if walk.fixed else self._looked_up(asked, total // _MANY)
        if known is not None and len(known) * _FEW < total:
            return None
        among = None if known is None else frozenset(known)
        walked = ordered.walk(walk)
        seen = (key for key in walked if among is None or key in among)
        matching = filter(predicate(query), (self._documents[key] for key in seen))
        return list(islice(matching, count))

    def _plan(self, asked: Conditions, order: Order) -> tuple[Ordered, Walk] | None:
        """Return by which index to walk for what is *asked* in *order*."""
        best: tuple[Ordered, Walk] | None = None
        for ordered in self._ordered.values():
            plan = ordered.plan(asked, order)
            if plan is not None and (best is None or plan.fixed > best[1].fixed):
                best = ordered, plan
        return best

    def _after(self, query: Query) -> Iterator[str] | None:
        """Return the identifiers a query asks for that only bounds them from below.

        In their order; None: the query asks for something else. All of a collection is
        read so: each page costs a look at the identifiers, and no sorting of documents.
        """
        match query:
            case {"_id": {"$gt": str(low), **others}, **rest} if (
                not others and not rest
            ):
                heap = [key for key in self._documents if key > low]
            case {**rest} if not rest:
                heap = [*self._documents]
            case _:
                return None
        heapify(heap)
        return (heappop(heap) for _ in range(len(heap)))

    def _store(self, document: Document) -> Document:
        """Put *document* in the place of the one with its identifier, if any."""
        check_value(document)
        for entries in self._unique.values():
            entries.check(document)
        kept = plain(document)
        self._journal.write(self._name, kept)
        before = self._documents.get(kept["_id"])
        for index in self._indexes():
            if before is not None:
                index.remove(before)
            index.add(kept)
        self._documents[kept["_id"]] = kept
        return document

    def _forget(self, document: Document) -> None:
        self._journal.erase(self._name, document["_id"])
        for index in self._indexes():
            index.remove(document)
        del self._documents[document["_id"]]

    def _indexes(self) -> list[Unique | Lookup | Ordered]:
        held = (self._unique, self._lookups, self._ordered)
        return [index for kind in held for index in kind.values()]


def _less(document: Document, without: Sequence[str]) -> Document:
    return {name: value for name, value in document.items() if name not in without}


def in_order(documents: list[Document], order: Order) -> list[Document]:
    """Return the documents sorted as *order* says, else in the order they came."""
    ways = {way for _, way in order}
    if len(ways) == 1:
        # All in one direction: one pass does.
        (way,) = ways
        paths = [split(path) for path, _ in order]
        return sorted(
            documents,
            key=lambda document: [order_key(document, one, way) for one in paths],
            reverse=way < 0,
        )
    for path, way in reversed(order):
        steps = split(path)
        documents = sorted(
            documents,
            key=lambda document: order_key(document, steps, way),
            reverse=way < 0,
        )
    return documents
