"""Indexes of documents in memory: who holds a value, and may another have it."""

from collections.abc import Iterable, Iterator
from typing import Any

from aen.server.store.collection import Document, Duplicate, Index, Query
from aen.server.store.values import Unsupported, bracket, rank, reach, split

Entry = tuple[tuple[int, Any], ...]
"""The values of a document in a unique index."""
Rank = tuple[int, Any]


class Unique:
    """Which document holds which values of a unique index."""

    def __init__(self, index: Index) -> None:
        self._paths = [split(path) for path, _ in index.keys]
        self._holders: dict[Entry, str] = {}

    def check(self, document: Document) -> None:
        """Raise `Duplicate` when another document holds the values of this one."""
        entry = self._entry(document)
        key = document["_id"]
        if entry is not None and self._holders.get(entry, key) != key:
            raise Duplicate("There is such a record already.")

    def add(self, document: Document) -> None:
        """Note what *document* holds."""
        entry = self._entry(document)
        if entry is not None:
            self._holders[entry] = document["_id"]

    def remove(self, document: Document) -> None:
        """Forget what *document* holds."""
        entry = self._entry(document)
        if entry is not None:
            del self._holders[entry]

    def _entry(self, document: Document) -> Entry | None:
        """Return the document's entry, or None when the index leaves it out."""
        found = [list(reach(document, steps)) for steps in self._paths]
        if not any(found):
            return None
        values = [each[0] if len(each) == 1 else None for each in found]
        if any(value is None or isinstance(value, list | dict) for value in values):
            raise Unsupported("a unique index needs text, a number or true or false")
        return tuple(rank(value) for value in values)


class Lookup:
    """Which documents have a value at one path, so that not all are looked at."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._steps = split(path)
        self._holders: dict[Rank, dict[str, None]] = {}

    def add(self, document: Document) -> None:
        """Note where *document* is to be found."""
        for value in self._values(document):
            self._holders.setdefault(value, {})[document["_id"]] = None

    def remove(self, document: Document) -> None:
        """Forget where *document* was to be found."""
        for value in self._values(document):
            holders = self._holders.get(value, {})
            holders.pop(document["_id"], None)
            if not holders:
                self._holders.pop(value, None)

    def candidates(self, query: Query) -> list[str] | None:
        """Return who alone can match *query*, or None when this cannot tell."""
        asked = query.get(self._path)
        wanted = asked.get("$in") if isinstance(asked, dict) else [asked]
        if not isinstance(wanted, list) or not all(map(_is_plain, wanted)):
            return None
        found: dict[str, None] = {}
        for value in wanted:
            found.update(self._holders.get(rank(value), {}))
        return list(found)

    def _values(self, document: Document) -> Iterator[Rank]:
        for value in reach(document, self._steps):
            items: Iterable[Any] = value if isinstance(value, list) else [value]
            yield from (rank(item) for item in items if _is_plain(item))


def _is_plain(value: object) -> bool:
    """Return whether equality with *value* is found in a `Lookup`; not so for None."""
    return isinstance(value, str | int | float) and bracket(value) > 0
