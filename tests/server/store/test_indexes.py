"""Indexes in memory."""

from typing import Any

import pytest

from aen.server.store.collection import Duplicate, Index
from aen.server.store.conditions import Conditions
from aen.server.store.indexes import Lookup, Unique
from aen.server.store.values import Unsupported

PAIR = Index("things", (("owner", 1), ("place.name", 1)), unique=True)


def thing(key: str, owner: object, name: object) -> dict[str, Any]:
    """Return a document with a value for each key of `PAIR`."""
    return {"_id": key, "owner": owner, "place": {"name": name}}


def test_unique() -> None:
    """A pair of values has one holder at a time; 1 and True are two values."""
    entries = Unique(PAIR)
    entries.add(thing("a", "ada", 1))
    entries.check(thing("a", "ada", 1))
    entries.check(thing("b", "ada", True))
    with pytest.raises(Duplicate):
        entries.check(thing("b", "ada", 1.0))
    entries.remove(thing("a", "ada", 1))
    entries.check(thing("b", "ada", 1))


def test_left_out() -> None:
    """A document without any of the keys is not in the index."""
    entries = Unique(PAIR)
    for document in ({"_id": "a"}, {"_id": "b", "place": {}}):
        entries.check(document)
        entries.add(document)
    entries.add(thing("c", "ada", 1))
    with pytest.raises(Duplicate):
        entries.check(thing("d", "ada", 1))


@pytest.mark.parametrize(
    "document",
    [{"owner": "ada"}, thing("a", None, "x"), thing("a", ["ada"], "x")],
)
def test_refused(document: dict[str, Any]) -> None:
    """What stores index differently is refused: half a pair, None, a list."""
    with pytest.raises(Unsupported):
        Unique(PAIR).check({"_id": "a"} | document)


def test_lookup() -> None:
    """Equality and $in are answered by the index, everything else is not."""
    lookup = Lookup("tag")
    lookup.add({"_id": "a", "tag": "x"})
    lookup.add({"_id": "b", "tag": ["x", "y"]})
    lookup.add({"_id": "c", "tag": None})
    assert lookup.candidates(Conditions({"tag": "x"})) == ["a", "b"]
    assert lookup.candidates(Conditions({"tag": {"$in": ["y", "z"]}})) == ["b"]
    assert lookup.candidates(Conditions({"tag": "z"})) == []
    assert lookup.candidates(Conditions({"tag": None})) is None
    assert lookup.candidates(Conditions({"tag": {"$in": ["x", None]}})) is None
    assert lookup.candidates(Conditions({"tag": {"$ne": "x"}})) is None
    assert lookup.candidates(Conditions({"other": "x"})) is None
    lookup.remove({"_id": "b", "tag": ["x", "y"]})
    assert lookup.candidates(Conditions({"tag": {"$in": ["x", "y"]}})) == ["a"]


def test_texts_by_their_beginning() -> None:
    """Also those of a list, and those that came later."""
    lookup = Lookup("tag")
    begins = Conditions({"tag": {"$regex": "^x"}})
    lookup.add({"_id": "a", "tag": ["xa", "y"]})
    lookup.add({"_id": "b", "tag": "xb"})
    lookup.add({"_id": "c", "tag": 7})
    assert lookup.candidates(begins) == ["a", "b"]
    lookup.add({"_id": "d", "tag": "x"})
    lookup.remove({"_id": "b", "tag": "xb"})
    assert lookup.candidates(begins) == ["d", "a"]
    assert lookup.candidates(Conditions({"tag": {"$regex": "^z"}})) == []


def test_no_more_than_are_wanted() -> None:
    """What too many have tells nothing; a rarer text beside it does."""
    lookup = Lookup("words")
    for number in range(9):
        lookup.add({"_id": f"d{number}", "words": ["often", f"x{number % 3}"]})
    often, rare = {"$regex": "^o"}, {"$regex": "^x1"}
    assert lookup.candidates(Conditions({"words": often}), 8) is None
    assert len(lookup.candidates(Conditions({"words": often}), 9) or ()) == 9
    assert lookup.candidates(Conditions({"words": "often"}), 8) is None
    for parts in ([often, rare], [rare, often]):
        asked = Conditions({"$and": [{"words": one} for one in parts]})
        assert lookup.candidates(asked, 5) == ["d1", "d4", "d7"]
