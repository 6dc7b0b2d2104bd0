"""What a query demands."""

import re

import pytest

from aen.server.store.conditions import TOP, Conditions, Span
from aen.server.store.values import rank

ASKED = Conditions(
    {
        "owner": "ada",
        "$and": [{"state": {"$in": ["a", "b"]}}, {"$and": [{"at": {"$gte": 3}}]}],
        "$or": [{"owner": "bob"}],
        "gone": None,
        "tags": {"$ne": "x"},
    }
)


def test_what_must_be_equal() -> None:
    """Also inside ``$and``; what is in ``$or`` may not hold."""
    assert ASKED.equals("owner") == "ada"
    assert ASKED.one_of("owner") == ["ada"]
    assert ASKED.one_of("state") == ["a", "b"]
    for path in ("gone", "tags", "other", "at"):
        assert ASKED.equals(path) is None
        assert ASKED.one_of(path) is None


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        ({"$regex": "^ada"}, "ada"),
        ({"$regex": "^" + re.escape("a.b-c d@é")}, "a.b-c d@é"),
        ({"$regex": "^ada", "$options": "i"}, None),
        ({"$regex": "ada"}, None),
        ({"$regex": "^"}, None),
        ({"$regex": "^a|b"}, None),
        ({"$regex": "^ab*"}, None),
        ({"$regex": r"^a\d"}, None),
        ("^ada", None),
    ],
)
def test_prefix(pattern: object, prefix: str | None) -> None:
    """Only what every match certainly begins with."""
    assert Conditions({"name": pattern}).prefixes("name") == (
        [prefix] if prefix else []
    )


def test_span() -> None:
    """Limits of one type; several of them narrow each other."""
    assert ASKED.span("at") == Span((1, 3), (2,))
    assert ASKED.span("owner") == Span()
    both = Conditions({"at": {"$gt": 1, "$lte": 5}, "$and": [{"at": {"$lt": 4}}]})
    assert both.span("at") == Span((*rank(1), TOP), rank(4))
    assert Conditions({"at": {"$lt": "b"}}).span("at") == Span((2,), (2, b"b"))
