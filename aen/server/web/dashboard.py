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
        board = await self._rooms.finding.dashboard(visit.caller)
        template = "part/cards.html" if visit.partial else "dashboard.html"
        return Page(template, {"board": board})

    @view("/account/events", right=PERSON)
    async def events(self, visit: Visit) -> Answer:
        """Stream what happens to all of one's projects."""
        mine = await self._rooms.projects.mine(visit.person)
        await self._live.serve(visit.request, watching(self._rooms, visit, mine))
        return Streamed()

    @view("/search", right=ANYONE)
    async def search(self, visit: Visit) -> Answer:
        """Find projects, or people, by what is typed into the box."""
        query = visit.query
        asked = {name: query.line(name)[:200] for name in ("q", "tag", "owner")}
        cursor = query["cursor"] or None
        if query["in"] == "people":
            return await self._people(visit, asked["q"], cursor)
        found = await self._rooms.finding.search(
            visit.caller,
            asked["q"],
            cursor,
            _PAGE,
            tag=asked["tag"],
            owner=asked["owner"],
        )
        tags = await self._rooms.finding.tags()
        values = {"asked": asked, "found": found, "tags": tags}
        return Page("part/found.html" if visit.partial else "search.html", values)

    async def _people(self, visit: Visit, q: str, cursor: str | None) -> Answer:
        found = await self._rooms.accounts.users(visit.person, q, cursor, _PAGE)
        values = {"asked": {"q": q}, "people": found}
        template = "part/found_people.html" if visit.partial else "search_people.html"
        return Page(template, values)

    @view("/<user>", right=ANYONE)
    async def profile(self, visit: Visit, user: str) -> Answer:
        """Show a person and those of their projects that one may see."""
        try:
            name = parse_project_path(user, "x").owner
        except Invalid:
            raise not_found() from None
        person = await self._rooms.access.user(name)
        found = await self._rooms.projects.listing(
            visit.caller,
            owner=name,
            cursor=visit.query["cursor"] or None,
            limit=_PAGE,
        )
        return Page("profile.html", {"person": person, "found": found})
