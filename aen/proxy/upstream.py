"""A connection to an upstream, and the idle ones that can serve again."""

import ipaddress
import math
import socket
from collections.abc import Callable
from typing import Any, cast
from typing import Protocol as Interface

from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.ssl import optionsForClientTLS, platformTrust
from twisted.logger import Logger
from twisted.python.failure import Failure

from aen.proxy.flow import Flow
from aen.proxy.limits import Limits
from aen.proxy.readers import Readers
from aen.proxy.response import Beginning
from aen.proxy.timing import Sweep
from aen.runtime.connecting import SocketEndpoint

_VERIFIERS = 1024

ClientTLS = Callable[[str], Any]
"""Returns for an upstream's host name how to speak TLS to it: what Twisted calls a
creator of client connections."""


class User(Interface):
    """Whoever an upstream connection serves at the moment."""

    def upstream_data(self, data: bytes) -> None:
        """Bytes have come."""

    def upstream_lost(self, *, clean: bool) -> None:
        """The connection is gone; *clean* says that the other side closed it."""


class UpstreamConnection(Protocol):
    """One connection to *upstream*, serving one `User` or idle in the pool."""

    flow: Flow

    def __init__(self, upstream: str, pool: "Pool") -> None:
        self.upstream = upstream
        self.user: User | None = None
        self.latest: Beginning | None = None
        """How its latest response began."""
        self.deadline = math.inf
        self.idle_since = math.inf
        self._pool = pool
        self._retired = False

    def connectionMade(self) -> None:
        """Be ready to serve."""
        assert self.transport is not None
        pool = self._pool
        keep_alive(self.transport, pool.limits.dead_seconds, reads=False)
        limits = pool.limits
        self.flow = Flow(
            self.transport,
            limits.buffer_bytes,
            pool.readers,
            self.dataReceived,
            limits.read_bytes,
        )
        self._pool.opened(self)

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes to the user; without one they answer nothing we asked."""
        if self.user is not None:
            self.user.upstream_data(data)
        else:
            self.flow.abort()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the user, or leave the pool."""
        self.flow.ended()
        self._pool.lost(self)
        user, self.user = self.user, None
        if user is not None:
            user.upstream_lost(clean=bool(reason.check(ConnectionDone)))

    def drop(self) -> None:
        """End the connection now; its user hears no more of it."""
        self.user = None
        self.flow.abort()

    def retire(self) -> None:
        """Close when everything is written; its user hears no more of it."""
        self.user = None
        self._retired = True
        self.deadline = self._pool.now + self._pool.limits.close_seconds
        self._pool.leave(self)
        self.flow.close()

    def expired(self) -> None:
        """Leave: it has been idle, or closing, for too long."""
        if self._retired:
            self.deadline = math.inf
            self.flow.abort()
        else:
            self.retire()


def keep_alive(transport: Any, seconds: float, *, reads: bool) -> None:
    """Send small writes at once and find dead peers, where the transport can.

    A peer that answers no probe for *seconds* is gone: left alone, Linux would wait
    two hours. One of which it is known that it *reads* is also gone when it takes no
    data for as long, which would be a quarter of an hour; an application may be busy.
    """
    over_tcp = hasattr(transport.getPeer(), "port")
    if not (over_tcp and hasattr(transport, "setTcpNoDelay")):
        return
    transport.setTcpNoDelay(True)
    transport.setTcpKeepAlive(True)
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        return  # Not Linux: its own patience has to do.
    for option, value in (
        (socket.TCP_KEEPIDLE, max(1, seconds / 2)),
        (socket.TCP_KEEPINTVL, max(1, seconds / 6)),
        (socket.TCP_KEEPCNT, 3),
        (socket.TCP_USER_TIMEOUT, seconds * 1000 if reads else 0),
    ):
        transport.socket.setsockopt(socket.IPPROTO_TCP, option, int(value))


class Pool:
    """Opens connections to upstreams and keeps idle ones for the next request."""

    def __init__(
        self,
        reactor: Any,
        limits: Limits,
        sweep: Sweep,
        readers: Readers | None = None,
        authorities: Any = None,
        client_tls: ClientTLS | None = None,
    ) -> None:
        self._client_tls = client_tls
        self.limits = limits
        self.readers = readers
        self._authorities = authorities
        self._verifying: dict[str, Any] = {}
        """What verifies each ``tls:`` host; made once, it reads many files."""
        self._reactor = reactor
        self._sweep = sweep
        self._idle: dict[str, list[UpstreamConnection]] = {}
        self._closed = False
        self._log = Logger()

    def take(self, upstream: str, idle_seconds: float) -> UpstreamConnection | None:
        """Return the connection idle for the shortest time, at most *idle_seconds*."""
        waiting = self._idle.get(upstream)
        if not waiting or self._sweep.now - waiting[-1].idle_since > idle_seconds:
            return None
        connection = waiting.pop()
        connection.deadline = math.inf
        return connection

    def give(self, connection: UpstreamConnection) -> None:
        """Keep *connection*, which has finished a response, or close it."""
        connection.user = None
        if connection.flow.feeder is not None:
            connection.flow.feed_from(None)
        waiting = self._idle.get(connection.upstream)
        if waiting is None:
            waiting = self._idle[connection.upstream] = []
        if self._closed or len(waiting) >= self.limits.pool_idle:
            connection.retire()
            return
        connection.idle_since = self._sweep.now
        connection.deadline = self._sweep.now + self.limits.pool_idle_seconds
        waiting.append(connection)

    def connect(self, upstream: str) -> Deferred[UpstreamConnection]:
        """Return a new connection to *upstream*; a malformed one fails at once."""
        try:
            endpoint = self._endpoint(upstream)
        except ValueError as error:
            self._log.error("no such upstream: {error}", error=error)
            return fail(error)
        factory = Factory.forProtocol(lambda: UpstreamConnection(upstream, self))
        factory.noisy = False
        # Twisted promises only an IProtocol; it is the factory's.
        return cast("Deferred[UpstreamConnection]", endpoint.connect(factory))

    def _endpoint(self, upstream: str) -> IStreamClientEndpoint:
        kind, _, where = upstream.partition(":")
        seconds = self.limits.connect_seconds
        if kind not in ("unix", "tcp", "tls") or not where:
            raise ValueError(f"{upstream!r} is no unix:, tcp: or tls: address")
        if kind == "unix":
            return SocketEndpoint(self._reactor, where, seconds)
        host, _, digits = where.rpartition(":")
        host, port = host.strip("[]"), int(digits)
        plain = _tcp_endpoint(self._reactor, host, port, seconds)
        if kind == "tcp":
            return plain
        secure: IStreamClientEndpoint = wrapClientTLS(self._verifier(host), plain)
        return secure

    def _verifier(self, host: str) -> Any:
        """Return what lets in only a certificate for *host* that we may trust."""
        if host not in self._verifying:
            if len(self._verifying) >= _VERIFIERS:
                self._verifying.clear()
            self._verifying[host] = self._make_verifier(host)
        return self._verifying[host]

    def _make_verifier(self, host: str) -> Any:
        if self._client_tls is not None:
            return self._client_tls(host)
        trusted = self._authorities or platformTrust()
        return optionsForClientTLS(host, trustRoot=trusted)

    def opened(self, connection: UpstreamConnection) -> None:
        """Keep an eye on a new connection's deadline."""
        self._sweep.watch(connection)

    def lost(self, connection: UpstreamConnection) -> None:
        """Forget a connection."""
        self._sweep.forget(connection)
        self.leave(connection)

    def leave(self, connection: UpstreamConnection) -> None:
        """Do not hand this connection out any more."""
        waiting = self._idle.get(connection.upstream)
        if waiting is not None:
            if connection in waiting:
                waiting.remove(connection)
            if not waiting:
                del self._idle[connection.upstream]

    @property
    def now(self) -> float:
        """The time of the latest tick, in seconds."""
        return self._sweep.now

    def open(self) -> None:
        """Keep idle connections again."""
        self._closed = False

    def close(self) -> None:
        """Close the idle connections, and each other one after its response."""
        self._closed = True
        for waiting in tuple(self._idle.values()):
            for connection in tuple(waiting):
                connection.retire()


def _tcp_endpoint(
    reactor: Any, host: str, port: int, seconds: float
) -> IStreamClientEndpoint:
    """Return the endpoint; an address needs no resolver, which would use a thread."""
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return HostnameEndpoint(reactor, host, port, seconds)
    kind = TCP4ClientEndpoint if version == 4 else TCP6ClientEndpoint  # noqa: PLR2004
    return kind(reactor, host, port, seconds)
