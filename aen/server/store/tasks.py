"""Tasks in the store: unique while active, claimed with a lease.

`slot` is the task's key while it is active and its own id once it has ended; the
unique index on it is what makes two requests for the same work one task.
"""

from collections.abc import Iterable
from typing import Any

from attrs import evolve, frozen

from aen.model.projects import Progress
from aen.model.tasks import Kind, Task, TaskState
from aen.server.records import Page
from aen.server.store.collection import Change, Database, Document, Duplicate
from aen.server.store.paging import bounded, mark_of, newest_first, page_of
from aen.server.store.projects import progress_document, progress_of

_ACTIVE = [TaskState.QUEUED.value, TaskState.RUNNING.value]


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
        fields: dict[str, Any] = {
            "kind": new.kind.value,
            "arguments": new.arguments,
            "by": new.by,
            "attempts": 0,
            "not_before": 0.0,
            "updated": new.created,
            "progress": None,
            "output": [],
        }
        return _maybe(await self._all.claim(query, {"$set": fields}))

    async def claim(
        self, worker: str, held: list[str], now: float, lease: float
    ) -> Task | None:
        """Give the oldest task that waits, or whose worker is silent, to *worker*."""
        waiting = {"state": TaskState.QUEUED.value, "not_before": {"$lte": now}}
        silent = {"state": TaskState.RUNNING.value, "lease_until": {"$lt": now}}
        query = {"$or": [waiting, silent], "_id": {"$nin": held}}
        fields = {
            "state": TaskState.RUNNING.value,
            "worker": worker,
            "lease_until": now + lease,
            "updated": now,
        }
        change: Change = {"$set": fields, "$inc": {"attempts": 1}}
        return _maybe(await self._all.claim(query, change, order=[("created", 1)]))

    async def renew(self, holder: Holder, now: float, lease: float) -> bool:
        """Hold on to a task; False when it is no longer the holder's."""
        change = {"$set": {"lease_until": now + lease, "updated": now}}
        return await self._all.update(_held(holder), change)

    async def step(self, holder: Holder, progress: Progress) -> bool:
        """Note how far it is; False when it is no longer the holder's."""
        change = {"$set": {"progress": progress_document(progress)}}
        return await self._all.update(_held(holder), change)

    async def say(self, holder: Holder, output: Iterable[str]) -> bool:
        """Note a tool's last lines; False when it is no longer the holder's."""
        return await self._all.update(_held(holder), {"$set": {"output": [*output]}})

    async def last(self, key: str) -> Task | None:
        """Return the newest task with that key, ended or not."""
        found = await self._all.find({"key": key}, order=[("created", -1)], limit=1)
        return _task(found[0]) if found else None

    async def held(self) -> list[tuple[str, str]]:
        """Return each task a worker holds, and the worker's name."""
        found = await self._all.find({"state": TaskState.RUNNING.value}, limit=1000)
        return [(one["_id"], one["worker"]) for one in found]

    async def give_back(self, task: str, worker: str, not_before: float) -> None:
        """Let another take it, not before *not_before*."""
        query = {"_id": task, "worker": worker, "state": TaskState.RUNNING.value}
        fields = {
            "state": TaskState.QUEUED.value,
            "worker": "",
            "lease_until": 0.0,
            "not_before": not_before,
        }
        await self._all.update(query, {"$set": fields})

    async def finish(self, holder: Holder, problem: str, now: float) -> bool:
        """End a task; False when it is no longer the holder's."""
        state = TaskState.FAILED if problem else TaskState.DONE
        fields = {
            "state": state.value,
            "slot": holder.task,
            "problem": problem,
            "progress": None,
            "lease_until": 0.0,
            "updated": now,
        }
        return await self._all.update(_held(holder), {"$set": fields})

    async def page(self, state: str, cursor: str | None, limit: int) -> Page[Task]:
        """Return tasks, the newest first."""
        asked: dict[str, Any] = {"state": state} if state else {}
        limit = bounded(limit)
        found = await self._all.find(
            asked | newest_first(cursor, "created"),
            order=[("created", -1), ("_id", -1)],
            limit=limit + 1,
        )
        return page_of(found, limit, _task, lambda one: mark_of(one, "created"))

    async def trim(self, before: float) -> None:
        """Forget tasks that ended before *before*."""
        ended = [TaskState.DONE.value, TaskState.FAILED.value]
        await self._all.delete({"state": {"$in": ended}, "updated": {"$lt": before}})


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
        "not_before": 0.0,
        "progress": progress_document(task.progress),
        "problem": task.problem,
        "output": list(task.output),
    }


def _maybe(document: Document | None) -> Task | None:
    return None if document is None else _task(document)


def _task(document: Document) -> Task:
    task = Task(
        id=document["_id"],
        kind=Kind(document["kind"]),
        key=document["key"],
        arguments=document["arguments"],
        by=document["by"],
        state=TaskState(document["state"]),
        attempts=document["attempts"],
        created=document["created"],
        updated=document["updated"],
    )
    return evolve(
        task,
        worker=document["worker"],
        lease_until=document["lease_until"],
        progress=progress_of(document["progress"]),
        problem=document["problem"],
        output=tuple(document.get("output", ())),
    )
