"""Closing an account: one's own, or somebody's by an administrator."""

from aen.model.administration import Area, area
from aen.model.errors import AenError
from aen.model.projects import Project
from aen.model.rights import PERSON
from aen.server.leaving import DELETE, Then, Wishes
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Fields, Page, Redirect, Visit

_GIVE = "give:"


class AccountClosePages:
    """The pages ``/account/close`` and ``/admin/users/<user>/leave``."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._leaving = frame.rooms.leaving
        self._access = frame.rooms.access

    @view("/account/close", "GET", right=PERSON)
    async def own(self, visit: Visit) -> Answer:
        """Say what goes, and ask what becomes of each project."""
        return await self._own(visit)

    @view("/account/close", "POST", right=PERSON)
    async def close_own(self, visit: Visit) -> Answer:
        """Close one's own account."""
        caller, form = visit.person, visit.form
        try:
            owned = await self._leaving.owned(caller, caller.user.name)
            wishes = Wishes(_wished(owned, form))
            await self._leaving.close_own(caller, form["password"], wishes)
        except AenError as error:
            return await self._own(visit, error)
        cookies = self._frame.cookies
        cookies.drop(visit.request, cookies.session)
        return Redirect("/login?done=closed")

    async def _own(self, visit: Visit, problem: AenError | None = None) -> Answer:
        caller = visit.person
        values = {
            "section": "close",
            "projects": await self._leaving.owned(caller, caller.user.name),
            "form": visit.form,
        }
        return Page("account_close.html", values, problem=problem)

    @view("/admin/users/<user>/leave", "GET", right=area(Area.USERS))
    async def other(self, visit: Visit, user: str) -> Answer:
        """Ask an administrator what becomes of somebody's account and projects."""
        return await self._other(visit, user)

    @view("/admin/users/<user>/leave", "POST", right=area(Area.USERS))
    async def close_other(self, visit: Visit, user: str) -> Answer:
        """Do all of it as one act."""
        form = visit.form
        then = Then.DISABLE if form["then"] == Then.DISABLE.value else Then.REMOVE
        try:
            owned = await self._leaving.owned(visit.person, user)
            rest = form.line("all") or None
            wishes = Wishes(_wished(owned, form), rest, then)
            await self._leaving.close(visit.person, user, wishes)
        except AenError as error:
            return await self._other(visit, user, error)
        return Redirect("/admin/users?done=closed")

    async def _other(
        self, visit: Visit, name: str, problem: AenError | None = None
    ) -> Answer:
        values = {
            "user": await self._access.user(name),
            "projects": await self._leaving.owned(visit.person, name),
            "form": visit.form,
        }
        return Page("admin_leave.html", values, problem=problem)


def _wished(owned: tuple[Project, ...], form: Fields) -> dict[str, str]:
    """Return what the form says of each project; of some it may say nothing."""
    found = {}
    for project in owned:
        said = form[f"fate-{project.id}"]
        if said == "delete":
            found[str(project.path)] = DELETE
        elif said.startswith(_GIVE):
            found[str(project.path)] = said.removeprefix(_GIVE)
    return found
