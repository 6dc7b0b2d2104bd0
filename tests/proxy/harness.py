"""A proxy without a socket: its clients and upstreams are the tests."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from attrs import define, field
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.testing import (
    MemoryReactorClock,
    StringTransportWithDisconnection,
)
from twisted.python.failure import Failure

from aen.proxy import answers
from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Decision, Forward
from aen.proxy.trust import Trust
from aen.proxy.websocket import accept_key

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
    b"Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: " + KEY + b"\r\n%s\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: " + accept_key(KEY) + b"\r\n%s\r\n"
)
GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
"""A request for a number."""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n%s"
"""A response with two bytes, which are to be filled in."""
NOBODY: Any = None
TO_ONE = Forward("tcp:127.0.0.1:1001")


def frame(opcode: int, payload: bytes, *, masked: bool) -> bytes:
    """Return one final frame."""
    size = len(payload)
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes((0x80 | opcode, bit | size))
    elif size < 65536:
        head = bytes((0x80 | opcode, bit | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, bit | 127)) + size.to_bytes(8, "big")
    return head + (b"\1\2\3\4" if masked else b"") + payload


@define
class Script:
    """A router that says what the test told it, and remembers what it was asked."""

    decide: Callable[[RequestHead], Decision | Awaitable[Decision]]
    instead: Callable[[RequestHead], Decision | Awaitable[Decision]] | None = None
    asked: list[RequestHead] = field(factory=list)
    failed: list[str] = field(factory=list)

    def route(self, head: RequestHead, peer: Peer) -> Decision | Awaitable[Decision]:
        self.asked.append(head)
        return self.decide(head)

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Decision | Awaitable[Decision]:
        self.failed.append(reason)
        if self.instead is not None:
            return self.instead(head)
        return answers.unreachable(head, reason)


class Wire(StringTransportWithDisconnection):
    """One end of a connection of the proxy, held by the test."""

    producer: Any
    stuck = False
    """Whether closing it takes for ever: the other end does not read."""

    def __init__(self, protocol: Any) -> None:
        super().__init__()
        self.protocol = protocol
        self.aborted = False
        self.written: list[bytes] = []
        protocol.makeConnection(self)

    def write(self, data: bytes) -> None:
        self.written.append(data)
        super().write(data)

    def unregisterProducer(self) -> None:  # noqa: N802 -- Twisted's name for it
        """Forget the producer, as real transports do however often they are asked."""
        self.producer = None

    def loseConnection(self) -> None:  # noqa: N802 -- Twisted's name for it
        if not self.stuck:
            super().loseConnection()

    def abortConnection(self) -> None:  # noqa: N802 -- Twisted's name for it
        self.aborted = True
        self.hang_up(ConnectionLost())

    def send(self, data: bytes) -> None:
        """Let the other end send *data*."""
        self.protocol.dataReceived(data)

    def take(self) -> bytes:
        """Return what the proxy has written since last asked."""
        data: bytes = self.value()
        self.clear()
        return data

    def hang_up(self, why: Exception | None = None) -> None:
        """Let the other end close the connection."""
        if self.connected:
            self.connected = False
            self.protocol.connectionLost(Failure(why or ConnectionDone()))


class Harness:
    """A `ProxyFactory` on a memory reactor."""

    def __init__(
        self,
        decide: Callable[[RequestHead], Decision | Awaitable[Decision]] | Decision,
        limits: Limits | None = None,
        access_log: Any = None,
        trust: Trust | None = None,
    ) -> None:
        self.reactor = MemoryReactorClock()
        if isinstance(decide, Answer | Forward):
            always = decide
            self.router = Script(lambda _: always)
        else:
            self.router = Script(decide)
        self.factory = ProxyFactory(
            self.router,
            self.reactor,
            limits or Limits(),
            access_log,
            trust=trust or Trust(),
        )

    def client(self) -> Wire:
        """Return a client that has connected."""
        return Wire(self.factory.buildProtocol(None))

    @property
    def connects(self) -> int:
        """How many connections to upstreams were begun."""
        return len(self.reactor.tcpClients)

    def upstream(self, number: int = -1) -> Wire:
        """Let the connection to an upstream succeed."""
        factory = self.reactor.tcpClients[number][2]
        return Wire(factory.buildProtocol(None))

    def answered(self, method: bytes, pieces: Iterable[bytes]) -> tuple[Wire, Wire]:
        """Return both ends of a request that was answered in these pieces."""
        client = self.client()
        client.send(b"%s / HTTP/1.1\r\nHost: a\r\n\r\n" % method)
        upstream = self.upstream()
        for piece in pieces:
            if upstream.connected:
                upstream.send(piece)
        return client, upstream

    def refuse(self, why: Exception | None = None) -> None:
        """Let the latest connection to an upstream fail."""
        factory = self.reactor.tcpClients[-1][2]
        factory.clientConnectionFailed(NOBODY, Failure(why or ConnectionLost()))

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps of a tick."""
        self.reactor.pump([0.5] * int(seconds * 2 + 1))

    def tunnel(self, extra: bytes = b"", answer: bytes = b"") -> tuple[Wire, Wire]:
        """Return both ends of a WebSocket, nothing written yet."""
        client = self.client()
        client.send(HANDSHAKE % extra)
        upstream = self.upstream()
        upstream.take()
        upstream.send(SWITCH % answer)
        client.take()
        return client, upstream
