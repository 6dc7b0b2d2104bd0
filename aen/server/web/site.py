"""Everything the server answers on its UNIX socket, as one resource."""

import secrets

from klein import Klein
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request

from aen.runtime.assets import Assets
from aen.server.rooms import Rooms
from aen.server.web.account import AccountPages
from aen.server.web.admin import AdminPages
from aen.server.web.dashboard import DashboardPages
from aen.server.web.entry import EntryPages
from aen.server.web.live import Live
from aen.server.web.plain import PlainPages
from aen.server.web.projects import ProjectPages
from aen.server.web.settings import SettingsPages
from aen.server.web.templates import BUILT, Templates
from aen.server.web.view import Frame


def pages(rooms: Rooms, assets: Assets, live: Live) -> IResource:
    """Return the pages for people."""
    templates = Templates.load(assets, rooms.settings.site_name)
    frame = Frame(rooms, templates, secrets.token_urlsafe)
    app = Klein()
    for part in (
        PlainPages(frame, assets),
        EntryPages(frame),
        AccountPages(frame),
        AdminPages(frame),
        DashboardPages(frame, live),
        ProjectPages(frame, live),
        SettingsPages(frame),
    ):
        frame.mount(app, part)
    return app.resource()


class _Root(Resource):
    """Sends what begins with a known segment there, the rest to the pages."""

    def __init__(self, rest: IResource) -> None:
        super().__init__()
        self._rest = rest

    def getChild(self, path: bytes, request: Request) -> IResource:  # noqa: N802
        request.postpath.insert(0, request.prepath.pop())
        try:
            b"/".join(request.postpath).decode()
        except UnicodeDecodeError:
            # No page has such an address, and klein would log a traceback.
            request.postpath = [b"not", b"utf", b"8", b""]
        return self._rest


def site(rooms: Rooms, assets: Assets | None = None) -> IResource:
    """Return pages, JSON API and the wire; *assets* default to the built ones."""
    live = Live(rooms.events, rooms.clock)
    return _Root(pages(rooms, assets or Assets.load(BUILT), live))
