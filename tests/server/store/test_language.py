"""Queries and changes mean the same to every store."""

from typing import Any

import pytest
import pytest_twisted

from aen.server.store.collection import Collection
from tests.server.store.filling import fill
from tests.server.store.language import LAB, QUERIES


@pytest.mark.parametrize(("query", "expected"), QUERIES)
@pytest_twisted.ensureDeferred
async def test_queries(
    things: Collection, query: dict[str, Any], *, expected: bool
) -> None:
    """Reading, counting, changing and deleting find the same documents."""
    await fill(things, LAB)
    assert bool(await things.find(query)) is expected
    assert (await things.find_one(query) is not None) is expected
    assert bool(await things.count(query)) is expected
    assert (await things.claim(query, {"$inc": {"seen": 1}}) is not None) is expected
    assert await things.update(query, {"$inc": {"seen": 1}}) is expected
    assert await things.update_all(query, {"$inc": {"seen": 1}}) == int(expected)
    assert await things.delete(query) == int(expected)
    assert await things.count({}) == int(not expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"$set": {"size": "7", "place.node": "n2"}}, {"size": "7"}),
        ({"$set": {"new.deep.down": [1]}}, {"new": {"deep": {"down": [1]}}}),
        ({"$set": {"public": False}}, {"public": False}),
        ({"$set": {"place": {"only": True}}}, {"place": {"only": True}}),
        ({"$set": {"tags": []}}, {"tags": []}),
        ({"$set": {"it's": "it's"}}, {"it's": "it's"}),
        ({"$unset": {"place.node": ""}}, {"place": {"load": 0.5}}),
        ({"$inc": {"size": 2, "n": 1}}, {"size": 9, "n": 1}),
        ({"$inc": {"place.load": 1}}, {"place": {"node": "n1", "load": 1.5}}),
        ({"$push": {"tags": "r"}}, {"tags": ["r", "gpu", "r"]}),
        ({"$push": {"log": {"at": 1.5}}}, {"log": [{"at": 1.5}]}),
        ({"$push": {"place.log": "x"}}, {"place": {**LAB["place"], "log": ["x"]}}),
        ({"$pull": {"tags": "r"}}, {"tags": ["gpu"]}),
        ({"$pull": {"tags": {"$in": ["r", "gpu"]}}}, {"tags": []}),
        ({"$pull": {"nothing": "r"}}, {}),
        ({"$addToSet": {"tags": "new"}}, {"tags": ["r", "gpu", "new"]}),
        ({"$addToSet": {"tags": "r", "more": "x"}}, {"more": ["x"]}),
        ({"$max": {"size": 3, "top": 4}}, {"size": 7, "top": 4}),
        ({"$max": {"size": 30, "place.load": 1}}, {"size": 30}),
        ({"$set": {"a": 1}, "$inc": {"size": 1}, "$unset": {"gone": ""}}, {"size": 8}),
    ],
)
@pytest_twisted.ensureDeferred
async def test_changes(
    things: Collection, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Each way of changing makes the same of a document."""
    await fill(things, LAB, LAB | {"owner": "x"}, LAB | {"owner": "y"})
    claimed = await things.claim({"_id": "000"}, change)
    assert claimed is not None
    assert claimed | expected == claimed
    assert await things.update({"_id": "001"}, change)
    put = await things.put({"_id": "002"}, change)
    rest = await things.find({}, order=[("_id", 1)])
    for each, owner in zip(rest, ["ada", "x", "y"], strict=True):
        assert each == claimed | {"_id": each["_id"], "owner": owner}
    assert rest[2] == put
