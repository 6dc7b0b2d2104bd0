"""Administration: what is going on, at one look."""

from aen.model.administration import Area, area
from aen.model.tasks import TaskState
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit


class AdminOverviewPages:
    """``/admin/``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/", right=area(Area.OVERVIEW))
    async def overview(self, visit: Visit) -> Answer:
        """Show every data center, its nodes and how they are."""
        if not visit.person.is_superuser:
            return Redirect("/admin/report")
        return await self._frame.page(
            visit,
            "",
            "admin_overview.html",
            figures=await self._figures(visit),
            centers=await self._rooms.centers.data_centers(),
            health=await self._rooms.centers.health(visit.person),
            accounts=await self._rooms.door.watch.health(),
            backups=await self._rooms.admin.system.backups(visit.person),
        )

    async def _figures(self, visit: Visit) -> tuple[tuple[str, int, str], ...]:
        """Return numbers, what they are of, and where there is more of it."""
        archive = self._rooms.archive
        counts = await self._rooms.task_desk.counts(visit.person)
        waiting = counts[TaskState.QUEUED] + counts[TaskState.RUNNING]
        return (
            ("Users", await archive.user_search.total(), "/admin/users"),
            ("Projects", await archive.projects.total(), "/admin/projects"),
            ("Running", await archive.projects.running(), "/admin/apps"),
            ("Tasks under way", waiting, "/admin/tasks"),
            (
                "Tasks failed",
                counts[TaskState.FAILED],
                "/admin/tasks?state=failed",
            ),
        )
