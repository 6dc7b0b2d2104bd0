"""What a query demands of every document it matches, path by path: for indexes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from aen.server.store.collection import Query
from aen.server.store.values import bracket, rank

Rank = tuple[Any, ...]
"""What `rank` gives, or the beginning of it, which is less than all that go on."""
TOP: Rank = (99,)
"""Greater than any rank."""
_ANCHORED = re.compile(r"\^([^.^$*+?{}\[\]\\|()]|\\\W)+")


@frozen
class Span:
    """Which ranks can match: from *low* on, and below *high*."""

    low: Rank = ()
    high: Rank = TOP


class Conditions:
    """The parts of a query that all must hold."""

    def __init__(self, query: Query) -> None:
        self._asked: dict[str, list[Any]] = {}
        for path, asked in _parts(query):
            self._asked.setdefault(path, []).append(asked)

    def equals(self, path: str) -> Any:
        """Return the one value that is demanded at *path*; None: there is none."""
        return next((one for one in self._asked.get(path, ()) if is_plain(one)), None)

    def one_of(self, path: str) -> list[Any] | None:
        """Return the values of which one is demanded at *path*."""
        for asked in self._asked.get(path, ()):
            wanted = asked.get("$in") if isinstance(asked, dict) else [asked]
            if isinstance(wanted, list | tuple) and all(map(is_plain, wanted)):
                return list(wanted)
        return None

    def prefixes(self, path: str) -> list[str]:
        """Return what texts at *path* must begin with, in the same case; one each."""
        told = (
            prefix_of(asked.get("$regex"))
            for asked in self._asked.get(path, ())
            if isinstance(asked, dict) and not asked.get("$options")
        )
        return [one for one in told if one]

    def span(self, path: str) -> Span:
        """Return between which ranks a single value at *path* must be."""
        low: Rank = ()
        high: Rank = TOP
        for asked in self._asked.get(path, ()):
            for name, value in asked.items() if isinstance(asked, dict) else ():
                if name in _LIMITS and is_plain(value):
                    least, most = _LIMITS[name](rank(value), bracket(value))
                    low, high = max(low, least), min(high, most)
        return Span(low, high)


_LIMITS = {
    "$gt": lambda at, kind: ((*at, TOP), (kind + 1,)),
    "$gte": lambda at, kind: (at, (kind + 1,)),
    "$lt": lambda at, kind: ((kind,), at),
    "$lte": lambda at, kind: ((kind,), (*at, TOP)),
}
"""Comparisons hold between values of one type (`bracket`) only."""


def is_plain(value: object) -> bool:
    """Return whether equality with *value* is found in an index; not so for None."""
    return isinstance(value, str | int | float) and bracket(value) > 0


def _parts(query: Query) -> Iterator[tuple[str, Any]]:
    for key, asked in query.items():
        if key != "$and":
            yield key, asked
        elif isinstance(asked, list):
            for part in asked:
                if isinstance(part, Mapping):
                    yield from _parts(part)


def prefix_of(pattern: object) -> str | None:
    """Return the text that a pattern ``^text`` looks for; None for any other."""
    if not isinstance(pattern, str) or not _ANCHORED.fullmatch(pattern):
        return None
    return re.sub(r"\\(\W)", r"\1", pattern[1:])
