"""Tasks and the schedule: how they go, ending them, doing them anew or now."""

from attrs import frozen

from aen.model.permissions import Action
from aen.model.rights import SUPERUSER, own
from aen.model.users import Role
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.store.schedule import ChoreState
from aen.server.task_desk import tasks_wanted
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import (
    TaskObject,
    stamp,
    stamp_or_none,
    task_object,
)

ONE = "/tasks/{task}"


@frozen
class ChoreObject:
    """Something done by the clock."""

    name: str
    title: str
    when: str
    next: str
    running: bool
    began: str | None
    ended: str | None
    good: bool
    """Whether it succeeded the last time."""
    outcome: str
    """What it did, or what went wrong."""
    failures: int
    """How often it has failed since it last succeeded."""


def chore_object(chore: ChoreState) -> ChoreObject:
    """Return what the API shows of something done by the clock."""
    return ChoreObject(
        name=chore.name,
        title=chore.title,
        when=chore.when,
        next=stamp(chore.due),
        running=chore.running,
        began=stamp_or_none(chore.began),
        ended=stamp_or_none(chore.ended),
        good=chore.good,
        outcome=chore.outcome,
        failures=chore.failures,
    )


@frozen
class JobCalls:
    """``/tasks`` and ``/schedule``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/tasks", "Tasks", TaskObject,
            query=("state", "kind", "project", "by", "order"), pages=True,
            right=SUPERUSER,
        )
    )  # fmt: skip
    async def tasks(self, call: Call) -> Page[TaskObject]:
        """List tasks, for administrators; ``order`` is as ``-created``, ``updated``."""
        query = call.query
        wanted = tasks_wanted(
            query["state"], query["kind"], query["project"], query["by"], query["order"]
        )
        page = await self.rooms.task_desk.listing(
            call.person, wanted, query.cursor, query.limit
        )
        return Page(tuple(task_object(one) for one in page.items), page.next)

    @operation(
        Operation(
            "GET", ONE, "One task", TaskObject, right=own(Role.SUPERUSER, Action.VIEW)
        )
    )
    async def task(self, call: Call, task: str) -> TaskObject:
        """Show a task; to the one who asked for it, and to administrators."""
        return task_object(await self.rooms.task_desk.task(call.person, task))

    @operation(
        Operation(
            "DELETE",
            ONE,
            "Cancel a task",
            TaskObject,
            status=202,
            right=own(Role.SUPERUSER, Action.RUN),
        )
    )
    async def cancel(self, call: Call, task: str) -> TaskObject:
        """Have a task ended: at once, or at its next step."""
        return task_object(await self.rooms.task_desk.cancel(call.person, task))

    @operation(
        Operation(
            "POST",
            f"{ONE}/retry",
            "Do a task anew",
            TaskObject,
            status=202,
            right=SUPERUSER,
        )
    )
    async def retry(self, call: Call, task: str) -> TaskObject:
        """Have a task that failed or was cancelled done anew."""
        return task_object(await self.rooms.task_desk.retry(call.person, task))

    @operation(
        Operation(
            "GET", "/schedule", "Work by the clock", ChoreObject, pages=True,
            right=SUPERUSER,
        )
    )  # fmt: skip
    async def schedule(self, call: Call) -> Page[ChoreObject]:
        """List what is done by the clock, when, and how it went; for administrators."""
        found = await self.rooms.schedule.chores(call.person)
        return Page(tuple(chore_object(one) for one in found))

    @operation(Operation("POST", "/schedule/{name}/run", "Do it now", right=SUPERUSER))
    async def run(self, call: Call, name: str) -> None:
        """Have it done now, by one of the workers."""
        await self.rooms.schedule.run(call.person, name)
