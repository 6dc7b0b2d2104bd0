"""Lists in parts: how they are sorted, and cursors, which say where the next begins."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from attrs import frozen

from aen.model.errors import Invalid
from aen.server.records import Page
from aen.server.store.collection import Collection, Document, Order, Query

T = TypeVar("T")
LONGEST_PAGE = 200
_LONGEST_CURSOR = 200


@frozen
class By:
    """How a list is sorted: by a field that all have, then by ``_id``.

    A cursor is the value of the last one shown, “~”, and its identifier.
    """

    field: str
    way: int = -1
    """-1 is falling order, 1 rising."""
    text: bool = False
    """Whether the field holds text; else numbers."""

    @property
    def order(self) -> Order:
        """The order as the store is asked for it."""
        return ((self.field, self.way), ("_id", self.way))

    def beyond(self, cursor: str | None) -> dict[str, Any]:
        """Return the query for what comes after *cursor*; None: for all.

        :raises Invalid: the cursor is not one of ours.
        """
        if not cursor:
            return {}
        told, _, key = cursor[:_LONGEST_CURSOR].rpartition("~")
        value = told if self.text else _number(told)
        past = "$gt" if self.way > 0 else "$lt"
        after = [{self.field: {past: value}}, {self.field: value, "_id": {past: key}}]
        # The first part says nothing new, but tells an index where to begin.
        return {self.field: {f"{past}e": value}, "$or": after}

    def mark(self, document: Document) -> str:
        """Return the cursor of what comes after *document*."""
        return f"{document[self.field]}~{document['_id']}"

    async def page(
        self,
        documents: Collection,
        parts: Iterable[Query],
        cursor: str | None,
        limit: int,
        make: Callable[[Document], T],
    ) -> Page[T]:
        """Return the page from *cursor* on of what all of *parts* find."""
        limit = bounded(limit)
        query = all_of(*parts, self.beyond(cursor))
        found = await documents.find(query, order=self.order, limit=limit + 1)
        return page_of(found, limit, make, self.mark)


def both_ways(name: str, field: str, *, text: bool = False) -> dict[str, By]:
    """Return how a list is sorted that is asked for by ``name``, or by ``-name``."""
    return {name: By(field, 1, text), f"-{name}": By(field, -1, text)}


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _made_up() from None
    if not abs(value) < float("inf"):
        raise _made_up()
    return value


def _made_up() -> Invalid:
    return Invalid("The cursor is not one of ours.")


def bounded(limit: int) -> int:
    """Return *limit* as a number of items we are willing to send."""
    return max(1, min(limit, LONGEST_PAGE))


def all_of(*parts: Query) -> Query:
    """Return the query for what each of *parts* finds; empty ones do not narrow."""
    used = [part for part in parts if part]
    return {"$and": used} if used else {}


def page_of(
    found: list[Document],
    limit: int,
    make: Callable[[Document], T],
    mark: Callable[[Document], str],
) -> Page[T]:
    """Return a page of *limit* from *found*, which has one more if there is a next."""
    items = found[:limit]
    following = mark(items[-1]) if len(found) > limit else None
    return Page(tuple(make(one) for one in items), following)
