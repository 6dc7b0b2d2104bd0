"""Administration: errors of our own."""

from aen.model.administration import Area, area
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.listing import Asked
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit

_PAGE = 50


class AdminExceptionPages:
    """``/admin/exceptions``."""

    def __init__(self, frame: Frame) -> None:
        self._exceptions = frame.rooms.admin.exceptions
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/exceptions", "GET", right=area(Area.EXCEPTIONS))
    async def exceptions(self, visit: Visit) -> Answer:
        """Show the kinds of errors, the one seen last first."""
        cursor = visit.query["cursor"] or None
        found = await self._exceptions.listing(visit.person, cursor, _PAGE)
        return await self._frame.page(
            visit,
            "exceptions",
            "admin_exceptions.html",
            asked=Asked.of("/admin/exceptions", visit.query, (), ""),
            found=found,
        )

    @view("/admin/exceptions/read", "POST", right=area(Area.EXCEPTIONS))
    async def read_all(self, visit: Visit) -> Answer:
        """Mark all as read."""
        await self._exceptions.read_all(visit.person)
        return Redirect("/admin/exceptions")

    @view("/admin/exceptions/<key>", "GET", right=area(Area.EXCEPTIONS))
    async def exception(self, visit: Visit, key: str) -> Answer:
        """Show one kind, with where in the code it comes from."""
        fault = await self._exceptions.one(visit.person, key)
        return await self._frame.page(
            visit, "exceptions", "admin_exception.html", fault=fault
        )
