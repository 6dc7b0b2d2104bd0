"""Documents in the order of an index."""

import random
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from aen.server.store.collection import Index
from aen.server.store.conditions import Conditions
from aen.server.store.memory import Forgetful, MemoryCollection, in_order
from aen.server.store.ordered import Ordered
from aen.server.store.query import predicate
from tests.outcomes import now

INDEX = Index("things", (("owner", 1), ("at", -1), ("_id", -1)))
BY_TIME = Index("things", (("at", -1), ("_id", -1)))
DOWN = [("at", -1), ("_id", -1)]
UP = [("at", 1), ("_id", 1)]


def ids(ordered: Ordered, query: dict[str, Any], order: Any) -> list[str] | None:
    """Return what a walk finds; None: it cannot be walked."""
    plan = ordered.plan(Conditions(query), order)
    return None if plan is None else list(ordered.walk(plan))


def filled(index: Index) -> Ordered:
    """Return an index of a few documents."""
    ordered = Ordered(index)
    for key, owner, at in (
        ("a", "ada", 3), ("b", "ada", 1), ("c", "bob", 2), ("d", "ada", 2.5),
        ("e", "ada", None),
    ):  # fmt: skip
        ordered.add({"_id": key, "owner": owner, "at": at})
    return ordered


@pytest.mark.parametrize(
    ("query", "order", "found"),
    [
        ({"owner": "ada"}, DOWN, "adbe"),
        ({"owner": "ada"}, UP, "ebda"),
        ({"owner": "ada", "at": {"$lte": 2.5}}, DOWN, "db"),
        ({"owner": "ada", "at": {"$gt": 1}}, UP, "da"),
        ({"owner": "eve"}, DOWN, ""),
        ({"owner": {"$in": ["ada"]}}, DOWN, None),
        ({}, DOWN, None),
        ({}, [("owner", 1)], "ebdac"),
        ({"owner": "ada"}, [("at", -1), ("_id", 1)], None),
        ({"owner": "ada"}, [("name", 1)], None),
    ],
)
def test_walks(query: dict[str, Any], order: Any, found: str | None) -> None:
    """Where the leading keys have one value, from one limit to the other."""
    walked = ids(filled(INDEX), query, order)
    assert walked == (None if found is None else list(found))


def test_made_of_documents_or_grown() -> None:
    """An index made at once finds what one does that grew."""
    documents = [{"_id": f"d{n}", "at": n * 7 % 10 or None} for n in range(20)]
    odd = {"_id": "z", "at": [1, 2]}
    grown, made = Ordered(BY_TIME), Ordered(BY_TIME, [*documents, odd])
    for one in documents:
        grown.add(one)
    assert ids(made, {}, DOWN) is None
    made.remove(odd)
    assert ids(made, {}, DOWN) == ids(grown, {}, DOWN)
    assert ids(made, {"at": {"$gt": 3}}, UP) == ids(grown, {"at": {"$gt": 3}}, UP)


def test_within() -> None:
    """Without an order the limits alone narrow."""
    ordered = filled(BY_TIME)
    places = ordered.within(Conditions({"at": {"$gte": 2}}))
    assert places is not None
    assert sorted(ordered.at(places)) == ["a", "c", "d"]
    assert ordered.within(Conditions({"owner": "ada"})) is None
    whole = filled(Index("things", (("owner", 1),))).within(
        Conditions({"owner": "bob"})
    )
    assert whole is not None
    assert len(whole) == 1


def test_lists_have_no_place() -> None:
    """While there is one, the index does not serve."""
    ordered = filled(BY_TIME)
    odd = {"_id": "z", "at": [1, 2]}
    ordered.add(odd)
    assert ids(ordered, {}, DOWN) is None
    assert ordered.within(Conditions({"at": 2})) is None
    ordered.remove(odd)
    assert ids(ordered, {}, DOWN) == list("adcbe")


QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"owner": "o1"},
    {"at": {"$lt": 50}},
    {"owner": "o2", "at": {"$gte": 20, "$lt": 70}},
    {"$and": [{"owner": "o3"}, {"at": {"$lte": 30}}]},
    {"$or": [{"at": {"$lt": 10}}, {"at": 10, "_id": {"$lt": "d50"}}]},
    {"name": {"$regex": "^n1"}},
    {"name": {"$regex": "^n2"}, "owner": "o1"},
    {"name": "n399"},
    {"owner": {"$in": ["o1", "o2"]}, "name": {"$regex": "^n"}},
    {"at": None},
)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_changes_but_the_time_it_takes(seed: int) -> None:
    """With and without indexes the same is found, whatever was changed before."""
    indexed = MemoryCollection("things", Forgetful())
    for index in (INDEX, BY_TIME, Index("things", (("name", 1),))):
        assert indexed.add_index(index)
        assert not indexed.add_index(index)
    chance = random.Random(seed)
    kept: dict[str, dict[str, Any]] = {}
    for number in range(400):
        key = f"d{number % 150}"
        if chance.random() < 0.2 and key in kept:
            now(Deferred.fromCoroutine(indexed.delete({"_id": key})))
            del kept[key]
            continue
        at = chance.choice([None, chance.randrange(100), chance.random() * 100, "late"])
        fields = {"owner": f"o{chance.randrange(4)}", "at": at, "name": f"n{number}"}
        kept[key] = {"_id": key, **fields}
        now(Deferred.fromCoroutine(indexed.put({"_id": key}, {"$set": fields})))
    for query in QUERIES:
        for order in (DOWN, UP):
            fits = predicate(query)
            plain = in_order([one for one in kept.values() if fits(one)], order)
            found = now(
                Deferred.fromCoroutine(
                    indexed.find(query, order=order, limit=20, skip=3)
                )
            )
            assert found == plain[3:23], query
            assert now(Deferred.fromCoroutine(indexed.count(query))) == len(plain)
