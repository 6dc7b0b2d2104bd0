"""What every store does alike; see test_language for queries and changes."""

from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import gatherResults

from aen.runtime.tasks import start
from aen.server.store.collection import Change, Collection, Database, Duplicate, Index
from aen.server.store.values import Unsupported
from tests.server.store.filling import fill


def ids(documents: list[dict[str, Any]]) -> list[str]:
    """Return the identifiers, in the order given."""
    return [document["_id"] for document in documents]


@pytest_twisted.ensureDeferred
async def test_what_goes_in_comes_out(things: Collection) -> None:
    """Every kind of value comes back as it was, whatever its text."""
    document = {
        "_id": "a'b\"c %_$.é\U0001f40d",
        "text": "line\nnext\t\\ ' \" é \U0001f40d </script>",
        "number": 2**53 + 1,
        "fraction": 1234567890.123456,
        "whole": 3.0,
        "yes": True,
        "no": False,
        "nothing": None,
        "list": [1, "two", None, [3], {"four": 4}],
        "empty": {"list": [], "document": {}, "text": ""},
        "name with space-and/slash": {"é": 1},
    }
    await things.insert(document)
    found = await things.find_one({"_id": document["_id"]})
    assert found == document
    assert found is not document
    assert [type(value) for value in found.values()] == [
        type(value) for value in document.values()
    ]


@pytest_twisted.ensureDeferred
async def test_copies(things: Collection) -> None:
    """What was put in or taken out is the caller's own."""
    document: dict[str, Any] = {"_id": "a", "list": []}
    await things.insert(document)
    document["list"].append(1)
    found = await things.find_one({})
    assert found == {"_id": "a", "list": []}
    found["list"].append(2)
    assert await things.find_one({}) == {"_id": "a", "list": []}


@pytest_twisted.ensureDeferred
async def test_an_identifier_is_taken_once(things: Collection) -> None:
    """A second document with the same identifier is refused."""
    await things.insert({"_id": "a", "n": 1})
    with pytest.raises(Duplicate):
        await things.insert({"_id": "a", "n": 2})
    assert await things.find_one({"_id": "a"}) == {"_id": "a", "n": 1}


@pytest_twisted.ensureDeferred
async def test_unique_index(things: Collection) -> None:
    """A unique pair is refused a second time, and free again once deleted."""
    await things.insert({"_id": "1", "user": "ada", "name": "lab"})
    await things.insert({"_id": "2", "user": "bob", "name": "lab"})
    with pytest.raises(Duplicate):
        await things.insert({"_id": "3", "user": "ada", "name": "lab"})
    assert await things.count({}) == 2
    assert await things.delete({"_id": "1"}) == 1
    await things.insert({"_id": "3", "user": "ada", "name": "lab"})


@pytest_twisted.ensureDeferred
async def test_unique_on_every_write(things: Collection) -> None:
    """A change that breaks a unique index is refused and leaves the document."""
    await fill(things, {"key": "a"}, {"key": "b"})
    change = {"$set": {"key": "a", "touched": True}}
    with pytest.raises(Duplicate):
        await things.update({"_id": "001"}, change)
    with pytest.raises(Duplicate):
        await things.claim({"_id": "001"}, change)
    with pytest.raises(Duplicate):
        await things.put({"_id": "001"}, change)
    with pytest.raises(Duplicate):
        await things.put({"_id": "new"}, change)
    with pytest.raises(Duplicate):
        await things.update_all({"_id": "001"}, change)
    assert await things.find({}, order=[("_id", 1)]) == [
        {"_id": "000", "key": "a"},
        {"_id": "001", "key": "b"},
    ]


@pytest_twisted.ensureDeferred
async def test_a_key_taken_away_is_free(things: Collection) -> None:
    """Documents without the key are outside a unique index; $unset frees a value."""
    await fill(things, {"key": "a"}, {}, {})
    assert await things.update({"_id": "000"}, {"$unset": {"key": ""}})
    assert await things.update({"_id": "001"}, {"$set": {"key": "a"}})
    assert await things.update({"_id": "001"}, {"$set": {"key": "a", "n": 1}})
    with pytest.raises(Duplicate):
        await things.update({"_id": "002"}, {"$set": {"key": "a"}})


@pytest_twisted.ensureDeferred
async def test_unique_inside_a_document(things: Collection) -> None:
    """A unique index reaches into an embedded document."""
    await fill(things, {"place": {"code": "x"}}, {"place": {}})
    with pytest.raises(Duplicate):
        await things.update({"_id": "001"}, {"$set": {"place.code": "x"}})


@pytest_twisted.ensureDeferred
async def test_order_and_pages(things: Collection) -> None:
    """Lists come in the order asked for, page by page."""
    await fill(
        things,
        {"n": 10, "s": "b"},
        {"n": 9, "s": "b"},
        {"n": 10, "s": "a"},
        {"s": "c"},
        {"n": -1.5, "s": "a"},
    )
    order = [("n", -1), ("s", 1)]
    assert ids(await things.find({}, order=order)) == [
        "002",
        "000",
        "001",
        "004",
        "003",
    ]
    assert ids(await things.find({}, order=order, skip=1, limit=2)) == ["000", "001"]
    assert ids(await things.find({}, order=order, skip=4, limit=2)) == ["003"]
    assert await things.find({}, order=order, skip=9, limit=2) == []
    assert ids(await things.find({}, order=[("_id", -1)], limit=1)) == ["004"]
    assert ids(await things.find({}, order=[("s", 1), ("_id", -1)], skip=3)) == [
        "000",
        "003",
    ]


@pytest_twisted.ensureDeferred
async def test_what_nobody_reads_is_left_out(things: Collection) -> None:
    """Whether pages are asked for or all; what is kept stays whole."""
    await fill(things, {"n": 1, "long": "x", "list": [2]}, {"n": 2, "list": []})
    for limit in (0, 5):
        found = await things.find(
            {"n": {"$gt": 0}}, order=[("n", 1)], limit=limit, without=("long", "list")
        )
        assert found == [{"_id": "000", "n": 1}, {"_id": "001", "n": 2}]
    assert len((await things.find_one({"n": 1})) or ()) == 4
    with pytest.raises(Unsupported):
        await things.find({}, without=("list.a",))


@pytest_twisted.ensureDeferred
async def test_many(things: Collection) -> None:
    """A list longer than one answer of the wire protocol comes whole."""
    await fill(things, *({"text": "x" * 2000} for _ in range(300)))
    found = await things.find({}, order=[("_id", 1)])
    assert ids(found) == [f"{number:03}" for number in range(300)]
    assert await things.count({}) == 300
    assert await things.update_all({}, {"$inc": {"n": 1}}) == 300
    assert await things.count({"n": 1}) == 300
    assert await things.delete({"_id": {"$gte": "100"}}) == 200


@pytest_twisted.ensureDeferred
async def test_order_of_text(things: Collection) -> None:
    """Text is ordered by its bytes: capitals first, no language's rules."""
    names = ["b", "B", "a", "é", "_", "10", "9", "Z"]
    await fill(things, *({"name": name, "user": name} for name in names))
    found = await things.find({}, order=[("name", 1)])
    assert [each["name"] for each in found] == sorted(names)


@pytest_twisted.ensureDeferred
async def test_update(things: Collection) -> None:
    """One document is changed, and the answer says whether there was one."""
    await fill(things, {"n": 1}, {"n": 1})
    assert await things.update({"n": 1}, {"$set": {"n": 2}}) is True
    assert await things.count({"n": 2}) == 1
    assert await things.update({"_id": "nobody"}, {"$set": {"n": 2}}) is False
    assert await things.count({}) == 2


@pytest_twisted.ensureDeferred
async def test_update_that_changes_nothing(things: Collection) -> None:
    """A document that is already as asked counts as found."""
    await fill(things, {"n": 1, "l": ["x"]})
    assert await things.update({"_id": "000"}, {"$set": {"n": 1}}) is True
    assert await things.update({"_id": "000"}, {"$addToSet": {"l": "x"}}) is True
    assert await things.update({"_id": "000"}, {"$unset": {"gone": ""}}) is True
    assert await things.update({"_id": "000"}, {"$pull": {"l": "y"}}) is True
    assert await things.update_all({}, {"$max": {"n": 0}}) == 1
    assert await things.find_one({}) == {"_id": "000", "n": 1, "l": ["x"]}


@pytest_twisted.ensureDeferred
async def test_claim(things: Collection) -> None:
    """The first in order is changed and comes back as it is afterwards."""
    await fill(
        things,
        {"state": "queued", "created": 20},
        {"state": "queued", "created": 9},
        {"state": "running", "created": 1},
    )
    change: Change = {"$set": {"state": "running"}, "$inc": {"attempts": 1}}
    claimed = await things.claim({"state": "queued"}, change, order=[("created", 1)])
    assert claimed == {"_id": "001", "state": "running", "created": 9, "attempts": 1}
    assert await things.find_one({"_id": "001"}) == claimed
    claimed = await things.claim({"state": "queued"}, change, order=[("created", -1)])
    assert claimed is not None
    assert claimed["_id"] == "000"
    assert await things.claim({"state": "queued"}, change) is None


@pytest_twisted.ensureDeferred
async def test_each_is_claimed_once(things: Collection) -> None:
    """However many ask at once, a document is claimed by one of them."""
    await fill(things, *({"state": "queued", "created": n} for n in range(150)))
    change: Change = {"$set": {"state": "running"}, "$inc": {"attempts": 1}}
    claims = [
        start(things.claim({"state": "queued"}, change, order=[("created", 1)]))
        for _ in range(200)
    ]
    claimed = [each for each in await gatherResults(claims) if each is not None]
    assert sorted(ids(claimed)) == [f"{number:03}" for number in range(150)]
    assert await things.count({"attempts": 1}) == 150


@pytest_twisted.ensureDeferred
async def test_put(things: Collection) -> None:
    """A document is made when it is not there, else changed."""
    first = await things.put({"_id": "a"}, {"$set": {"x.y": 1}, "$inc": {"n": 1}})
    assert first == {"_id": "a", "x": {"y": 1}, "n": 1}
    second = await things.put({"_id": "a"}, {"$set": {"x.z": 2}, "$inc": {"n": 1}})
    assert second == {"_id": "a", "x": {"y": 1, "z": 2}, "n": 2}
    assert await things.find({}) == [second]


@pytest_twisted.ensureDeferred
async def test_put_at_once(things: Collection) -> None:
    """Two who make the same document at once make one, and no count is lost."""
    puts = [start(things.put({"_id": "a"}, {"$inc": {"n": 1}})) for _ in range(50)]
    await gatherResults(puts)
    assert await things.find({}) == [{"_id": "a", "n": 50}]


@pytest_twisted.ensureDeferred
async def test_insert_at_once(things: Collection) -> None:
    """Of many who take one name at the same time, one gets it."""

    async def take(number: int) -> int:
        try:
            await things.insert({"_id": str(number), "key": "same"})
        except Duplicate:
            return 0
        return 1

    assert sum(await gatherResults([start(take(n)) for n in range(30)])) == 1
    assert await things.count({"key": "same"}) == 1


@pytest_twisted.ensureDeferred
async def test_delete(things: Collection) -> None:
    """Every match goes, and the answer says how many."""
    await fill(things, {"n": 1}, {"n": 1}, {"n": 2})
    assert await things.delete({"n": 1}) == 2
    assert await things.delete({"n": 1}) == 0
    assert ids(await things.find({})) == ["002"]


@pytest_twisted.ensureDeferred
async def test_a_collection_nobody_filled(database: Database) -> None:
    """A collection that was never written is empty, not an error."""
    nothing = database.collection("nothing")
    assert await nothing.find({}) == []
    assert await nothing.find_one({"_id": "a"}) is None
    assert await nothing.count({}) == 0
    assert await nothing.delete({"_id": "a"}) == 0
    assert await nothing.update({"_id": "a"}, {"$set": {"n": 1}}) is False
    assert await nothing.update_all({}, {"$set": {"n": 1}}) == 0
    assert await nothing.claim({}, {"$set": {"n": 1}}, order=[("n", 1)]) is None


@pytest_twisted.ensureDeferred
async def test_prepare_again(database: Database) -> None:
    """Making indexes that are there does nothing."""
    index = Index("things", (("key", 1),), unique=True)
    things = database.collection("things")
    await database.prepare([index])
    await things.insert({"_id": "a", "key": 1})
    await database.prepare([index, index])
    with pytest.raises(Duplicate):
        await things.insert({"_id": "b", "key": 1})
    assert await things.find_one({"_id": "a"}) == {"_id": "a", "key": 1}


@pytest.mark.parametrize(
    ("query", "change"),
    [
        ({"a": {"$where": "1"}}, {"$set": {"a": 1}}),
        ({}, {"$rename": {"a": "b"}}),
        ({}, {"a": 1}),
        ({"$or": []}, {"$set": {"a": 1}}),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(
    things: Collection, query: dict[str, Any], change: dict[str, Any]
) -> None:
    """What stores understand differently is refused, even where nothing matches."""
    with pytest.raises(Unsupported):
        await things.update(query, change)
    with pytest.raises(Unsupported):
        await things.update_all(query, change)
    with pytest.raises(Unsupported):
        await things.claim(query, change)
    with pytest.raises(Unsupported):
        await things.put({"_id": "a", **query, "b": 1}, change)
    with pytest.raises(Unsupported):
        await things.insert({"_id": 5})
    with pytest.raises(Unsupported):
        await things.find({}, order=[("a", 2)])


@pytest_twisted.ensureDeferred
async def test_all_of_it_page_by_page(things: Collection) -> None:
    """By identifiers, in the order of their bytes, whatever comes in between."""
    keys = ["", "A", "a", "a-1", "é", "\uffee", "\U0001f40d"]
    for key in reversed(keys):
        await things.insert({"_id": key})
    order = [("_id", 1)]
    found = await things.find({}, order=order, limit=3)
    assert ids(found) == keys[:3]
    assert ids(await things.find({}, order=order, limit=3, skip=2)) == keys[2:5]
    await things.insert({"_id": "a-0"})
    after = {"_id": {"$gt": "a"}}
    assert ids(await things.find(after, order=order, limit=3)) == ["a-0", "a-1", "é"]
    await things.delete({"_id": "é"})
    rest = await things.find({"_id": {"$gt": "a-1"}}, order=order, limit=9)
    assert ids(rest) == keys[5:]
    both = {"_id": {"$gt": "a", "$lt": "a-1"}}
    assert ids(await things.find(both, order=order, limit=9)) == ["a-0"]
