"""Which target a request goes to: the routes, as the proxy's router."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final

from twisted.logger import Logger

from aen.proxy import answers
from aen.proxy.head import Peer, RequestHead, ResponseHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.proxy.standalone.changes import Leading, leading, new_headers, new_target
from aen.proxy.standalone.hosts import host_name
from aen.proxy.standalone.metrics import Metrics
from aen.proxy.standalone.options import Options
from aen.proxy.standalone.pages import Pages
from aen.proxy.standalone.routes import Route, Routes, decoded

_NO_ROUTE: Final = 404
_NOBODY_THERE: Final = 503
_SUCCEEDED: Final = 300


class Visit:
    """One request to a route: tells it of what succeeds, and counts."""

    __slots__ = ("_leading", "_metrics", "_now", "_route", "_succeeded")

    def __init__(
        self,
        route: Route,
        metrics: Metrics,
        now: Callable[[], float],
        lead: Leading | None,
    ) -> None:
        self._route = route
        self._metrics = metrics
        self._now = now
        self._leading = lead
        self._succeeded = False

    def touch(self) -> None:
        """Note traffic: of a response that failed it is no activity."""
        if self._succeeded:
            self._route.last_activity = self._now()

    def answered(self, head: ResponseHead) -> ResponseHead:
        """Note how the target answers; return what the client gets of it."""
        self._metrics.proxied[head.status] += 1
        self._succeeded = head.status < _SUCCEEDED
        self.touch()
        return head if self._leading is None else self._leading.edit(head)


class RoutesRouter:
    """Sends requests where *routes* say; *pages* answer the others."""

    def __init__(
        self,
        options: Options,
        routes: Routes,
        pages: Pages,
        metrics: Metrics,
        now: Callable[[], float],
    ) -> None:
        self._options = options
        self._routes = routes
        self._pages = pages
        self._metrics = metrics
        self._now = now
        self._log = Logger()

    def route(self, head: RequestHead, peer: Peer) -> Decision | Awaitable[Decision]:
        """Return where the request goes."""
        switch = head.asks_websocket
        self._metrics.counts["requests_ws" if switch else "requests_web"] += 1
        begun = perf_counter()
        try:
            route = self._find(head)
        except ValueError:
            self._metrics.proxied[400] += 1
            return answers.error(400, head)
        self._metrics.searches += 1
        self._metrics.search_seconds += perf_counter() - begun
        if route is None:
            return self._failure(head, _NO_ROUTE)
        return self._forward(route, head, peer)

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Decision | Awaitable[Decision]:
        """Return the page for a target that is not there."""
        self._log.error(
            "{status} {method} {path} {upstream}: {reason}",
            status=_NOBODY_THERE,
            method=head.method.decode("ascii"),
            path=head.path.decode("ascii"),
            upstream=forward.upstream,
            reason=reason,
        )
        return self._failure(head, _NOBODY_THERE)

    def _find(self, head: RequestHead) -> Route | None:
        path = decoded(head.path)
        if not self._options.host_routing:
            return self._routes.find(path)
        host = host_name(head).decode("ascii")
        found = self._routes.find(f"/{host}{path}")
        if found is None or found.prefix == "/":
            # A host has no letter case, whoever writes it.
            found = self._routes.find(f"/{host.lower()}{path}")
        return found

    def _forward(self, route: Route, head: RequestHead, peer: Peer) -> Forward:
        options = self._options
        lead = leading(options, route, head)
        visit = Visit(route, self._metrics, self._now, lead)
        origin = head.header(b"origin")
        return Forward(
            route.target.upstream,
            target=new_target(options, route, head),
            set_headers=new_headers(options, route, head, peer),
            tell_client=options.x_forward,
            meter=visit,
            edit_response=visit.answered,
            # Which pages may open a WebSocket is the target's to say: it alone knows
            # under which names and behind which proxies it is served.
            origins=None if origin is None else frozenset({_lower(origin)}),
        )

    def _failure(self, head: RequestHead, status: int) -> Answer | Awaitable[Answer]:
        self._metrics.proxied[status] += 1
        if head.asks_websocket:
            return Answer(status)
        return self._pages.answer(head, status)


def _lower(origin: bytes) -> str:
    return origin.decode("latin-1").lower()
