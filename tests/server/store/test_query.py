"""Queries: what matches and what is refused."""

from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.server.store.query import predicate
from aen.server.store.values import Unsupported
from tests.server.store.language import LAB, QUERIES


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_matching(query: dict[str, Any], *, expected: bool) -> None:
    """A query matches as it does in MongoDB."""
    assert predicate(query)({"_id": "000", **LAB}) is expected


@pytest.mark.parametrize(
    "query",
    [
        {"owner": {"$where": "1"}},
        {"$nor": [{}]},
        {"$or": []},
        {"$or": {"owner": "ada"}},
        {"owner": {}},
        {"place": {"node": "n1"}},
        {"tags": ["r", "gpu"]},
        {"owner": {"$in": "ada"}},
        {"owner": {"$exists": 1}},
        {"owner": {"$gt": None}},
        {"owner": {"$options": "i"}},
        {"owner": {"$regex": "a", "$options": "x"}},
        {"owner": {"$regex": "("}},
        {"owner": object()},
        {"a..b": 1},
        {"a.$.b": 1},
        {"": 1},
        {5: 1},
    ],
)
def test_refused(query: dict[str, Any]) -> None:
    """What one store would understand and another not is refused by all."""
    with pytest.raises(Unsupported):
        predicate(query)(LAB)


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_text_of_a_browser(text: str) -> None:
    """Text that no store can hold is the caller's mistake, not ours."""
    with pytest.raises(Invalid):
        predicate({"owner": text})(LAB)
