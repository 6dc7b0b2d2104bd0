"""Administration: what workers do and did, and what is done by the clock."""

from aen.model.administration import Area, area
from aen.model.errors import AenError
from aen.model.tasks import Kind, Task, TaskState
from aen.server.task_desk import tasks_wanted
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.listing import Asked
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit

_PAGE = 50
_ONE = "/admin/tasks/<task>"
_CLOCK = "/admin/schedule"


class AdminTaskPages:
    """``/admin/tasks`` and ``/admin/schedule``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._desk = frame.rooms.task_desk
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/tasks", "GET", right=area(Area.TASKS))
    async def tasks(self, visit: Visit) -> Answer:
        """Show what workers do and did."""
        names = ("state", "kind", "by")
        asked = Asked.of("/admin/tasks", visit.query, names, "-created")
        wanted = tasks_wanted(
            asked["state"], asked["kind"], by=asked["by"], order=asked.order
        )
        found = await self._desk.listing(
            visit.person, wanted, visit.query["cursor"] or None, _PAGE
        )
        return await self._frame.page(
            visit,
            "tasks",
            "admin_tasks.html",
            asked=asked,
            found=found,
            paths=await self._paths(found.items),
            counts=await self._desk.counts(visit.person),
            states=tuple(TaskState),
            kinds=tuple(Kind),
        )

    @view(_ONE, "GET", right=area(Area.TASKS))
    async def task(self, visit: Visit, task: str) -> Answer:
        """Show one task with all that is known of it."""
        return await self._one(visit, task)

    @view(_ONE + "/cancel", "POST", right=area(Area.TASKS))
    async def cancel(self, visit: Visit, task: str) -> Answer:
        """Have a task ended."""
        try:
            await self._desk.cancel(visit.person, task)
        except AenError as error:
            return await self._one(visit, task, error)
        return Redirect(f"/admin/tasks/{task}?done=cancelled")

    @view(_ONE + "/retry", "POST", right=area(Area.TASKS))
    async def retry(self, visit: Visit, task: str) -> Answer:
        """Have a task done anew."""
        try:
            made = await self._desk.retry(visit.person, task)
        except AenError as error:
            return await self._one(visit, task, error)
        return Redirect(f"/admin/tasks/{made.id}?done=again")

    async def _one(
        self, visit: Visit, key: str, problem: AenError | None = None
    ) -> Answer:
        task = await self._desk.task(visit.person, key)
        return await self._frame.page(
            visit,
            "tasks",
            "admin_task.html",
            problem,
            task=task,
            paths=await self._paths((task,)),
            may_cancel=self._desk.may_cancel(visit.person, task),
        )

    async def _paths(self, tasks: tuple[Task, ...]) -> object:
        about = {str(one.arguments.get("project", "")) for one in tasks}
        return await self._rooms.archive.projects.paths(about)

    # ---- by the clock

    @view(_CLOCK, "GET", right=area(Area.TASKS))
    async def schedule(self, visit: Visit) -> Answer:
        """Show what is done by the clock, when, and how it went."""
        return await self._frame.page(
            visit,
            "schedule",
            "admin_schedule.html",
            chores=await self._rooms.schedule.chores(visit.person),
        )

    @view(_CLOCK + "/<key>/run", "POST", right=area(Area.TASKS))
    async def run(self, visit: Visit, key: str) -> Answer:
        """Have something done now."""
        await self._rooms.schedule.run(visit.person, key)
        return Redirect(f"{_CLOCK}?done=due")
