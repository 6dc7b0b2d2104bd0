"""Tasks: how they go, ending them, doing them anew."""

from attrs import frozen

from aen.model.permissions import Action
from aen.model.rights import SUPERUSER, own
from aen.model.users import Role
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.task_desk import tasks_wanted
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import TaskObject, task_object

ONE = "/tasks/{task}"


@frozen
class JobCalls:
    """``/tasks``."""

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
