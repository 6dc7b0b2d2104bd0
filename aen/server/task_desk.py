"""The desk where tasks are seen, cancelled and done anew."""

from aen.model.administration import Area, demand_area, may_enter
from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.permissions import Action, demand, may
from aen.model.tasks import Kind, Stopping, Task, TaskState
from aen.model.users import Caller
from aen.server.audit import Audit, Clock
from aen.server.events import TASKS, Events
from aen.server.records import Page
from aen.server.store.projects import ProjectRecords
from aen.server.store.tasks import TaskRecords, TasksWanted

_NONE = "There is no such task."
ORDERS = ("created", "updated")
"""Times tasks can be sorted by; a minus before it: the newest first."""


class TaskDesk:
    """Shows tasks to who asked for them, and everything to administrators."""

    def __init__(
        self,
        records: TaskRecords,
        projects: ProjectRecords,
        events: Events,
        clock: Clock,
        audit: Audit,
    ) -> None:
        self._records = records
        self._projects = projects
        self._events = events
        self._clock = clock
        self._audit = audit

    # -- seeing

    async def task(self, caller: Caller, key: str) -> Task:
        """Return the task with that id.

        :raises NotFound: there is none, or it is somebody else's.
        """
        found = await self._records.with_id(key)
        if found is None or not await self._may_see(caller, found):
            raise NotFound(_NONE)
        return found

    async def listing(
        self, caller: Caller, wanted: TasksWanted, cursor: str | None, limit: int
    ) -> Page[Task]:
        """Return the tasks that are *wanted*; for administrators."""
        demand_area(caller, Area.TASKS)
        return await self._records.page(wanted, cursor, limit)

    async def counts(self, caller: Caller) -> dict[TaskState, int]:
        """Return how many tasks there are in each state; for administrators."""
        demand_area(caller, Area.TASKS)
        return {
            state: await self._records.count(TasksWanted(state)) for state in TaskState
        }

    def may_cancel(self, caller: Caller, task: Task) -> bool:
        """Whether to show *caller* a button: `cancel` asks again."""
        nature = task.kind.nature
        if task.state.ended or task.cancelling or nature.stopping is Stopping.NEVER:
            return False
        waits = task.state is TaskState.QUEUED
        if nature.stopping is Stopping.WHILE_WAITING and not waits:
            return False
        return may_enter(caller, Area.TASKS) or (
            nature.owned and task.by == caller.user.name
        )

    # -- changing

    async def cancel(self, caller: Caller, key: str) -> Task:
        """Have a task ended: one that waits at once, else at its next step.

        :raises Forbidden: it may only be cancelled by administrators.
        :raises Conflict: it has ended, or has come too far.
        """
        task = await self.task(caller, key)
        await self._demand_cancel(caller, task)
        changed = await self._cancelled(task, caller.user.name)
        if changed is None:
            raise Conflict(await self._too_late(key))
        await self._events.publish(TASKS, "task", {"id": key})
        await self._note(Act.TASK_CANCELLED, caller, changed)
        return changed

    async def retry(self, caller: Caller, key: str) -> Task:
        """Have a task that failed or was cancelled done anew; for administrators.

        :raises Conflict: it has not, or the same is being done already.
        """
        demand_area(caller, Area.TASKS)
        task = await self.task(caller, key)
        if task.state not in (TaskState.FAILED, TaskState.CANCELLED):
            raise Conflict("Only a task that failed or was cancelled is done anew.")
        changed = await self._records.revive(task, self._clock.seconds())
        if changed is None:
            raise NotFound(_NONE)
        await self._events.publish(TASKS, "task", {"id": key})
        await self._note(Act.TASK_RETRIED, caller, changed)
        return changed

    async def _cancelled(self, task: Task, by: str) -> Task | None:
        nature = task.kind.nature
        if not nature.tidied:
            now = self._clock.seconds()
            ended = await self._records.cancel_waiting(task.id, by, now)
            if ended is not None:
                return ended
        states = [TaskState.QUEUED]
        if nature.stopping is not Stopping.WHILE_WAITING:
            states.append(TaskState.RUNNING)
        return await self._records.want_cancelled(task.id, states, by)

    async def _too_late(self, key: str) -> str:
        task = await self._records.with_id(key)
        if task is None or task.state.ended:
            return "The task has ended already."
        return "The task has been begun, and is better done to its end."

    async def _demand_cancel(self, caller: Caller, task: Task) -> None:
        nature = task.kind.nature
        if not (nature.owned and task.by == caller.user.name):
            demand_area(caller, Area.TASKS)
        elif task.project:
            project = await self._projects.with_id(task.project)
            if project is not None:
                demand(caller, Action.RUN, project)
        if nature.stopping is Stopping.NEVER:
            raise Conflict("This has to be done and cannot be cancelled.")

    async def _may_see(self, caller: Caller, task: Task) -> bool:
        if may_enter(caller, Area.TASKS):
            return True
        if task.by != caller.user.name:
            return False
        if caller.whole:
            return True
        project = await self._projects.with_id(task.project) if task.project else None
        return project is not None and may(caller, Action.VIEW, project)

    async def _note(self, act: Act, caller: Caller, task: Task) -> None:
        project = await self._projects.with_id(task.project) if task.project else None
        await self._audit.note(
            act, caller, project=project, task=task.id, kind=task.kind.value
        )


def tasks_wanted(
    state: str = "", kind: str = "", project: str = "", by: str = "", order: str = ""
) -> TasksWanted:
    """Return what a list of tasks is asked for in words.

    :raises Invalid: a word is not known.
    """
    field = order.removeprefix("-") or ORDERS[0]
    states = {one.value: one for one in TaskState}
    kinds = {str(one.value): one for one in Kind}
    for name, text, known in (
        ("state", state, tuple(states)),
        ("kind", kind, tuple(kinds)),
        ("order", field, ORDERS),
    ):
        if text and text not in known:
            message = f"“{name}” must be one of: {', '.join(known)}."
            raise Invalid(message, fields={name: message})
    return TasksWanted(
        state=states.get(state),
        kind=kinds.get(kind),
        project=project[:64],
        by=by[:64],
        order=field,
        newest_first=not order or order.startswith("-"),
    )
