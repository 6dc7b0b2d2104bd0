"""Cursors: where the next part of a list begins, as text for a URL."""

from collections.abc import Callable
from typing import Any, TypeVar

from aen.model.errors import Invalid
from aen.server.records import Page
from aen.server.store.collection import Document

T = TypeVar("T")
LONGEST_PAGE = 200
_LONGEST_CURSOR = 200


def bounded(limit: int) -> int:
    """Return *limit* as a number of items we are willing to send."""
    return max(1, min(limit, LONGEST_PAGE))


def newest_first(cursor: str | None, field: str) -> dict[str, Any]:
    """Return the query for what comes after *cursor* in falling order of *field*."""
    return following(cursor, field, -1)


def following(cursor: str | None, field: str, way: int) -> dict[str, Any]:
    """Return the query for what comes after *cursor*: -1 is falling order, 1 rising."""
    if not cursor:
        return {}
    number, _, key = cursor[:_LONGEST_CURSOR].partition("~")
    try:
        when = float(number)
    except ValueError:
        raise Invalid("The cursor is not one of ours.") from None
    if not when < float("inf"):
        raise Invalid("The cursor is not one of ours.")
    beyond, to = ("$lt", "$lte") if way < 0 else ("$gt", "$gte")
    after = {"$or": [{field: {beyond: when}}, {field: when, "_id": {beyond: key}}]}
    # Says nothing new, but tells an index where to begin.
    return {field: {to: when}, **after}


def beyond(cursor: str, field: str, way: int, *, text: bool) -> dict[str, Any]:
    """Return the query for what comes after *cursor* in order of *field* and ``_id``.

    The cursor is the value of the last one, “~”, and its identifier.
    """
    told, _, key = cursor[:_LONGEST_CURSOR].rpartition("~")
    value: str | float = told
    if not text:
        try:
            value = float(told)
        except ValueError:
            raise Invalid("The cursor is not one of ours.") from None
        if not abs(value) < float("inf"):
            raise Invalid("The cursor is not one of ours.")
    past = "$gt" if way > 0 else "$lt"
    after = [{field: {past: value}}, {field: value, "_id": {past: key}}]
    return {field: {f"{past}e": value}, "$or": after}


def mark_of(document: Document, field: str) -> str:
    """Return the cursor of what comes after *document* in order of *field*."""
    return f"{document[field]!r}~{document['_id']}"


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
