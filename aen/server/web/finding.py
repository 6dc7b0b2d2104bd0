"""Stars and kept searches: small forms on other pages."""

from urllib.parse import urlencode

from aen.model.permissions import Action
from aen.model.rights import PERSON, in_project
from aen.server.web.projects import at
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit


class FindingPages:
    """What people do to find things again."""

    def __init__(self, frame: Frame) -> None:
        self._finding = frame.rooms.finding

    @view("/<owner>/<name>/star", "POST", right=in_project(Action.VIEW))
    async def star(self, visit: Visit, owner: str, name: str) -> Answer:
        """Give or take a star, and go back to the project."""
        path = at(owner, name)
        change = self._finding.unstar if visit.form.has("off") else self._finding.star
        project = await change(visit.person, path)
        return Redirect(f"/{project.path}")

    @view("/account/searches", "POST", right=PERSON)
    async def save(self, visit: Visit) -> Answer:
        """Keep a search."""
        q = visit.form.line("q")
        await self._finding.save(visit.person, visit.form.line("name"), q)
        query = urlencode({"q": q, "done": "kept"})
        return Redirect(f"/search?{query}")

    @view("/account/searches/<key>/remove", "POST", right=PERSON)
    async def forget(self, visit: Visit, key: str) -> Answer:
        """Remove a kept search."""
        await self._finding.forget(visit.person, key)
        return Redirect("/")
