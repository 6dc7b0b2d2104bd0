"""Tasks: asking for work that outlives the request."""

import secrets
from typing import Any

from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Conflict
from aen.model.tasks import Kind, Task, TaskState
from aen.server.events import TASKS, Events
from aen.server.store.tasks import TaskRecords

_TRIES = 20


def project_key(project: str) -> str:
    """Return the key of the one active task of the project with that id."""
    return f"project:{project}"


def team_key(project: str) -> str:
    """Return the key, but for its number, of tasks that apply a project's team."""
    return f"team:{project}"


def left_key(shipment: str) -> str:
    """Return the key of the task that removes what a project left by *shipment*."""
    return f"left:{shipment}"


def environments_key(project: str) -> str:
    """Return the key of the one change of a project's environments under way."""
    return f"environments:{project}"


class Tasks:
    """Adds tasks, each key once.

    Of starts, stops, resets and deletes a project has one at a time. One that weighs
    more takes its place: whoever stops a project that starts does not have to wait for
    the start. Changes of team and environments have keys of their own.
    """

    def __init__(
        self, records: TaskRecords, events: Events, clock: IReactorTime
    ) -> None:
        self._records = records
        self._events = events
        self._clock = clock

    async def add(
        self, kind: Kind, key: str, arguments: dict[str, Any], by: str
    ) -> Task:
        """Return the active task for *key*: a new one, or the one there is.

        :raises Conflict: something that weighs more is under way.
        """
        now = self._clock.seconds()
        wanted = Task(
            id=secrets.token_urlsafe(12),
            kind=kind,
            key=key,
            arguments=arguments,
            by=by,
            created=now,
            updated=now,
        )
        for _ in range(_TRIES):
            if await self._records.add(wanted):
                return await self._told(wanted)
            active = await self._records.active(key)
            if active is None:
                continue
            if active.kind is kind:
                if active.cancelling:
                    raise Conflict("It is being cancelled; try again in a moment.")
                return active
            if active.kind.nature.weight > kind.nature.weight:
                raise Conflict(f"The project {active.kind.nature.busy}.")
            turned = await self._records.turn(active, wanted)
            if turned is not None:
                return await self._told(turned)
        raise Conflict("Too much is happening to this at once; try again.")

    async def add_fresh(
        self, kind: Kind, key: str, arguments: dict[str, Any], by: str
    ) -> Task:
        """Return a task that begins only after this call: it sees what is now.

        One that runs may have looked before; then it gets a companion.
        """
        for number in range(_TRIES):
            task = await self.add(kind, f"{key}:{number}", arguments, by)
            if task.state is TaskState.QUEUED:
                return task
        raise Conflict("Too much is happening to this at once; try again.")

    async def apply_team(self, project: str, by: str = "") -> Task:
        """Have the files of the project with that id follow its team as it is now."""
        key, arguments = team_key(project), {"project": project}
        return await self.add_fresh(Kind.APPLY_TEAM, key, arguments, by)

    async def last(self, key: str) -> Task | None:
        """Return the newest task for *key*, ended or not."""
        return await self._records.last(key)

    async def _told(self, task: Task) -> Task:
        await self._events.publish(TASKS, "task", {"id": task.id})
        return task

    async def active(self, key: str) -> Task | None:
        """Return the task for *key* that has not ended."""
        return await self._records.active(key)
