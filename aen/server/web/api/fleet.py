"""For administrators: what runs everywhere, and ending it."""

from attrs import frozen

from aen.model.administration import Area, area
from aen.server.fleet import Busy
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.resources import AppUseObject, app_use_object

_RIGHT = area(Area.APPS)
_MOST = 50
"""Projects on a page at most: their nodes are asked while the caller waits."""


@frozen
class BusyProjectObject:
    """A project that runs, and the apps that run in it."""

    id: str
    owner: str
    name: str
    data_center: str
    node: str | None
    apps: tuple[AppUseObject, ...]
    problem: str | None
    """Why its apps are not known; null: they are."""


@frozen
class FleetCalls:
    """``/apps``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/apps", "What runs everywhere", BusyProjectObject,
            query=("owner",), pages=True, right=_RIGHT,
        )
    )  # fmt: skip
    async def apps(self, call: Call) -> Page[BusyProjectObject]:
        """List projects that run with their apps, as their nodes tell now."""
        query = call.query
        page = await self.rooms.admin.fleet.busy(
            call.person, query["owner"], query.cursor, min(query.limit, _MOST)
        )
        return Page(tuple(_shown(one) for one in page.items), page.next)

    @operation(
        Operation("DELETE", "/apps/{key}/{launch}", "Stop anybody's app", right=_RIGHT)
    )
    async def stop(self, call: Call, key: str, launch: str) -> None:
        """Stop one app; `key` is the id of its project."""
        await self.rooms.admin.fleet.stop_app(call.person, key, launch)


def _shown(one: Busy) -> BusyProjectObject:
    project = one.project
    return BusyProjectObject(
        id=project.id,
        owner=project.path.owner,
        name=project.path.name,
        data_center=project.data_center,
        node=project.node,
        apps=tuple(app_use_object(use) for use in one.apps),
        problem=one.problem or None,
    )
