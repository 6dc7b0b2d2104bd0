"""Administration: what is going on, at one look."""

from aen.model.administration import Area, area
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
            centers=await self._rooms.centers.data_centers(visit.person),
            health=await self._rooms.centers.health(visit.person),
            accounts=await self._rooms.door.watch.health(),
        )
