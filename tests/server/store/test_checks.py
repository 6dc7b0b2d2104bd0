"""What is refused before anything is done."""

from typing import Any

import pytest

from aen.server.store.checks import (
    check_document,
    check_paging,
    check_without,
    only_key,
)
from aen.server.store.values import Unsupported


@pytest.mark.parametrize("document", [{}, {"_id": 1}, {"_id": "a", "b": b""}])
def test_documents(document: dict[str, Any]) -> None:
    """A document has an identifier that is text, and values of JSON."""
    with pytest.raises(Unsupported):
        check_document(document)


@pytest.mark.parametrize(
    ("order", "limit", "skip"),
    [([("a", 2)], 0, 0), ([("a.$", 1)], 0, 0), ([], -1, 0), ([], 0, -1)],
)
def test_paging(order: list[tuple[str, int]], limit: int, skip: int) -> None:
    """An order goes up or down, and a page has a size."""
    with pytest.raises(Unsupported):
        check_paging(order, limit, skip)


@pytest.mark.parametrize("name", ["_id", "a.b", "$a", ""])
def test_without(name: str) -> None:
    """Whole fields can be left out, but not the identifier."""
    check_without(("a", "b"))
    with pytest.raises(Unsupported):
        check_without((name,))


@pytest.mark.parametrize("query", [{}, {"_id": {"$in": []}}, {"_id": "a", "b": 1}])
def test_only_key(query: dict[str, Any]) -> None:
    """What is made when it is missing is asked for by its identifier alone."""
    with pytest.raises(Unsupported):
        only_key(query)
