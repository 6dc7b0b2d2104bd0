"""What a router is asked and what it may say; the proxy does the rest."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from attrs import frozen

from aen.proxy.head import Headers, Peer, RequestHead, ResponseHead


@frozen
class Answer:
    """A response the proxy gives itself.

    ``Content-Length`` is added; for HEAD the body is left out and its length kept.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""


class Meter(Protocol):
    """Told of traffic, to find what nobody uses."""

    def touch(self) -> None:
        """Note that bytes have just passed; called for every read, so be quick."""


@frozen
class Forward:
    """Where a request goes, and what is changed on the way there and back.

    A router should return the very same object for requests that are treated alike:
    what is worked out for one is kept for those that follow. Header names in
    *drop_headers* and *drop_response_headers* are lower-case.
    """

    upstream: str
    """``unix:/path``, ``tcp:host:port`` or ``tls:host:port``."""

    target: bytes | None = None
    """The target to ask for in place of the client's."""

    cut: int = 0
    """Without *target*: how many bytes the client's loses at its beginning."""

    base: bytes = b""
    """Without *target*: what it begins with in their place. So one `Forward` can serve
    every request below a prefix, and need not be made for each."""

    set_headers: Headers = ()
    """Headers the upstream shall believe; the client's of these names are dropped."""

    drop_headers: frozenset[bytes] = frozenset()
    """Request headers that are not passed on."""

    drop_cookies: tuple[bytes, ...] = ()
    """Prefixes of cookie names that neither reach the upstream nor come from it."""

    add_response_headers: Headers = ()
    """Headers of the response; the upstream's of these names are dropped."""

    drop_response_headers: frozenset[bytes] = frozenset()
    """Response headers that are not passed on."""

    tags: tuple[str, ...] = ()
    """Names by which `ProxyFactory.close_tagged` finds this connection."""

    meter: Meter | None = None
    """Told of traffic in both directions."""

    polling: tuple[bytes, ...] = ()
    """How targets begin whose GET requests are no use of the upstream: a page that
    is merely open asks there now and then. WebSockets opened there are."""

    origins: frozenset[str] | None = None
    """Origins that may open a WebSocket; None: only the one the request is for."""

    tell_client: bool = True
    """Whether ``X-Forwarded-*`` tell the upstream of the client."""

    edit_response: Callable[[ResponseHead], ResponseHead] | None = None
    """Sees the head of the final response or ``101`` and returns it, or another one
    with the same status and the same framing."""

    def target_for(self, target: bytes) -> bytes:
        """Return what the upstream is asked for when the client asks for *target*."""
        if self.target is not None:
            return self.target
        return self.base + target[self.cut :]

    def meter_of(self, head: RequestHead) -> Meter | None:
        """Return what is told of the traffic of one request and its response."""
        if self.polling and head.method == b"GET":
            return None if head.target.startswith(self.polling) else self.meter
        return self.meter


Decision = Answer | Forward


class Router(Protocol):
    """Decides what happens to each request.

    A plain value is acted upon at once; an awaitable (a Deferred) delays the one
    request. It is not cancelled when the client leaves.
    """

    def route(self, head: RequestHead, peer: Peer) -> Decision | Awaitable[Decision]:
        """Return what to do with this request."""

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Decision | Awaitable[Decision]:
        """Return what to do when no byte of a response came from the upstream.

        *reason* is ``"connect"`` (refused or gone), ``"connect-timeout"``,
        ``"timeout"`` (no first byte), ``"closed"`` (it hung up) or ``"protocol"``
        (its answer was not HTTP). Another `Forward` is tried at most
        `Limits.attempts` times, and not once a request that cannot be repeated was
        sent.
        """
