"""The REST API: ``/api/routes``, with a token."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from twisted.logger import Logger
from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from typing_extensions import override

from aen.proxy.standalone.metrics import Metrics
from aen.proxy.standalone.routes import Route, Routes, normal
from aen.runtime.sites import QuietSite

MOST_BODY: Final = 1 << 20
"""Longest body of a request, in bytes."""
_ROOT: Final = "/api/routes"
_SECONDS: Final = 60
_OK: Final = 200

Reply = tuple[int, str]


class BoundedRequest(Request):
    """A request whose body is never kept beyond `MOST_BODY`."""

    @override
    def handleContentChunk(self, data: bytes) -> None:
        """Keep a piece of the body, or end the connection."""
        assert self.content is not None
        if self.content.tell() + len(data) > MOST_BODY:
            channel: Any = self.channel
            channel.forceAbortClient()
            return
        super().handleContentChunk(data)


def site(resource: Resource) -> Site:
    """Return a server of *resource* that gives slow clients up."""
    return QuietSite(resource, requestFactory=BoundedRequest, timeout=_SECONDS)


class Api(Resource):
    """Reads and changes *routes* for those who know *token*; None lets anybody."""

    isLeaf = True

    def __init__(
        self,
        routes: Routes,
        token: str | None,
        metrics: Metrics,
        now: Callable[[], float],
    ) -> None:
        super().__init__()
        self._routes = routes
        self._expected = None if token is None else f"token {token}".encode()
        self._metrics = metrics
        self._now = now
        self._log = Logger()

    @override
    def render(self, request: Request) -> bytes:
        """Answer, and say so in the log."""
        status, text = self._answer(request)
        request.setResponseCode(status)
        # What is refused is repeated in the reason: no browser shall read it as HTML.
        kind = "application/json" if status == _OK else "text/plain; charset=utf-8"
        request.setHeader("content-type", kind)
        self._metrics.api[status] += 1
        self._log.info(
            "{status} {method} {path}",
            status=status,
            method=request.method.decode("ascii", "replace"),
            path=ascii(request.path)[2:-1],
        )
        return text.encode()

    def _answer(self, request: Request) -> Reply:
        if not self._allowed(request):
            return 403, ""
        try:
            path = unquote_to_bytes(request.path).decode("utf-8")
        except ValueError:
            return 400, "The path is not UTF-8"
        if path != _ROOT and not path.startswith(_ROOT + "/"):
            return 404, "Not Found"
        prefix = normal(path.removeprefix(_ROOT))
        method = {b"GET": self._get, b"POST": self._post, b"DELETE": self._delete}.get(
            request.method
        )
        return method(request, prefix) if method else (405, "Method not supported")

    def _allowed(self, request: Request) -> bool:
        if self._expected is None:
            return True
        said = request.getHeader(b"authorization") or b""
        return hmac.compare_digest(said, self._expected)

    def _get(self, request: Request, prefix: str) -> Reply:
        self._metrics.counts["api_route_get"] += 1
        if prefix != "/":
            route = self._routes.get(prefix)
            return (404, "") if route is None else (_OK, _json(described(route)))
        asked = request.args or {}
        since = asked.get(b"inactive_since") or asked.get(b"inactiveSince") or [b""]
        try:
            before = _moment(since[0].decode("utf-8"))
        except ValueError:
            return 400, "Invalid datestamp: inactive_since must be ISO8601."
        found = {
            route.prefix: described(route)
            for route in self._routes
            if before is None or route.last_activity < before
        }
        return _OK, _json(found)

    def _post(self, request: Request, prefix: str) -> Reply:
        assert request.content is not None
        try:
            data = json.loads(request.content.read())
        except (ValueError, RecursionError):
            return 400, "Body not valid JSON"
        if not isinstance(data, dict):
            return 400, "Must specify 'target' as string"
        try:
            route = self._routes.add(prefix, data, self._now())
        except ValueError as error:
            return 400, str(error)
        self._metrics.counts["api_route_add"] += 1
        self._log.info(
            "Route added {prefix} -> {target}",
            prefix=ascii(prefix)[1:-1],
            target=ascii(route.data["target"])[1:-1],
        )
        return 201, ""

    def _delete(self, request: Request, prefix: str) -> Reply:
        if not self._routes.remove(prefix):
            return 404, ""
        self._metrics.counts["api_route_delete"] += 1
        self._log.info("Route removed {prefix}", prefix=ascii(prefix)[1:-1])
        return 204, ""


def described(route: Route) -> dict[str, object]:
    """Return what the API tells of a route."""
    stamp = datetime.fromtimestamp(route.last_activity, UTC)
    text = stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**route.data, "last_activity": text}


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _moment(text: str) -> float | None:
    """Return a time in ISO 8601 in seconds; one without a zone is UTC.

    :raises ValueError: it is none.
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
