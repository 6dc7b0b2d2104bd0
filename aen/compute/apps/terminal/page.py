"""The page, its files, the list of terminals and the WebSocket, below one prefix."""

from pathlib import Path

from autobahn.twisted.resource import WebSocketResource
from twisted.web.http import FOUND, NOT_FOUND
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from aen.compute.apps.sites import below
from aen.compute.apps.terminal.messages import render
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.compute.apps.terminal.viewer import ViewerFactory
from aen.runtime.assets import Assets
from aen.runtime.sites import QuietSite
from aen.runtime.templates import templates_in

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"

# 'unsafe-inline' for styles alone: xterm.js writes its colours and the place of its
# characters into style elements and attributes. No style can run a script here.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    b" connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none';"
    b" form-action 'none'; frame-ancestors 'self'"
)


def _secure(request: Request) -> None:
    request.setHeader(b"Content-Security-Policy", _POLICY)
    request.setHeader(b"Referrer-Policy", b"no-referrer")
    request.setHeader(b"X-Content-Type-Options", b"nosniff")
    request.setHeader(b"Cache-Control", b"no-store")


class _Page(Resource):
    """The page itself; rendered once, it is the same for everybody."""

    isLeaf = True

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def render_GET(self, request: Request) -> bytes:
        _secure(request)
        request.setHeader(b"Content-Type", b"text/html; charset=utf-8")
        return self._content


class _List(Resource):
    """The terminals there are, as JSON."""

    isLeaf = True

    def __init__(self, terminals: AllTerminals) -> None:
        super().__init__()
        self._terminals = terminals

    def render_GET(self, request: Request) -> bytes:
        _secure(request)
        request.setHeader(b"Content-Type", b"application/json")
        return render(self._terminals.list())


class _Busy(Resource):
    """Whether a job runs in one of the terminals, as JSON."""

    isLeaf = True

    def __init__(self, terminals: AllTerminals) -> None:
        super().__init__()
        self._terminals = terminals

    def render_GET(self, request: Request) -> bytes:
        _secure(request)
        request.setHeader(b"Content-Type", b"application/json")
        return b'{"busy": true}' if self._terminals.busy() else b'{"busy": false}'


class _Files(Resource):
    """What the page loads."""

    isLeaf = True

    def __init__(self, assets: Assets) -> None:
        super().__init__()
        self._assets = assets

    def render_GET(self, request: Request) -> bytes:
        name = b"/".join(request.postpath or ()).decode("utf-8", "replace")
        asset = self._assets.find(
            name,
            request.getHeader(b"accept-encoding"),
            request.getHeader(b"if-none-match"),
        )
        if asset is None:
            _secure(request)
            request.setResponseCode(NOT_FOUND)
            request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
            return b"There is no such file.\n"
        request.setResponseCode(asset.status)
        for key, value in asset.headers:
            request.setHeader(key, value)
        return asset.body


class _Front(Resource):
    """The prefix without a slash leads to the page."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._page = f"{prefix}/".encode()

    def render_GET(self, request: Request) -> bytes:
        _secure(request)
        request.setResponseCode(FOUND)
        request.setHeader(b"Location", self._page)
        return b""


def render_page(assets: Assets, title: str) -> bytes:
    """Return the page, with *title* (“owner/project”) in it."""
    template = templates_in(HERE / "templates").get_template("terminal.html")
    return template.render(title=title, url=assets.url).encode()


def make_site(
    prefix: str, title: str, terminals: AllTerminals, viewers: ViewerFactory
) -> Site:
    """Return the whole app as a site.

    :raises Invalid: the front end was not built.
    """
    assets = Assets.load(BUILT)
    front = _Front(prefix)
    front.putChild(b"", _Page(render_page(assets, title)))
    front.putChild(b"static", _Files(assets))
    front.putChild(b"busy", _Busy(terminals))
    front.putChild(b"terminals", _List(terminals))
    front.putChild(b"socket", WebSocketResource(viewers))
    return QuietSite(below(prefix, front), timeout=60)
