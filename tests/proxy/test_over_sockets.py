"""The proxy between real clients and real servers, over real sockets."""

import os
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest_twisted
import treq
from attrs import define, field
from autobahn.twisted.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
    WebSocketServerFactory,
    WebSocketServerProtocol,
)
from autobahn.websocket.compress import (
    PerMessageDeflate,
    PerMessageDeflateOffer,
    PerMessageDeflateOfferAccept,
    PerMessageDeflateResponseAccept,
)
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, FileBodyProducer, HTTPConnectionPool
from twisted.web.iweb import UNKNOWN_LENGTH
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from aen.proxy import answers
from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Decision, Forward
from aen.runtime.tasks import pause

BIG = os.urandom(1 << 16) * 64


class App(Resource):
    """A twisted.web application: says back what it is sent, or 4 MB."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0
        self.seen: list[Request] = []

    def render_GET(self, request: Request) -> int | bytes:
        self.seen.append(request)
        if request.path != b"/big":
            return b"hello " + request.path
        # No Content-Length: twisted.web answers in chunks.
        app, left = self, [BIG[at : at + 65536] for at in range(0, len(BIG), 65536)]

        class Pieces:
            def resumeProducing(self) -> None:
                if left:
                    app.sent += len(left[0])
                    request.write(left.pop(0))
                else:
                    request.unregisterProducer()
                    request.finish()

            def stopProducing(self) -> None:
                left.clear()

        request.registerProducer(Pieces(), streaming=False)
        return NOT_DONE_YET

    def render_POST(self, request: Request) -> bytes:
        self.seen.append(request)
        assert request.content is not None
        return sha256(request.content.read()).hexdigest().encode()


class Echo(WebSocketServerProtocol):
    """Says back every message; speaks the subprotocol it is asked for."""

    def onConnect(self, request: Any) -> str | None:
        return request.protocols[0] if request.protocols else None

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N803
        self.sendMessage(payload, isBinary)


class Speaker(WebSocketClientProtocol):
    """Collects what comes; fires when it opens and closes."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Deferred[None] = Deferred()
        self.heard: list[Deferred[bytes]] = []
        self.ended: Deferred[tuple[int, str]] = Deferred()

    def onOpen(self) -> None:
        self.opened.callback(None)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N803
        self.heard.pop(0).callback(payload)

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: FBT001, N803
        self.ended.callback((code, reason))

    def say(self, message: bytes) -> Deferred[bytes]:
        self.heard.append(Deferred())
        self.sendMessage(message, isBinary=True)
        return self.heard[-1]


@define
class Route:
    """Sends everything to *to*; remembers failures."""

    to: Decision
    failed: list[str] = field(factory=list)

    def route(self, head: RequestHead, peer: Peer) -> Decision:
        return self.to

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Answer:
        self.failed.append(reason)
        return answers.unreachable(head, reason)


@define
class Stage:
    """A proxy on loopback and what stands behind it on UNIX sockets."""

    reactor: Any
    factory: ProxyFactory
    route: Route
    port: int
    agent: Agent
    app: App
    sockets: Path

    def url(self, path: str) -> bytes:
        return f"http://127.0.0.1:{self.port}{path}".encode()


@pytest_twisted.async_yield_fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A running `Stage`; everything it opened is closed afterwards."""
    from twisted.internet import reactor as global_reactor  # noqa: PLC0415, TID251

    reactor = cast("Any", global_reactor)
    app = App()
    echo = WebSocketServerFactory()
    echo.protocol = Echo
    echo.setProtocolOptions(
        echoCloseCodeReason=True,
        perMessageCompressionAccept=lambda offers: next(
            (
                PerMessageDeflateOfferAccept(offer)
                for offer in offers
                if isinstance(offer, PerMessageDeflateOffer)
            ),
            None,
        ),
    )
    web = Site(app)
    route = Route(Forward(f"unix:{tmp_path}/web"))
    factory = ProxyFactory(route, reactor, Limits(tick_seconds=0.05, close_seconds=1))
    ports = [
        reactor.listenUNIX(str(tmp_path / "web"), web),
        reactor.listenUNIX(str(tmp_path / "echo"), echo),
        reactor.listenTCP(0, factory, interface="127.0.0.1"),
    ]
    pool = HTTPConnectionPool(reactor)
    yield Stage(
        reactor,
        factory,
        route,
        ports[2].getHost().port,
        Agent(reactor, pool=pool),
        app,
        tmp_path,
    )
    await pool.closeCachedConnections()
    for port in ports:
        await port.stopListening()
    await factory.drain(0)
    while web.sessions or factory.connections:
        await pause(reactor, 0.01)
    await pause(reactor, 0.1)


async def get(stage: Stage, path: str) -> tuple[int, bytes]:
    """Return status and body of a GET."""
    response = await stage.agent.request(b"GET", stage.url(path))
    return response.code, await treq.content(response)


@pytest_twisted.ensureDeferred
async def test_get_and_post(stage: Stage) -> None:
    """twisted.web's own client and server understand each other through us."""
    assert await get(stage, "/x") == (200, b"hello /x")
    assert await get(stage, "/big") == (200, BIG)
    for length in (len(BIG), UNKNOWN_LENGTH):
        body = FileBodyProducer(BytesIO(BIG))
        body.length = length
        response = await stage.agent.request(b"POST", stage.url("/up"), None, body)
        assert await treq.content(response) == sha256(BIG).hexdigest().encode()
    seen = stage.app.seen[0]
    assert seen.getHeader(b"x-forwarded-for") == b"127.0.0.1"
    assert seen.getHeader(b"x-forwarded-host") == f"127.0.0.1:{stage.port}".encode()


@define
class Raw(Protocol):
    """A client that reads only when told."""

    closed: Deferred[None] = field(factory=Deferred)
    data: bytearray = field(factory=bytearray)

    def dataReceived(self, data: bytes) -> None:
        self.data += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.closed.callback(None)


async def raw(stage: Stage) -> Raw:
    """Return a raw connection to the proxy."""
    endpoint = TCP4ClientEndpoint(stage.reactor, "127.0.0.1", stage.port)
    return cast("Raw", await endpoint.connect(Factory.forProtocol(Raw)))


async def until(stage: Stage, true: Callable[[], object]) -> None:
    """Wait until *true* says so."""
    for _ in range(500):
        if true():
            return
        await pause(stage.reactor, 0.01)
    raise AssertionError("it never happened")


@pytest_twisted.ensureDeferred
async def test_a_slow_reader_holds_the_application_up(stage: Stage) -> None:
    """The proxy keeps no more of a body than its buffers; all of it arrives."""
    client = await raw(stage)
    transport = cast("Any", client.transport)
    transport.pauseProducing()
    request = b"GET /big HTTP/1.0\r\nHost: a\r\n\r\n"
    count = 4
    slow = [await raw(stage) for _ in range(count)]
    for each in slow:
        cast("Any", each.transport).pauseProducing()
        cast("Any", each.transport).write(request)
    await until(stage, lambda: stage.app.sent > 0)
    before = -1
    while before != stage.app.sent:
        before = stage.app.sent
        await pause(stage.reactor, 0.1)
    queued = sum(
        len(frontend.transport.dataBuffer) + frontend.transport._tempDataLen
        for frontend in cast("Any", stage.factory)._connections
    )
    assert queued <= count * (2 * 65536 + 100)
    for each in slow:
        cast("Any", each.transport).resumeProducing()
        await each.closed
        assert bytes(each.data).endswith(b"\r\n\r\n" + BIG)
    transport.abortConnection()
    await client.closed


@pytest_twisted.ensureDeferred
async def test_an_application_that_is_not_there(stage: Stage) -> None:
    """The router is asked for a page, with the reason."""
    stage.route.to = Forward(f"unix:{stage.sockets}/nothing")
    assert (await get(stage, "/"))[0] == 503
    stage.route.to = Forward("tcp:127.0.0.1:1")
    assert (await get(stage, "/"))[0] == 503
    assert stage.route.failed == ["connect", "connect"]


class Vanishing(Protocol):
    """Answers half of what it promises and goes."""

    def dataReceived(self, data: bytes) -> None:
        transport = cast("Any", self.transport)
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_an_application_that_vanishes_midway(stage: Stage) -> None:
    """The client gets what there was, and the end of its connection."""
    port = stage.reactor.listenUNIX(
        str(stage.sockets / "half"), Factory.forProtocol(Vanishing)
    )
    stage.route.to = Forward(f"unix:{stage.sockets}/half")
    client = await raw(stage)
    cast("Any", client.transport).write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await client.closed
    assert bytes(client.data) == b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_the_answer_to_a_refused_request_is_seen(stage: Stage) -> None:
    """Also by a client that goes on sending: no reset overtakes it."""
    client = await raw(stage)
    transport = cast("Any", client.transport)
    transport.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +9\r\n\r\n")
    transport.write(b"x" * 300_000)
    await until(stage, lambda: b"\r\n\r\n" in client.data)
    assert client.data.startswith(b"HTTP/1.1 400 ")
    await client.closed


async def speak(stage: Stage, *, deflate: bool) -> Speaker:
    """Return an open WebSocket to the echo application."""
    stage.route.to = Forward(f"unix:{stage.sockets}/echo", tags=("t",))
    factory = WebSocketClientFactory(
        f"ws://127.0.0.1:{stage.port}/", protocols=["v2"], reactor=stage.reactor
    )
    factory.protocol = Speaker
    if deflate:
        factory.setProtocolOptions(
            perMessageCompressionOffers=[PerMessageDeflateOffer()],
            perMessageCompressionAccept=PerMessageDeflateResponseAccept,
        )
    endpoint = TCP4ClientEndpoint(stage.reactor, "127.0.0.1", stage.port)
    speaker = cast("Speaker", await endpoint.connect(factory))
    await speaker.opened
    return speaker


@pytest_twisted.ensureDeferred
async def test_websocket(stage: Stage) -> None:
    """Messages of all sizes come back, with and without compression."""
    for deflate in (False, True):
        speaker = await speak(stage, deflate=deflate)
        agreed = speaker._perMessageCompress
        assert isinstance(agreed, PerMessageDeflate) == deflate
        assert speaker.websocket_protocol_in_use == "v2"
        for message in (b"", b"x" * 125, b"x" * 126, BIG[:65536], BIG[:1_000_000]):
            assert await speaker.say(message) == message
        speaker.sendClose(4321, "enough")
        assert await speaker.ended == (4321, "enough")


@pytest_twisted.ensureDeferred
async def test_closing_tagged_websockets(stage: Stage) -> None:
    """Their clients see a clean close with the code and the reason."""
    speakers = [await speak(stage, deflate=True) for _ in range(2)]
    await speakers[0].say(b"hello")
    assert stage.factory.close_tagged("t", 1008, "access ended") == 2
    for speaker in speakers:
        assert await speaker.ended == (1008, "access ended")
    assert stage.factory.close_tagged("t") == 0


@pytest_twisted.ensureDeferred
async def test_draining(stage: Stage) -> None:
    """Idle connections close at once, WebSockets with 1001 when the time is up."""
    await get(stage, "/x")
    speaker = await speak(stage, deflate=False)
    await stage.factory.drain(0.1)
    assert (await speaker.ended)[0] == 1001
    assert stage.factory.connections == 0
