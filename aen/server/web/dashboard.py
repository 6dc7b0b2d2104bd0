"""What one finds after signing in: one's projects; and looking for others."""

from aen.model.errors import Invalid
from aen.model.names import parse_project_path
from aen.model.rights import ANYONE, PERSON
from aen.server.web.live import Live
from aen.server.web.view import Frame, not_found, view
from aen.server.web.visit import Answer, Page, Redirect, Streamed, Visit
from aen.server.web.watching import watching

_PAGE = 24


class DashboardPages:
    """``/``, ``/search`` and ``/<user>``."""

    def __init__(self, frame: Frame, live: Live) -> None:
        self._rooms = frame.rooms
        self._live = live

    @view("/", right=ANYONE)
    async def dashboard(self, visit: Visit) -> Answer:
        """Show one's own and shared projects."""
        if visit.caller is None:
            return Redirect("/login")
        mine = await self._rooms.projects.mine(visit.caller)
        me = visit.caller.user.name
        values = {
            "own": [one for one in mine if one.path.owner == me],
            "shared": [one for one in mine if one.path.owner != me],
        }
        return Page("part/cards.html" if visit.partial else "dashboard.html", values)

    @view("/account/events", right=PERSON)
    async def events(self, visit: Visit) -> Answer:
        """Stream what happens to all of one's projects."""
        mine = await self._rooms.projects.mine(visit.person)
        await self._live.serve(visit.request, watching(self._rooms, visit, mine))
        return Streamed()

    @view("/search", right=ANYONE)
    async def search(self, visit: Visit) -> Answer:
        """Find projects by words, tag or owner."""
        query = visit.query
        asked = {name: query.line(name)[:100] for name in ("q", "tag", "owner")}
        found = await self._rooms.projects.listing(
            visit.caller, **asked, cursor=query["cursor"] or None, limit=_PAGE
        )
        return Page("search.html", {"asked": asked, "found": found})

    @view("/<user>", right=ANYONE)
    async def profile(self, visit: Visit, user: str) -> Answer:
        """Show a person and those of their projects that one may see."""
        try:
            name = parse_project_path(user, "x").owner
        except Invalid:
            raise not_found() from None
        person = await self._rooms.accounts.user(name)
        found = await self._rooms.projects.listing(
            visit.caller,
            owner=name,
            cursor=visit.query["cursor"] or None,
            limit=_PAGE,
        )
        return Page("profile.html", {"person": person, "found": found})
