"""Changes: what they make of a document and which are refused."""

from typing import Any

import pytest

from aen.server.store.change import apply
from aen.server.store.values import Unsupported

Document = dict[str, Any]


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({}, {"$set": {"a": 1}}, {"a": 1}),
        ({"a": 1}, {"$set": {"a": None}}, {"a": None}),
        ({}, {"$set": {"a.b.c": 1}}, {"a": {"b": {"c": 1}}}),
        ({"a": {"b": 1}}, {"$set": {"a.c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": 1, "b": 2}, {"$unset": {"a": ""}}, {"b": 2}),
        ({"a": {"b": 1}}, {"$unset": {"a.b": ""}}, {"a": {}}),
        ({"a": 1}, {"$unset": {"b.c": ""}}, {"a": 1}),
        ({"a": 1}, {"$unset": {"a.c": ""}}, {"a": 1}),
        ({}, {"$inc": {"n": 2}}, {"n": 2}),
        ({"n": 1}, {"$inc": {"n": -3}}, {"n": -2}),
        ({"a": {"n": 1}}, {"$inc": {"a.n": 0.5}}, {"a": {"n": 1.5}}),
        ({}, {"$push": {"l": "x"}}, {"l": ["x"]}),
        ({"l": ["x"]}, {"$push": {"l": "x"}}, {"l": ["x", "x"]}),
        ({"l": ["x", "y", "x"]}, {"$pull": {"l": "x"}}, {"l": ["y"]}),
        ({}, {"$pull": {"l": "x"}}, {}),
        (
            {"l": [{"u": 1, "v": 1}, {"u": 2}]},
            {"$pull": {"l": {"u": 1}}},
            {"l": [{"u": 2}]},
        ),
        ({"l": ["x", "y"]}, {"$pull": {"l": {"$in": ["x", "z"]}}}, {"l": ["y"]}),
        ({}, {"$addToSet": {"l": "x"}}, {"l": ["x"]}),
        ({"l": ["x"]}, {"$addToSet": {"l": "x"}}, {"l": ["x"]}),
        ({"l": [1]}, {"$addToSet": {"l": True}}, {"l": [1, True]}),
        ({}, {"$max": {"n": 3}}, {"n": 3}),
        ({"n": 5}, {"$max": {"n": 3}}, {"n": 5}),
        ({"n": 1}, {"$max": {"n": 3}}, {"n": 3}),
        ({"a": 1}, {"$set": {"b": 1}, "$unset": {"a": ""}}, {"b": 1}),
    ],
)
def test_apply(before: Document, change: Document, after: Document) -> None:
    """A change makes of a document what it makes in MongoDB."""
    assert apply(before, change) == after


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"a": 1},
        {"$rename": {"a": "b"}},
        {"$set": {"_id": "x"}},
        {"$set": {"a": 1}, "$inc": {"a": 1}},
        {"$set": {"a": {}, "a.b": 1}},
        {"$set": {"a.$.b": 1}},
        {"$set": {"a": b""}},
        {"$set": {"a": float("nan")}},
        {"$set": {"a": 2**63}},
        {"$inc": {"a": "1"}},
        {"$max": {"a": "1"}},
        {"$push": {"l": {"$each": [1]}}},
        {"$pull": {"l": {"$where": 1}}},
    ],
)
def test_refused(change: Document) -> None:
    """What one store would understand and another not is refused by all."""
    with pytest.raises(Unsupported):
        apply({}, change)


@pytest.mark.parametrize(
    "change",
    [
        {"$inc": {"text": 1}},
        {"$push": {"text": 1}},
        {"$addToSet": {"text": 1}},
        {"$pull": {"text": 1}},
        {"$set": {"text.below": 1}},
    ],
)
def test_does_not_fit(change: Document) -> None:
    """A change that does not fit the document leaves it as it is."""
    before = {"text": "t"}
    with pytest.raises(Unsupported):
        apply(before, change)
    assert before == {"text": "t"}


def test_deep_copies() -> None:
    """What a change puts in is not shared with whoever asked for it."""
    items = ["x"]
    before: Document = {"l": {"m": []}}
    after = apply(before, {"$set": {"a": items}, "$push": {"l.m": items}})
    items.append("y")
    assert after == {"a": ["x"], "l": {"m": [["x"]]}}
    assert before == {"l": {"m": []}}
