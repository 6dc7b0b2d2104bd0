"""Answers kept for those who ask again."""

from pytest_twisted import ensureDeferred

from aen.server.store.kept_answers import Kept, KeptAnswers
from aen.server.store.memory import MemoryDatabase

ENDS = (10.0, 100.0)


@ensureDeferred
async def test_one_has_the_key() -> None:
    """Others are told that it is under way, and then what came of it."""
    store = KeptAnswers(MemoryDatabase())
    assert await store.begin("k", "ada", "b", 0.0, ENDS) is None
    assert await store.begin("k", "ada", "b", 1.0, ENDS) == Kept("b", done=False)
    await store.finish("k", 201, "sealed")
    found = Kept("b", done=True, status=201, answer="sealed")
    assert await store.begin("k", "ada", "other", 50.0, (60.0, 200.0)) == found
    assert await store.begin("k", "ada", "other", 100.0, (110.0, 200.0)) is None


@ensureDeferred
async def test_the_silent_are_given_up() -> None:
    """For the same call alone."""
    store = KeptAnswers(MemoryDatabase())
    await store.begin("k", "ada", "b", 0.0, ENDS)
    assert await store.begin("k", "ada", "c", 11.0, (20.0, 100.0)) is not None
    assert await store.begin("k", "ada", "b", 11.0, (20.0, 100.0)) is None
    assert await store.begin("k", "ada", "b", 12.0, (20.0, 100.0)) is not None
    await store.forget("k")
    assert await store.begin("k", "ada", "c", 13.0, (20.0, 100.0)) is None


@ensureDeferred
async def test_there_are_only_so_many() -> None:
    """The oldest of a person go first; all go with time."""
    database = MemoryDatabase()
    store, kept = KeptAnswers(database), database.collection("kept_answers")
    for number in range(4):
        await store.make_room("ada", 3)
        await store.begin(f"k{number}", "ada", "b", float(number), ENDS)
    await store.begin("bobs", "bob", "b", 0.0, ENDS)
    assert {one["_id"] for one in await kept.find({})} == {"k1", "k2", "k3", "bobs"}
    await store.trim(100.0)
    assert await kept.count({}) == 0
