"""Tasks in the store."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import Conflict
from aen.model.projects import Progress
from aen.model.tasks import Kind, Task, TaskState, Urgency
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.tasks import End, Holder, TaskRecords, TasksWanted

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
    await store.claim("w", Kind, 1.0, 30.0)
    holder = Holder("t1", "w", 1, Kind.START_PROJECT)
    broken = End(TaskState.FAILED, "It broke.", ("line",))
    assert await store.finish(holder, broken, 2.0)
    assert not await store.finish(holder, End(), 2.0)
    ended = await store.with_id("t1")
    assert ended is not None
    assert (ended.state, ended.problem) == (TaskState.FAILED, "It broke.")
    assert ended.log == ("line",)
    assert await store.add(again)
    await store.trim(3.0)
    assert await store.with_id("t1") is None
    assert await store.with_id("t2") is not None


@ensureDeferred
async def test_a_claim_holds_for_its_lease() -> None:
    """Then another may have it, and the first can write no more."""
    store = await records()
    first = await store.claim("w1", Kind, 10.0, 30.0)
    assert first is not None
    assert (first.attempts, first.worker, first.lease_until) == (1, "w1", 40.0)
    holder = Holder("t1", "w1", 1, Kind.START_PROJECT)
    assert await store.claim("w2", Kind, 20.0, 30.0) is None
    assert await store.renew(holder, 20.0, 30.0)
    assert await store.step(holder, Progress("Cloning", 1, 2))
    assert await store.free_silent([], 49.0) == 0
    assert await store.free_silent(["t1"], 51.0) == 0
    assert await store.free_silent([], 51.0) == 1
    second = await store.claim("w2", Kind, 51.0, 30.0)
    assert second is not None
    assert (second.attempts, second.lost) == (2, 1)
    assert not await store.renew(holder, 52.0, 30.0)
    assert not await store.step(holder, Progress("late"))
    assert not await store.wanted(holder)
    assert not await store.put_off(holder, "late", 60.0)
    assert not await store.finish(holder, End(), 52.0)


@ensureDeferred
async def test_given_back_it_is_there_at_once() -> None:
    """Only its own worker gives it back, and it counts as nothing."""
    store = await records()
    await store.claim("w1", Kind, 10.0, 30.0)
    await store.give_back("t1", "w2")
    assert await store.claim("w2", Kind, 11.0, 30.0) is None
    await store.give_back("t1", "w1")
    again = await store.claim("w2", Kind, 11.0, 30.0)
    assert again is not None
    assert (again.tries, again.lost) == (0, 0)


@ensureDeferred
async def test_put_off_it_waits_as_long_as_it_should() -> None:
    """It says why, how often, and until when."""
    store = await records()
    await store.claim("w1", Kind, 10.0, 30.0)
    holder = Holder("t1", "w1", 1, Kind.START_PROJECT)
    assert await store.put_off(holder, "The mail server is away.", 15.0)
    waits = await store.with_id("t1")
    assert waits is not None
    assert (waits.state, waits.tries, waits.next) == (TaskState.QUEUED, 1, 15.0)
    assert waits.problem == "The mail server is away."
    assert await store.claim("w2", Kind, 14.9, 30.0) is None
    assert await store.claim("w2", Kind, 15.0, 30.0) is not None


@ensureDeferred
async def test_what_the_dead_held_is_freed() -> None:
    """Each of their tasks counts as lost once."""
    store = await records()
    await store.claim("dead", Kind, 10.0, 30.0)
    assert await store.holders() == {"dead"}
    assert await store.free_of("alive") == 0
    assert await store.free_of("dead") == 1
    freed = await store.with_id("t1")
    assert freed is not None
    assert (freed.state, freed.lost) == (TaskState.QUEUED, 1)


@ensureDeferred
async def test_who_is_waited_for_comes_first_but_not_for_ever() -> None:
    """A start goes before what came a little earlier, not before what waits long."""
    store = await records()
    await store.claim("w", [Kind.START_PROJECT], 1.0, 30.0)

    async def add(key: str, kind: Kind, created: float) -> None:
        task = evolve(TASK, id=key, key=key, kind=kind, created=created)
        assert await store.add(task)

    later = Urgency.ORDINARY.value
    await add("early", Kind.START_PROJECT, 1000.0)
    await add("soon", Kind.STOP_PROJECT, 1000.0 - later / 2)
    assert await store.claim("w", [Kind.STOP_PROJECT], 2000.0, 30.0)
    found = await store.claim("w", Kind, 2000.0, 30.0)
    assert found is not None
    assert found.id == "early"


@ensureDeferred
async def test_cancelling() -> None:
    """What waits is ended, what runs is marked; a key is free when it has ended."""
    store = await records()
    assert await store.want_cancelled("t1", [TaskState.RUNNING], "ada") is None
    ended = await store.cancel_waiting("t1", "ada", 5.0)
    assert ended is not None
    assert (ended.state, ended.cancelling) == (TaskState.CANCELLED, "ada")
    again = evolve(TASK, id="t2")
    assert await store.add(again)
    with pytest.raises(Conflict):
        await store.revive(ended, 6.0)
    await store.claim("w", Kind, 7.0, 30.0)
    assert await store.cancel_waiting("t2", "ada", 8.0) is None
    holder = Holder("t2", "w", 1, Kind.START_PROJECT)
    assert await store.wanted(holder)
    assert await store.want_cancelled("t2", list(TaskState), "ada") is not None
    assert not await store.wanted(holder)
    assert await store.finish(holder, End(TaskState.CANCELLED), 9.0)
    revived = await store.revive(ended, 10.0)
    assert revived is not None
    assert (revived.state, revived.cancelling) == (TaskState.QUEUED, "")
    assert await store.active("project:1") == revived
    assert await store.revive(revived, 11.0) is None


@ensureDeferred
async def test_lists_are_narrowed_sorted_and_paged() -> None:
    """By state, kind, project and person; upwards and downwards."""
    store = await records()
    for number in range(2, 6):
        await store.add(
            evolve(
                TASK,
                id=f"t{number}",
                key=f"k{number}",
                kind=Kind.STOP_PROJECT,
                arguments={"project": str(number % 2)},
                by="bob",
                created=float(number),
            )
        )

    async def keys(wanted: TasksWanted, limit: int = 10) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = await store.page(wanted, cursor, limit)
            found += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                return found

    assert await keys(TasksWanted(), 2) == ["t5", "t4", "t3", "t2", "t1"]
    assert (await keys(TasksWanted(newest_first=False), 2))[:2] == ["t1", "t2"]
    assert await keys(TasksWanted(project="1")) == ["t5", "t3", "t1"]
    assert await keys(TasksWanted(project="1", by="bob")) == ["t5", "t3"]
    assert await keys(TasksWanted(kind=Kind.START_PROJECT)) == ["t1"]
    assert await keys(TasksWanted(TaskState.DONE)) == []
    assert await store.count(TasksWanted(TaskState.QUEUED)) == 5


@ensureDeferred
async def test_documents_of_before_are_read() -> None:
    """A server that is updated finds the tasks of the one before."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    old = {
        "_id": "t1", "kind": "start project", "key": "project:1", "slot": "project:1",
        "arguments": {"project": "1"}, "by": "ada", "state": "queued", "attempts": 0,
        "created": 1.0, "updated": 1.0, "worker": "", "lease_until": 0.0,
        "not_before": 0.0, "progress": None, "problem": "",
    }  # fmt: skip
    await database.collection("tasks").insert(old)
    assert await TaskRecords(database).claim("w", Kind, 2.0, 30.0) is not None


@ensureDeferred
async def test_a_task_that_turned_is_no_longer_its_holders() -> None:
    """And it turns only from what it was seen as."""
    store = await records()
    await store.claim("w1", Kind, 10.0, 30.0)
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
    await store.claim("w", Kind, 1.0, 30.0)
    holder = Holder("t1", "w", 1, Kind.START_PROJECT)
    assert await store.say(holder, ("one", "two"))
    assert not await store.say(evolve(holder, worker="v"), ("late",))
    await store.finish(holder, End(), 2.0)
    newest = await store.last("project:1")
    assert newest is not None
    assert (newest.id, newest.output) == ("t1", ("one", "two"))
    await store.add(evolve(TASK, id="t2", created=5.0))
    newest = await store.last("project:1")
    assert newest is not None
    assert newest.id == "t2"
