"""autobahn talking to autobahn, in memory: directly, or with the proxy between."""

import random
from typing import Any, Literal

from attrs import define, field, frozen
from autobahn.twisted.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
    WebSocketServerFactory,
    WebSocketServerProtocol,
)
from autobahn.websocket.compress import (
    PerMessageDeflateOffer,
    PerMessageDeflateOfferAccept,
    PerMessageDeflateResponseAccept,
)
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from aen.proxy.routing import Forward
from tests.proxy.harness import TO_ONE, Harness

HERE = IPv4Address("TCP", "127.0.0.1", 1)
Event = tuple[object, ...]
Side = Literal["client", "server"]
What = Literal["message", "frame", "raw", "ping", "close", "drop", "reset"]


@define(eq=False)
class End:
    """One end of a cable, the transport of one protocol."""

    protocol: Any
    other: Any = None
    sent: bytearray = field(factory=bytearray)
    written: int = 0
    """How many bytes have been written in all."""
    connected: bool = True
    disconnecting: bool = False
    _why: Exception = field(factory=ConnectionDone)
    _paused: bool = False
    _producer: Any = None

    def write(self, data: bytes) -> None:
        if not self.disconnecting:
            self.sent += data
            self.written += len(data)

    def writeSequence(self, data: list[bytes]) -> None:  # noqa: N802
        self.write(b"".join(data))

    def loseConnection(self) -> None:  # noqa: N802
        self.disconnecting = True

    def abortConnection(self) -> None:  # noqa: N802
        self.disconnecting = True
        self.sent.clear()
        self._why = ConnectionLost()

    def registerProducer(self, producer: Any, streaming: object) -> None:  # noqa: N802
        self._producer = producer

    def unregisterProducer(self) -> None:  # noqa: N802
        self._producer = None

    def pauseProducing(self) -> None:
        self._paused = True

    def resumeProducing(self) -> None:
        self._paused = False

    def getPeer(self) -> IPv4Address:  # noqa: N802
        return HERE

    def getHost(self) -> IPv4Address:  # noqa: N802
        return HERE

    def turn(self, size: int) -> bool:
        """Let at most *size* bytes arrive; return whether anything happened."""
        if self.sent and self.other.connected and not self.other._paused:
            data = bytes(self.sent[:size])
            del self.sent[:size]
            self.other.protocol.dataReceived(data)
            return True
        if self.disconnecting and self.connected and not self.sent:
            for end in (self, self.other):
                if end.connected:
                    end.connected = False
                    end.protocol.connectionLost(Failure(self._why))
            return True
        return False


def cable(one: Any, other: Any) -> list[End]:
    """Connect two protocols; return both ends."""
    ends = [End(one), End(other)]
    ends[0].other, ends[1].other = ends[1], ends[0]
    return ends


class _Told:
    """Writes down what autobahn tells its application."""

    told: list[Event]

    def sendFrame(self, *args: Any, **named: Any) -> None:  # noqa: N802
        """Mask always alike: garbage may make a message of the mask behind it."""
        random.seed(7)
        super().sendFrame(*args, **named)  # type: ignore[misc]

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N803
        self.told.append(("message", bytes(payload), isBinary))

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        self.told.append(("ping", bytes(payload)))
        self.sendPong(payload)  # type: ignore[attr-defined]

    def onPong(self, payload: bytes) -> None:
        self.told.append(("pong", bytes(payload)))

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: FBT001, N803
        self.told.append(("close", wasClean, code, reason))


class Client(_Told, WebSocketClientProtocol):  # type: ignore[misc]  # autobahn
    def onOpen(self) -> None:
        self.told.append(("open", str(self.websocket_protocol_in_use)))


class Server(_Told, WebSocketServerProtocol):  # type: ignore[misc]  # autobahn
    def onConnect(self, request: Any) -> Any:
        return request.protocols[0] if request.protocols else None

    def onOpen(self) -> None:
        self.told.append(("open", str(self.websocket_protocol_in_use)))


@frozen
class Act:
    """One thing one side does."""

    side: Side
    what: What
    data: bytes = b""
    opcode: int = 0
    bits: int = 0
    """FIN (8) and RSV1 to RSV3 (4, 2, 1) of a frame; 1 for binary messages."""
    number: int = 0
    """Size of a message's fragments, code of a close."""


class Conversation:
    """A client and a server; *through* the proxy or directly."""

    def __init__(
        self, *, through: bool, deflate: bool = False, size: int = 1 << 20
    ) -> None:
        self._size = size
        self._harness = Harness(Forward(TO_ONE.upstream)) if through else None
        self.client, self.server = _client(deflate=deflate), _server()
        if self._harness is None:
            self.ends = cable(self.client, self.server)
        else:
            front = self._harness.factory.buildProtocol(None)
            self.ends = cable(self.client, front)
        for end in reversed(self.ends):
            end.protocol.makeConnection(end)
        self.settle()

    def settle(self) -> None:
        """Let everything arrive that was sent."""
        while True:
            self._connect_upstream()
            moved = [end.turn(self._size) for end in tuple(self.ends)]
            if not any(moved):
                return

    def _connect_upstream(self) -> None:
        if self._harness is not None and self._harness.connects and len(self.ends) == 2:
            made = self._harness.reactor.tcpClients[0][2].buildProtocol(None)
            more = cable(self.server, made)
            self.ends += more
            for end in more:
                end.protocol.makeConnection(end)

    def act(self, act: Act) -> None:
        """Let one side do something, and the other see it."""
        one: Any = self.client if act.side == "client" else self.server
        if one.transport is not None and one.state == one.STATE_OPEN:
            perform(one, act)
        self.settle()

    def end(self) -> list[list[Event]]:
        """Return what both were told, after a hard end of what is still open."""
        self.client.transport.abortConnection()
        self.settle()
        return [self.client.told, self.server.told]


def perform(one: Any, act: Act) -> None:
    """Let a protocol do it."""
    match act.what:
        case "message":
            one.sendMessage(act.data, bool(act.bits), act.number or None)
        case "frame":
            fin, rsv = bool(act.bits & 8), act.bits & 7
            one.sendFrame(opcode=act.opcode, payload=act.data, fin=fin, rsv=rsv)
        case "raw":
            one.transport.write(act.data)
        case "ping":
            one.sendPing(act.data[:125])
        case "close":
            one.sendClose(1000 if act.number == 1000 else 3000 + act.number % 2000, "x")
        case "drop":
            one.transport.loseConnection()
        case "reset":
            one.transport.abortConnection()


def told(acts: list[Act], *, through: bool, deflate: bool, size: int) -> Any:
    """Return what both sides were told when they did *acts*."""
    conversation = Conversation(through=through, deflate=deflate, size=size)
    for act in acts:
        conversation.act(act)
    return conversation.end()


def same(acts: list[Act], *, deflate: bool, size: int) -> None:
    """Hold that both sides are told the same with and without the proxy.

    Bytes come in pieces of *size*: autobahn itself tells other things for others.
    """
    direct = told(acts, through=False, deflate=deflate, size=size)
    assert direct[0][0] == direct[1][0]
    assert told(acts, through=True, deflate=deflate, size=size) == direct


def deflating(offers: list[Any]) -> PerMessageDeflateOfferAccept | None:
    """Accept the first offer to compress messages, as autobahn asks a server."""
    deflate = (one for one in offers if isinstance(one, PerMessageDeflateOffer))
    return next(map(PerMessageDeflateOfferAccept, deflate), None)


def _client(*, deflate: bool) -> Any:
    factory = WebSocketClientFactory("ws://127.0.0.1:1/", protocols=["v2", "v1"])
    factory.protocol = Client
    factory.setProtocolOptions(
        openHandshakeTimeout=0,
        closeHandshakeTimeout=0,
        serverConnectionDropTimeout=0,
        failByDrop=False,
    )
    if deflate:
        factory.setProtocolOptions(
            perMessageCompressionOffers=[PerMessageDeflateOffer()],
            perMessageCompressionAccept=PerMessageDeflateResponseAccept,
        )
    made: Any = factory.buildProtocol(HERE)
    made.told = []
    return made


def _server() -> Any:
    factory = WebSocketServerFactory("ws://127.0.0.1:1", protocols=["v1", "v2"])
    factory.protocol = Server
    factory.setProtocolOptions(
        openHandshakeTimeout=0,
        failByDrop=False,
        closeHandshakeTimeout=0,
        perMessageCompressionAccept=deflating,
    )
    made: Any = factory.buildProtocol(HERE)
    made.told = []
    return made
