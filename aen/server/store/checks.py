"""What every store refuses before it does anything."""

from collections.abc import Sequence

from aen.server.store.collection import Document, Order, Query
from aen.server.store.values import Unsupported, check_key, check_value, split


def check_document(document: Document) -> None:
    """Refuse a record that not every store can hold.

    :raises Unsupported: its identifier is not text, or a value is not of JSON.
    """
    if not isinstance(document.get("_id"), str):
        raise Unsupported("the _id of a document is text of ours")
    check_value(document)


def check_paging(order: Order, limit: int = 0, skip: int = 0) -> None:
    """Refuse an order or a page that stores would understand differently.

    :raises Unsupported: a direction other than 1 and -1, or a negative number.
    """
    for path, way in order:
        split(path)
        if way not in (1, -1):
            raise Unsupported("an order goes up (1) or down (-1)")
    if limit < 0 or skip < 0:
        raise Unsupported("limit and skip are not negative")


def check_without(without: Sequence[str]) -> None:
    """Refuse to leave out what is no field, or the identifier.

    :raises Unsupported: a name is a path, or ``_id``.
    """
    for name in without:
        check_key(name)
        if name == "_id":
            raise Unsupported("the _id of a document cannot be left out")


def only_key(query: Query) -> str:
    """Return the identifier that *query* asks for and nothing else.

    :raises Unsupported: it asks for anything else.
    """
    key = query.get("_id")
    if len(query) != 1 or not isinstance(key, str):
        raise Unsupported("put needs a query for one _id")
    return key
