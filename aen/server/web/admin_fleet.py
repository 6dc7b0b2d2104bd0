"""Administration: all projects, and all that runs."""

from aen.model.administration import Area, area
from aen.model.errors import AenError
from aen.model.projects import State, Visibility
from aen.server.store.project_search import ProjectsWanted
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.listing import Asked
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit

_PAGE = 50
_BUSY = 20
_NAMES = ("q", "owner", "state", "visibility", "center")
_STATES = {one.value: one for one in State}
_VISIBILITIES = {one.value: one for one in Visibility}


class AdminFleetPages:
    """``/admin/projects`` and ``/admin/apps``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._fleet = frame.rooms.admin.fleet
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/projects", "GET", right=area(Area.PROJECTS))
    async def projects(self, visit: Visit) -> Answer:
        """Show everybody's projects."""
        asked = Asked.of("/admin/projects", visit.query, _NAMES, "-updated")
        wanted = ProjectsWanted(
            q=asked["q"],
            owner=asked["owner"],
            state=_STATES.get(asked["state"]),
            visibility=_VISIBILITIES.get(asked["visibility"]),
            data_center=asked["center"],
            order=asked.order,
        )
        found = await self._fleet.projects(
            visit.person, wanted, visit.query["cursor"] or None, _PAGE
        )
        centers = await self._rooms.centers.data_centers()
        return await self._frame.page(
            visit,
            "projects",
            "admin_projects.html",
            asked=asked,
            found=found,
            centers=[str(one.name) for one in centers],
            states=tuple(State),
        )

    @view("/admin/apps", "GET", right=area(Area.APPS))
    async def apps(self, visit: Visit) -> Answer:
        """Show what runs everywhere, with what it uses."""
        return await self._apps(visit)

    @view("/admin/apps/<key>/<launch>/stop", "POST", right=area(Area.APPS))
    async def stop_app(self, visit: Visit, key: str, launch: str) -> Answer:
        """End an app of anybody."""
        try:
            await self._fleet.stop_app(visit.person, key, launch)
        except AenError as error:
            return await self._apps(visit, error)
        return Redirect("/admin/apps?done=ended")

    @view("/admin/apps/<key>/stop", "POST", right=area(Area.APPS))
    async def stop_project(self, visit: Visit, key: str) -> Answer:
        """Have a whole project stopped."""
        try:
            task = await self._fleet.stop_project(visit.person, key)
        except AenError as error:
            return await self._apps(visit, error)
        return Redirect(f"/admin/tasks/{task.id}")

    async def _apps(self, visit: Visit, problem: AenError | None = None) -> Answer:
        asked = Asked.of("/admin/apps", visit.query, ("owner",), "")
        found = await self._fleet.busy(
            visit.person, asked["owner"], visit.query["cursor"] or None, _BUSY
        )
        return await self._frame.page(
            visit, "apps", "admin_apps.html", problem, asked=asked, found=found
        )
