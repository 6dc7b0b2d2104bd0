"""Tasks in the store."""

from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.projects import Progress
from aen.model.tasks import Kind, Task, TaskState
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.tasks import Holder, TaskRecords

TASK = Task("t1", Kind.START_PROJECT, "project:1", {"project": "1"}, "ada", created=1.0)


async def records() -> TaskRecords:
    """Return a store with one task that waits."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    found = TaskRecords(database)
    assert await found.add(TASK)
    return found


@ensureDeferred
async def test_a_key_is_active_once() -> None:
    """The slot is free again when the task has ended."""
    store = await records()
    again = evolve(TASK, id="t2")
    assert not await store.add(again)
    assert await store.active("project:1") == TASK
    await store.claim("w", [], 1.0, 30.0)
    holder = Holder("t1", "w", 1, Kind.START_PROJECT)
    assert await store.finish(holder, "It broke.", 2.0)
    assert not await store.finish(holder, "", 2.0)
    ended = await store.with_id("t1")
    assert ended is not None
    assert (ended.state, ended.problem) == (TaskState.FAILED, "It broke.")
    assert await store.add(again)
    await store.trim(3.0)
    assert await store.with_id("t1") is None
    assert await store.with_id("t2") is not None


@ensureDeferred
async def test_a_claim_holds_for_its_lease() -> None:
    """Then another may have it, and the first can write no more."""
    store = await records()
    first = await store.claim("w1", [], 10.0, 30.0)
    assert first is not None
    assert (first.attempts, first.worker, first.lease_until) == (1, "w1", 40.0)
    holder = Holder("t1", "w1", 1, Kind.START_PROJECT)
    assert await store.claim("w2", [], 20.0, 30.0) is None
    assert await store.renew(holder, 20.0, 30.0)
    assert await store.step(holder, Progress("Cloning", 1, 2))
    assert await store.claim("w2", [], 49.0, 30.0) is None
    assert await store.claim("w2", ["t1"], 51.0, 30.0) is None
    second = await store.claim("w2", [], 51.0, 30.0)
    assert second is not None
    assert second.attempts == 2
    assert not await store.renew(holder, 52.0, 30.0)
    assert not await store.step(holder, Progress("late"))
    assert not await store.finish(holder, "", 52.0)


@ensureDeferred
async def test_given_back_it_waits_as_long_as_it_should() -> None:
    """Only its own worker gives it back."""
    store = await records()
    await store.claim("w1", [], 10.0, 30.0)
    await store.give_back("t1", "w2", 0.0)
    assert await store.claim("w2", [], 11.0, 30.0) is None
    await store.give_back("t1", "w1", 15.0)
    assert await store.claim("w2", [], 14.9, 30.0) is None
    assert await store.claim("w2", [], 15.0, 30.0) is not None


@ensureDeferred
async def test_a_task_that_turned_is_no_longer_its_holders() -> None:
    """And it turns only from what it was seen as."""
    store = await records()
    await store.claim("w1", [], 10.0, 30.0)
    stop = evolve(TASK, id="t2", kind=Kind.STOP_PROJECT, by="bob")
    turned = await store.turn(TASK, stop)
    assert turned is not None
    assert (turned.id, turned.kind, turned.attempts) == ("t1", Kind.STOP_PROJECT, 0)
    assert await store.turn(TASK, stop) is None
    assert not await store.renew(Holder("t1", "w1", 1, Kind.START_PROJECT), 11.0, 30.0)


@ensureDeferred
async def test_what_a_tool_says_and_the_newest_of_a_key() -> None:
    """Only its holder writes it; the newest is found when it has ended, too."""
    store = await records()
    assert await store.last("other") is None
    await store.claim("w", [], 1.0, 30.0)
    holder = Holder("t1", "w", 1, Kind.START_PROJECT)
    assert await store.say(holder, ("one", "two"))
    assert not await store.say(evolve(holder, worker="v"), ("late",))
    await store.finish(holder, "", 2.0)
    newest = await store.last("project:1")
    assert newest is not None
    assert (newest.id, newest.output) == ("t1", ("one", "two"))
    await store.add(evolve(TASK, id="t2", created=5.0))
    newest = await store.last("project:1")
    assert newest is not None
    assert newest.id == "t2"
