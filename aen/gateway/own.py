"""The gateway's own addresses, below ``/_aen/``.

Served on a UNIX socket behind the proxy, like any app: what is slow or long here
does not stand in the way of the bytes.
"""

import json
from typing import Any

from attrs import define
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.web.server import Request, Site

from aen.gateway.health import Health
from aen.gateway.nodes import Nodes, node_place
from aen.gateway.notices import Notices
from aen.gateway.opening import Opened
from aen.gateway.pages import Pages
from aen.gateway.paths import parse_address
from aen.gateway.router import GatewayRouter
from aen.gateway.signin import CALLBACK
from aen.model.errors import OUR_FAULT, AenError, Failed, NotFound, Unauthenticated
from aen.model.projects import Progress
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer
from aen.runtime.sites import QuietSite
from aen.runtime.structure import unstructure
from aen.runtime.tasks import spawn
from aen.wire.call import Door, answer_error
from aen.wire.client import WireClient
from aen.wire.relaying import relay
from aen.wire.routes import NODE_ROUTES, RELAY

_WAIT = "/_aen/wait"
_KEEP_ALIVE = 15.0


@define
class OwnPages:
    """The klein application of ``/_aen/…``."""

    door: Door
    _client: WireClient
    _nodes: Nodes
    _health: Health
    _notices: Notices
    _pages: Pages
    _router: GatewayRouter
    app = Klein()

    def site(self) -> Site:
        """Return the application as a site to listen with."""
        return QuietSite(self.app.resource())

    @app.route("/_aen/status", methods=["GET"])
    def status(self, request: Request) -> bytes:
        """Say whether the gateway and its nodes are well."""
        status, content = self._health.report()
        request.setResponseCode(status)
        request.setHeader(b"content-type", b"application/json; charset=utf-8")
        request.setHeader(b"cache-control", b"no-store")
        return json.dumps(content, ensure_ascii=False).encode()

    @app.route("/_aen/notices", methods=["GET"])
    def notices(self, request: Request) -> bytes:
        """Tell apps what everybody is to read, as the server's pages show it to all."""
        request.setHeader(b"content-type", b"application/json; charset=utf-8")
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"x-content-type-options", b"nosniff")
        items = [
            {"text": one.text, "level": one.level.value}
            for one in self._notices.shown()
        ]
        return json.dumps({"items": items}, ensure_ascii=False).encode()

    @app.route(CALLBACK, methods=["GET"])
    async def callback(self, request: Request) -> bytes:
        """Take a browser that comes back from signing in."""
        head = request_head(request)
        name = self._router.sign_in.names.signin.encode()
        cookie = head.cookies().get(name, b"")
        try:
            going = await self._router.sign_in.finish(
                cookie.decode("latin-1"),
                _argument(request, b"state"),
                _argument(request, b"code"),
                _argument(request, b"error"),
                self._router.clock.seconds(),
            )
        except AenError as error:
            return _write(request, self._pages.problem(head, error))
        for value in going.cookies:
            request.responseHeaders.addRawHeader(b"set-cookie", value)
        request.setResponseCode(303)
        request.setHeader(b"location", going.location.encode())
        request.setHeader(b"cache-control", b"no-store")
        return b""

    @app.route(f"{_WAIT}/<owner>/<project>/<app_name>", methods=["GET"])
    async def wait(
        self, request: Request, owner: str, project: str, app_name: str
    ) -> bytes:
        """Send the progress of an opening as server-sent events, then its end."""
        head = request_head(request)
        address = parse_address(f"/{owner}/{project}/{app_name}/".encode())
        credential = self._router.credential(head)
        try:
            if address is None:
                raise NotFound("There is no such app.")
            if credential is None:
                raise Unauthenticated("Please sign in.")
            grant = await self._router.grants.find(credential, address.path)
            if not grant.user:
                raise Unauthenticated("Please sign in.")
        except AenError as error:
            return answer_error(request, error)
        stream = EventStream(request, self._router.clock)
        opening = self._router.openings.open(grant, credential, address.app)
        opening.addCallbacks(stream.opened, stream.failed)  # type: ignore[unused-awaitable]
        unwatch = self._router.openings.watch(grant, address.app, stream.progress)
        try:
            await stream.ended
        finally:
            unwatch()
            stream.close()
        return b""

    @app.route(f"{RELAY}<node_name>/<path:rest>", methods=["POST"])
    async def relay(self, request: Request, node_name: str, rest: str) -> bytes:
        """Ask a node what the server asks of it."""
        try:
            body = self.door.read(request)
            await self.door.admit(request, body)
            route = next((one for one in NODE_ROUTES if one.path == f"/{rest}"), None)
            if route is None:
                raise NotFound("A node is not asked such a thing.")
            place = node_place(self._nodes.at(node_name))
            response = await self._client.send(place, route, body)
        except AenError as error:
            return answer_error(request, error)
        await relay(request, response)
        return b""


class EventStream:
    """Server-sent events to one browser, until the opening ends or it leaves."""

    def __init__(self, request: Request, clock: IReactorTime) -> None:
        self.ended: Deferred[None] = Deferred()
        self._request = request
        self._open = True
        request.setHeader(b"content-type", b"text/event-stream; charset=utf-8")
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"x-content-type-options", b"nosniff")
        self._beat = LoopingCall(self._keep_alive)
        self._beat.clock = clock
        spawn(Logger(), "keep-alive", self._beat.start(_KEEP_ALIVE))

    def _keep_alive(self) -> None:
        if self._open:
            self._request.write(b": still here\n\n")

    def _send(self, event: str, content: Any) -> None:
        if self._open:
            text = json.dumps(content, ensure_ascii=False)
            self._request.write(f"event: {event}\ndata: {text}\n\n".encode())

    def progress(self, progress: Progress) -> None:
        """Tell how far the opening is."""
        self._send("progress", unstructure(progress))

    def opened(self, _: Opened) -> None:
        """Tell that the app is there."""
        self._send("ready", {})
        self._end()

    def failed(self, failure: Any) -> None:
        """Tell why the app is not there."""
        error = failure.value
        if not isinstance(error, AenError):
            error = AenError(OUR_FAULT)
        log = list(error.log) if isinstance(error, Failed) else []
        self._send("problem", {"message": error.message, "log": log})
        self._end()

    def _end(self) -> None:
        if not self.ended.called:
            self.ended.callback(None)

    def close(self) -> None:
        """Write nothing more."""
        self._open = False
        if self._beat.running:
            self._beat.stop()


def request_head(request: Request) -> RequestHead:
    """Return a klein request's head in the proxy's terms."""
    headers = tuple(
        (name, value)
        for name, values in request.requestHeaders.getAllRawHeaders()
        for value in values
    )
    return RequestHead(request.method, request.uri, "1.1", headers)


def _argument(request: Request, name: bytes) -> str:
    values: list[bytes] = request.args.get(name, [b""])
    return values[0].decode("utf-8", "replace")[:2000]


def _write(request: Request, answer: Answer) -> bytes:
    request.setResponseCode(answer.status)
    for name, value in answer.headers:
        request.responseHeaders.addRawHeader(name, value)
    return answer.body
