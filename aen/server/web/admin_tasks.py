"""Administration: what workers do and did."""

from aen.model.administration import Area, area
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Visit

_PAGE = 50


class AdminTaskPages:
    """``/admin/tasks``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/tasks", right=area(Area.TASKS))
    async def tasks(self, visit: Visit) -> Answer:
        """Show what workers do and did."""
        query = visit.query
        found = await self._rooms.tasks.tasks(
            visit.person,
            state=query["state"],
            cursor=query["cursor"] or None,
            limit=_PAGE,
        )
        about = {str(one.arguments.get("project", "")) for one in found.items}
        return await self._frame.page(
            visit,
            "tasks",
            "admin_tasks.html",
            found=found,
            paths=await self._rooms.archive.projects.paths(about),
            state=query["state"],
        )
