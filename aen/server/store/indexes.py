"""Indexes of documents in memory: who holds a value, and may another have it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from aen.server.store.collection import Document, Duplicate, Index
from aen.server.store.conditions import Conditions, is_plain
from aen.server.store.values import Unsupported, bracket, found_at, rank, split

Entry = tuple[tuple[int, Any], ...]
"""The values of a document in a unique index."""
Rank = tuple[int, Any]
_TEXT = bracket("")


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
        found = [found_at(document, steps) for steps in self._paths]
        if not any(found):
            return None
        values = [each[0] if len(each) == 1 else None for each in found]
        if any(value is None or isinstance(value, list | dict) for value in values):
            raise Unsupported("a unique index needs text, a number or true or false")
        return tuple(rank(value) for value in values)


class Lookup:
    """Which documents have a value at one path, so that not all are looked at.

    Texts are also found by what they begin with.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._steps = split(path)
        self._holders: dict[Rank, dict[str, None]] = {}
        self._sorted: list[bytes] | None = None
        """The texts in order; None: to be made when it is needed."""

    def add(self, document: Document) -> None:
        """Note where *document* is to be found."""
        for value in self._values(document):
            if value not in self._holders:
                self._holders[value] = {}
                self._sorted = None
            self._holders[value][document["_id"]] = None

    def remove(self, document: Document) -> None:
        """Forget where *document* was to be found."""
        for value in self._values(document):
            holders = self._holders.get(value, {})
            holders.pop(document["_id"], None)
            if not holders:
                self._holders.pop(value, None)
                self._sorted = None

    def candidates(
        self, asked: Conditions, most: int | None = None
    ) -> list[str] | None:
        """Return who alone can match what is *asked*; None: this cannot tell.

        :param most: nor can it where there may be more than so many.
        """
        wanted = asked.one_of(self._path)
        if wanted is not None:
            holding = self._holding((rank(value) for value in wanted), most)
            return None if holding is None else list(holding)
        found: dict[str, None] | None = None
        for prefix in asked.prefixes(self._path):
            begun = self._holding(self._beginning(prefix), most)
            if found is None or begun is None:
                found = begun if found is None else found
            else:  # in a list another text may be the one that begins so
                found = {key: None for key in begun if key in found}
        return None if found is None else list(found)

    def _holding(
        self, ranks: Iterable[Rank], most: int | None
    ) -> dict[str, None] | None:
        found: dict[str, None] = {}
        for value in ranks:
            held = self._holders.get(value, {})
            if most is not None and len(found) + len(held) > most:
                return None
            found.update(held)
        return found

    def _beginning(self, prefix: str) -> Iterator[Rank]:
        if self._sorted is None:
            self._sorted = sorted(text for kind, text in self._holders if kind == _TEXT)
        wanted = prefix.encode()
        for text in islice(self._sorted, bisect_left(self._sorted, wanted), None):
            if not text.startswith(wanted):
                return
            yield _TEXT, text

    def _values(self, document: Document) -> Iterator[Rank]:
        for value in found_at(document, self._steps):
            items: Iterable[Any] = value if isinstance(value, list) else [value]
            yield from (rank(item) for item in items if is_plain(item))
