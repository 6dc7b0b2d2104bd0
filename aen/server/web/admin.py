"""Administration: data centers and nodes, people, tasks."""

from aen.model.errors import AenError
from aen.model.rights import SUPERUSER
from aen.model.users import Role
from aen.server.web.view import Frame, not_found, view
from aen.server.web.visit import Answer, Page, Redirect, Visit

_PAGE = 50
_ACTS = ("disable", "enable", "reset")


class AdminPages:
    """The pages under ``/admin/``, for superusers."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._accounts = frame.rooms.accounts

    @view("/admin/", right=SUPERUSER)
    async def overview(self, visit: Visit) -> Answer:
        """Show every data center, its nodes and how they are."""
        centers = await self._rooms.centers.data_centers(visit.person)
        health = await self._rooms.centers.health(visit.person)
        values = {"section": "overview", "centers": centers, "health": health}
        return Page("admin_overview.html", values)

    @view("/admin/users", "GET", right=SUPERUSER)
    async def users(self, visit: Visit) -> Answer:
        """Show the accounts."""
        return await self._users(visit)

    @view("/admin/users", "POST", right=SUPERUSER)
    async def add_user(self, visit: Visit) -> Answer:
        """Make an account."""
        form = visit.form
        try:
            await self._accounts.add_user(
                visit.person,
                form.line("username"),
                form["password"],
                email=form.line("email"),
                display_name=form.line("display_name"),
                role=Role.SUPERUSER if form.has("superuser") else Role.USER,
            )
        except AenError as error:
            return await self._users(visit, error)
        return Redirect("/admin/users?done=added")

    @view("/admin/users/<name>/<act>", "POST", right=SUPERUSER)
    async def change_user(self, visit: Visit, name: str, act: str) -> Answer:
        """Disable or enable an account, or make a link for a new password."""
        if act not in _ACTS:
            raise not_found()
        link = ""
        try:
            if act == "reset":
                secret = await self._accounts.make_reset(visit.person, name)
                base = self._rooms.settings.public_url
                link = f"{base}/account/reset/{secret}"
            else:
                await self._accounts.update_user(
                    visit.person, name, disabled=act == "disable"
                )
        except AenError as error:
            return await self._users(visit, error)
        if link:
            return await self._users(visit, reset=(name, link))
        return Redirect("/admin/users?done=saved")

    @view("/admin/tasks", right=SUPERUSER)
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
        values = {
            "section": "tasks",
            "found": found,
            "paths": await self._rooms.archive.projects.paths(about),
            "state": query["state"],
        }
        return Page("admin_tasks.html", values)

    async def _users(
        self,
        visit: Visit,
        problem: AenError | None = None,
        reset: tuple[str, str] | None = None,
    ) -> Answer:
        asked = visit.query.line("q")[:100]
        found = await self._accounts.users(
            visit.person, q=asked, cursor=visit.query["cursor"] or None, limit=_PAGE
        )
        values = {
            "section": "users",
            "found": found,
            "asked": asked,
            "reset": reset,
            "form": visit.form,
        }
        return Page("admin_users.html", values, problem=problem)
