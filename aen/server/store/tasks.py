"""Tasks in the store: unique while active, claimed with a lease.

`slot` is the task's key while it is active and its own id once it has ended; the
unique index on it is what makes two requests for the same work one task. `due` is
when it was asked for and the patience of its kind: the smallest is done first.
"""

from collections.abc import Iterable
from typing import Any

from attrs import evolve, frozen

from aen.model.errors import Conflict
from aen.model.projects import Progress
from aen.model.tasks import Kind, Task, TaskState
from aen.server.records import Page
from aen.server.store.collection import Change, Database, Document, Duplicate
from aen.server.store.paging import By
from aen.server.store.project_documents import progress_document, progress_of

_ACTIVE = [TaskState.QUEUED.value, TaskState.RUNNING.value]
_ENDED = [one.value for one in TaskState if one.ended]
LOG_LINES = 200
"""How many of the last lines of what failed are kept."""


@frozen
class Holder:
    """A worker that holds a task: whoever claims it next is another holder."""

    task: str
    worker: str
    attempts: int
    kind: Kind

    @property
    def mark(self) -> str:
        """Text that tells this holder from every other."""
        return f"{self.task}/{self.worker}/{self.attempts}/{self.kind.value}"


@frozen
class End:
    """How a task has ended."""

    state: TaskState = TaskState.DONE
    problem: str = ""
    log: tuple[str, ...] = ()


@frozen
class TasksWanted:
    """Which tasks a list shows, and how it is sorted; what is empty does not narrow."""

    state: TaskState | None = None
    kind: Kind | None = None
    project: str = ""
    """The id of a project."""
    by: str = ""
    """The name of who asked for them."""
    order: str = "created"
    """The time they are sorted by: ``created`` or ``updated``."""
    newest_first: bool = True


class TaskRecords:
    """Adds, claims and ends tasks."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("tasks")

    async def add(self, task: Task) -> bool:
        """Add a task; False when one with its key is active."""
        try:
            await self._all.insert(_document(task))
        except Duplicate:
            return False
        return True

    async def active(self, key: str) -> Task | None:
        """Return the active task with that key."""
        return _maybe(await self._all.find_one({"slot": key}))

    async def with_id(self, key: str) -> Task | None:
        """Return the task with that id."""
        return _maybe(await self._all.find_one({"_id": key}))

    async def turn(self, old: Task, new: Task) -> Task | None:
        """Make the active task *old* into what *new* is; None when it has changed.

        A worker that holds it finds out and gives it back.
        """
        query = {"_id": old.id, "kind": old.kind.value, "state": {"$in": _ACTIVE}}
        fields = {
            "kind": new.kind.value,
            "arguments": new.arguments,
            "by": new.by,
            "attempts": 0,
            "updated": new.created,
            **_anew(new.kind, new.created),
        }
        return _maybe(await self._all.claim(query, {"$set": fields}))

    # -- by workers

    async def claim(
        self, worker: str, kinds: Iterable[Kind], now: float, lease: float
    ) -> Task | None:
        """Give *worker* the task of one of *kinds* that comes first."""
        query = {
            "state": TaskState.QUEUED.value,
            "not_before": {"$lte": now},
            "kind": {"$in": [one.value for one in kinds]},
        }
        fields = {
            "state": TaskState.RUNNING.value,
            "worker": worker,
            "lease_until": now + lease,
            "updated": now,
        }
        change: Change = {"$set": fields, "$inc": {"attempts": 1}}
        return _maybe(await self._all.claim(query, change, order=[("due", 1)]))

    async def free_silent(self, held: list[str], now: float) -> int:
        """Let others have tasks whose leases have ended, but not those *held*."""
        query = {
            "state": TaskState.RUNNING.value,
            "lease_until": {"$lt": now},
            "_id": {"$nin": held},
        }
        return await self._all.update_all(query, _LOST)

    async def free_of(self, worker: str) -> int:
        """Let others have what *worker*, which lives no more, holds."""
        query = {"state": TaskState.RUNNING.value, "worker": worker}
        return await self._all.update_all(query, _LOST)

    async def holders(self) -> set[str]:
        """Return the names of the workers that hold tasks."""
        found = await self._all.find({"state": TaskState.RUNNING.value}, limit=1000)
        return {one["worker"] for one in found}

    async def renew(self, holder: Holder, now: float, lease: float) -> Task | None:
        """Hold on to a task; None when it is no longer the holder's."""
        change = {"$set": {"lease_until": now + lease, "updated": now}}
        return _maybe(await self._all.claim(_held(holder), change))

    async def wanted(self, holder: Holder) -> bool:
        """Whether to go on: it is still the holder's, and nobody wants it ended."""
        found = await self._all.find_one(_held(holder))
        return found is not None and not found.get("cancelling")

    async def step(self, holder: Holder, progress: Progress) -> bool:
        """Note how far it is; False when it is no longer the holder's."""
        change = {"$set": {"progress": progress_document(progress)}}
        return await self._all.update(_held(holder), change)

    async def say(self, holder: Holder, output: Iterable[str]) -> bool:
        """Note a tool's last lines; False when it is no longer the holder's."""
        return await self._all.update(_held(holder), {"$set": {"output": [*output]}})

    async def give_back(self, task: str, worker: str) -> None:
        """Let another take it, now."""
        query = {"_id": task, "worker": worker, "state": TaskState.RUNNING.value}
        await self._all.update(query, {"$set": _FREE})

    async def put_off(self, holder: Holder, problem: str, until: float) -> bool:
        """Have it tried again from *until* on; False when it is not the holder's."""
        fields = {
            **_FREE,
            "not_before": until,
            "due": until + holder.kind.nature.urgency.value,
            "problem": problem,
        }
        change: Change = {"$set": fields, "$inc": {"tries": 1}}
        return await self._all.update(_held(holder), change)

    async def finish(self, holder: Holder, end: End, now: float) -> bool:
        """End a task; False when it is no longer the holder's."""
        fields = {
            "state": end.state.value,
            "slot": holder.task,
            "problem": end.problem,
            "log": list(end.log[-LOG_LINES:]),
            "progress": None,
            "lease_until": 0.0,
            "updated": now,
        }
        return await self._all.update(_held(holder), {"$set": fields})

    # -- by people

    async def cancel_waiting(self, task: str, by: str, now: float) -> Task | None:
        """End a task that waits; None when it does not."""
        fields = {
            "state": TaskState.CANCELLED.value,
            "slot": task,
            "cancelling": by,
            "updated": now,
        }
        query = {"_id": task, "state": TaskState.QUEUED.value}
        return _maybe(await self._all.claim(query, {"$set": fields}))

    async def want_cancelled(
        self, task: str, states: Iterable[TaskState], by: str
    ) -> Task | None:
        """Have its worker, or the next, end it; None when it is in no such state."""
        query = {"_id": task, "state": {"$in": [one.value for one in states]}}
        fields = {"cancelling": by, "not_before": 0.0, "due": 0.0}
        return _maybe(await self._all.claim(query, {"$set": fields}))

    async def revive(self, task: Task, now: float) -> Task | None:
        """Have a task that has ended done anew; None when it is not there.

        :raises Conflict: another task with its key is active.
        """
        fields = {
            **_anew(task.kind, now),
            **_FREE,
            "slot": task.key,
            "updated": now,
        }
        query = {"_id": task.id, "state": {"$in": _ENDED}}
        try:
            return _maybe(await self._all.claim(query, {"$set": fields}))
        except Duplicate:
            raise Conflict("The same is being done already.") from None

    async def last(self, key: str) -> Task | None:
        """Return the newest task with that key, ended or not."""
        found = await self._all.find({"key": key}, order=[("created", -1)], limit=1)
        return _task(found[0]) if found else None

    async def page(
        self, wanted: TasksWanted, cursor: str | None, limit: int
    ) -> Page[Task]:
        """Return the tasks that are *wanted*."""
        by = By(wanted.order, -1 if wanted.newest_first else 1)
        return await by.page(self._all, (_narrowed(wanted),), cursor, limit, _task)

    async def count(self, wanted: TasksWanted) -> int:
        """Return how many tasks are *wanted*."""
        return await self._all.count(_narrowed(wanted))

    async def trim(self, before: float) -> None:
        """Forget tasks that ended before *before*."""
        await self._all.delete({"state": {"$in": _ENDED}, "updated": {"$lt": before}})


_FREE: dict[str, Any] = {
    "state": TaskState.QUEUED.value,
    "worker": "",
    "lease_until": 0.0,
}
_LOST: Change = {"$set": _FREE, "$inc": {"lost": 1}}


def _anew(kind: Kind, now: float) -> dict[str, Any]:
    """Return the fields of a task of *kind* that nobody has begun."""
    return {
        "tries": 0,
        "lost": 0,
        "not_before": 0.0,
        "due": now + kind.nature.urgency.value,
        "progress": None,
        "problem": "",
        "log": [],
        "output": [],
        "cancelling": "",
    }


def _narrowed(wanted: TasksWanted) -> dict[str, Any]:
    kinds = Kind if wanted.kind is None else (wanted.kind,)
    query: dict[str, Any] = {"kind": {"$in": [one.value for one in kinds]}}
    if wanted.state is not None:
        query["state"] = wanted.state.value
    if wanted.project:
        query["arguments.project"] = wanted.project
    if wanted.by:
        query["by"] = wanted.by
    return query


def _held(holder: Holder) -> dict[str, Any]:
    return {
        "_id": holder.task,
        "worker": holder.worker,
        "kind": holder.kind.value,
        "attempts": holder.attempts,
        "state": TaskState.RUNNING.value,
    }


def _document(task: Task) -> Document:
    return {
        "_id": task.id,
        "kind": task.kind.value,
        "key": task.key,
        "slot": task.id if task.state.ended else task.key,
        "arguments": task.arguments,
        "by": task.by,
        "state": task.state.value,
        "attempts": task.attempts,
        "created": task.created,
        "updated": task.updated,
        "worker": task.worker,
        "lease_until": task.lease_until,
        **_anew(task.kind, task.created),
    }


def _maybe(document: Document | None) -> Task | None:
    return None if document is None else _task(document)


def _task(document: Document) -> Task:
    task = Task(
        id=document["_id"],
        kind=Kind.called(document["kind"]),
        key=document["key"],
        arguments=document["arguments"],
        by=document["by"],
        state=TaskState(document["state"]),
        attempts=document["attempts"],
        tries=document.get("tries", 0),
        lost=document.get("lost", 0),
        created=document["created"],
        updated=document["updated"],
    )
    waits = task.state is TaskState.QUEUED
    return evolve(
        task,
        worker=document["worker"],
        lease_until=document["lease_until"],
        progress=progress_of(document["progress"]),
        next=document["not_before"] if waits else 0.0,
        problem=document["problem"],
        log=tuple(document.get("log", ())),
        output=tuple(document.get("output", ())),
        cancelling=document.get("cancelling", ""),
    )
