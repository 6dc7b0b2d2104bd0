"""Records in memory: for tests and demonstrations, as strict as the real store."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from aen.server.store.change import apply, check_change
from aen.server.store.checks import check_document, check_paging, only_key
from aen.server.store.collection import (
    Change,
    Collection,
    Document,
    Duplicate,
    Index,
    Order,
    Query,
)
from aen.server.store.query import predicate
from aen.server.store.values import (
    Unsupported,
    order_key,
    rank,
    reach,
    split,
)

Entry = tuple[tuple[int, Any], ...]
"""The values of a document in a unique index."""


class MemoryDatabase:
    """The collections of one process, gone when it ends."""

    def __init__(self) -> None:
        self._collections: dict[str, MemoryCollection] = {}

    def collection(self, name: str) -> Collection:
        """Return the collection called *name*."""
        return self._named(name)

    async def prepare(self, indexes: Sequence[Index]) -> None:
        """Make the indexes that are not there yet.

        :raises Duplicate: documents there already break a unique one.
        """
        for index in indexes:
            self._named(index.collection).add_index(index)

    async def ping(self) -> None:
        """Do nothing: memory always answers."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def _named(self, name: str) -> "MemoryCollection":
        return self._collections.setdefault(name, MemoryCollection())


class MemoryCollection:
    """Documents in a dict; each method is one step, as nothing in it waits."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._unique: dict[Index, _Unique] = {}

    def add_index(self, index: Index) -> None:
        """Hold *index* from now on; only unique ones do anything."""
        if index.unique and index not in self._unique:
            entries = _Unique(index)
            for document in self._documents.values():
                entries.check(document)
                entries.add(document)
            self._unique[index] = entries

    async def insert(self, document: Document) -> None:
        """Add *document*, or raise `Duplicate`."""
        check_document(document)
        if document["_id"] in self._documents:
            raise Duplicate("There is a record with this identifier already.")
        self._store(document)

    async def find_one(self, query: Query) -> Document | None:
        """Return one document that matches, or None."""
        return deepcopy(next(self._matching(query), None))

    async def find(
        self, query: Query, *, order: Order = (), limit: int = 0, skip: int = 0
    ) -> list[Document]:
        """Return the documents that match; *limit* 0 means all of them."""
        check_paging(order, limit, skip)
        found = in_order(list(self._matching(query)), order)
        return deepcopy(found[skip : skip + limit] if limit else found[skip:])

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
        return sum(1 for _ in self._matching(query))

    def _matching(self, query: Query) -> Iterator[Document]:
        fits = predicate(query)
        key = query.get("_id")
        if isinstance(key, str):
            candidates = [self._documents[key]] if key in self._documents else []
        else:
            candidates = list(self._documents.values())
        return (document for document in candidates if fits(document))

    def _store(self, document: Document) -> Document:
        """Put *document* in the place of the one with its identifier, if any."""
        for entries in self._unique.values():
            entries.check(document)
        before = self._documents.get(document["_id"])
        for entries in self._unique.values():
            if before is not None:
                entries.remove(before)
            entries.add(document)
        self._documents[document["_id"]] = deepcopy(document)
        return deepcopy(document)

    def _forget(self, document: Document) -> None:
        for entries in self._unique.values():
            entries.remove(document)
        del self._documents[document["_id"]]


class _Unique:
    """Which document holds which values in a unique index."""

    def __init__(self, index: Index) -> None:
        self._paths = [split(path) for path, _ in index.keys]
        self._owners: dict[Entry, str] = {}

    def check(self, document: Document) -> None:
        entry = self._entry(document)
        if (
            entry is not None
            and self._owners.get(entry, document["_id"]) != (document["_id"])
        ):
            raise Duplicate("There is such a record already.")

    def add(self, document: Document) -> None:
        entry = self._entry(document)
        if entry is not None:
            self._owners[entry] = document["_id"]

    def remove(self, document: Document) -> None:
        entry = self._entry(document)
        if entry is not None:
            del self._owners[entry]

    def _entry(self, document: Document) -> Entry | None:
        """Return the document's entry, or None when the index leaves it out."""
        found = [list(reach(document, steps)) for steps in self._paths]
        if not any(found):
            return None
        values = [each[0] if len(each) == 1 else None for each in found]
        if any(value is None or isinstance(value, list | dict) for value in values):
            raise Unsupported("a unique index needs text, a number or true or false")
        return tuple(rank(value) for value in values)


def in_order(documents: list[Document], order: Order) -> list[Document]:
    """Return the documents sorted as *order* says, else in the order they came."""
    for path, way in reversed(order):
        steps = split(path)
        documents = sorted(
            documents,
            key=lambda document: order_key(document, steps, way),
            reverse=way < 0,
        )
    return documents
