"""Everything the server answers on its UNIX socket, as one resource."""

import secrets

from klein import Klein
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from aen.runtime.assets import Assets
from aen.server.rooms import Rooms
from aen.server.web.account import AccountPages
from aen.server.web.account_close import AccountClosePages
from aen.server.web.account_keys import AccountKeysPages
from aen.server.web.account_security import AccountSecurityPages
from aen.server.web.account_tokens import AccountTokensPages
from aen.server.web.activity import ActivityPages
from aen.server.web.addresses import Address
from aen.server.web.admin_exceptions import AdminExceptionPages
from aen.server.web.admin_fleet import AdminFleetPages
from aen.server.web.admin_log import AdminLogPages
from aen.server.web.admin_overview import AdminOverviewPages
from aen.server.web.admin_places import AdminPlacePages
from aen.server.web.admin_site import AdminSitePages
from aen.server.web.admin_tasks import AdminTaskPages
from aen.server.web.admin_users import AdminUserPages
from aen.server.web.announcement import AnnouncementPages
from aen.server.web.api.mount import api
from aen.server.web.copies import CopyPages
from aen.server.web.dashboard import DashboardPages
from aen.server.web.entry import EntryPages
from aen.server.web.examples import ExamplePages
from aen.server.web.finding import FindingPages
from aen.server.web.live import Live
from aen.server.web.ownership import OwnershipPages
from aen.server.web.plain import PlainPages
from aen.server.web.projects import ProjectPages
from aen.server.web.resources import ResourcesPages
from aen.server.web.settings import SettingsPages
from aen.server.web.templates import BUILT, Templates
from aen.server.web.view import Frame


def pages(
    rooms: Rooms, assets: Assets, live: Live, table: list[Address] | None = None
) -> Klein:
    """Return the pages for people; what they are is added to *table*."""
    templates = Templates(assets, rooms.settings.picture_service)
    table = [] if table is None else table
    frame = Frame(rooms, templates, secrets.token_urlsafe, table)
    app = Klein()
    frame.mount(
        app,
        PlainPages(frame, assets),
        EntryPages(frame),
        AccountPages(frame),
        AccountClosePages(frame),
        AccountKeysPages(frame),
        AccountSecurityPages(frame),
        AccountTokensPages(frame),
        AdminOverviewPages(frame),
        AdminUserPages(frame),
        AdminTaskPages(frame),
        AdminPlacePages(frame),
        AdminLogPages(frame),
        AdminExceptionPages(frame),
        AdminFleetPages(frame),
        AdminSitePages(frame),
        AnnouncementPages(frame),
        DashboardPages(frame, live),
        FindingPages(frame),
        ProjectPages(frame, live),
        ActivityPages(frame),
        SettingsPages(frame),
        OwnershipPages(frame),
        CopyPages(frame),
        ResourcesPages(frame),
        *((ExamplePages(frame, assets),) if rooms.settings.examples else ()),
    )
    return app


class Root(Resource):
    """Sends each request to the part that its first segments name."""

    def __init__(self, rest: Klein, api: Klein, addresses: list[Address]) -> None:
        super().__init__()
        self.parts = (rest, api)
        self.addresses = tuple(addresses)
        """Everything that can be reached, and who may."""
        self._rest: IResource = rest.resource()
        self._api: IResource = api.resource()

    @override
    def getChild(self, path: bytes, request: Request) -> IResource:
        whole = [path, *(request.postpath or [])]
        known, rest = whole[:2], whole[2:]
        if not _utf8(whole):
            # Nothing has such an address, and klein would log a traceback.
            whole = rest = [b"not", b"utf", b"8", b""]
        if known == [b"api", b"v1"]:
            request.prepath, request.postpath = known, rest
            return self._api
        request.prepath, request.postpath = [], whole
        return self._rest


def site(rooms: Rooms, assets: Assets | None = None) -> Root:
    """Return pages and JSON API; *assets* default to the built ones.

    Give it to `bounded_site`, behind `Doorway`, which takes what gateways ask.

    :raises Invalid: the front end was not built.
    """
    live = Live(rooms.events, rooms.clock)
    table: list[Address] = []
    people = pages(rooms, assets or Assets.load(BUILT), live, table)
    return Root(people, api(rooms, live, table), table)


def _utf8(segments: list[bytes]) -> bool:
    try:
        b"/".join(segments).decode()
    except UnicodeDecodeError:
        return False
    return True
