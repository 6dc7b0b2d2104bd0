"""Queries: what matches and what is refused."""

from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.server.store.query import matches
from aen.server.store.values import Unsupported

LAB = {
    "_id": "ada/lab",
    "owner": "ada",
    "size": 7,
    "public": True,
    "tags": ["r", "gpu"],
    "place": {"node": "n1", "load": 0.5},
    "team": [{"user": "bob", "level": 2}, {"user": "eve", "level": 1}],
    "gone": None,
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, True),
        ({"owner": "ada"}, True),
        ({"owner": "Ada"}, False),
        ({"owner": "ada", "size": 8}, False),
        ({"size": 7.0}, True),
        ({"public": 1}, False),
        ({"size": True}, False),
        ({"tags": "gpu"}, True),
        ({"tags": "cpu"}, False),
        ({"place.node": "n1"}, True),
        ({"place.node": "n2"}, False),
        ({"place.node.deeper": "n1"}, False),
        ({"team.user": "eve"}, True),
        ({"team.user": "ada"}, False),
        ({"gone": None}, True),
        ({"missing": None}, True),
        ({"owner": None}, False),
        ({"owner": {"$in": ["bob", "ada"]}}, True),
        ({"owner": {"$in": []}}, False),
        ({"tags": {"$in": ["r"]}}, True),
        ({"owner": {"$nin": ["bob"]}}, True),
        ({"tags": {"$nin": ["r"]}}, False),
        ({"missing": {"$nin": ["r"]}}, True),
        ({"owner": {"$ne": "ada"}}, False),
        ({"missing": {"$ne": "ada"}}, True),
        ({"size": {"$gt": 6, "$lt": 8}}, True),
        ({"size": {"$gt": 7}}, False),
        ({"size": {"$gte": 7}}, True),
        ({"size": {"$lte": 6.9}}, False),
        ({"owner": {"$gt": 5}}, False),
        ({"missing": {"$lt": 5}}, False),
        ({"gone": {"$lte": 5}}, False),
        ({"gone": {"$exists": True}}, True),
        ({"missing": {"$exists": True}}, False),
        ({"missing": {"$exists": False}}, True),
        ({"place.load": {"$exists": True}}, True),
        ({"$or": [{"owner": "bob"}, {"size": 7}]}, True),
        ({"$or": [{"owner": "bob"}, {"size": 8}]}, False),
        ({"$and": [{"owner": "ada"}, {"size": 7}]}, True),
        ({"$and": [{"owner": "ada"}, {"size": 8}]}, False),
        ({"owner": {"$regex": "^a.a$"}}, True),
        ({"owner": {"$regex": "^A"}}, False),
        ({"owner": {"$regex": "^A", "$options": "i"}}, True),
        ({"tags": {"$regex": "pu"}}, True),
        ({"size": {"$regex": "7"}}, False),
    ],
)
def test_matching(query: dict[str, Any], *, expected: bool) -> None:
    """A query matches as it does in MongoDB."""
    assert matches(LAB, query) is expected


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
        matches(LAB, query)


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_text_of_a_browser(text: str) -> None:
    """Text that no store can hold is the caller's mistake, not ours."""
    with pytest.raises(Invalid):
        matches(LAB, {"owner": text})
