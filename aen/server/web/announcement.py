"""The announcement by itself, for pages that are open; and its dismissal."""

from aen.model.rights import ANYONE
from aen.server.web import cookies
from aen.server.web.announcing import mark
from aen.server.web.next_url import safe_next
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Visit

_DAYS = 365.0


class AnnouncementPages:
    """``/account/announcement``: for pages that are open, and its dismissal."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    @view("/account/announcement", "GET", right=ANYONE)
    async def now(self, visit: Visit) -> Answer:
        """Show the part of a page that holds it."""
        return Page("part/announcement.html")

    @view("/account/announcement", "POST", right=ANYONE)
    async def dismiss(self, visit: Visit) -> Answer:
        """Remember in this browser that the announcement was read."""
        told = (await self._frame.rooms.site.values()).announcement
        if told is not None:
            self._frame.cookies.put(visit.request, cookies.READ, mark(told), _DAYS)
        if visit.partial:
            return Page("part/announcement.html", {"announcement": None})
        return Redirect(safe_next(visit.form["next"]))
