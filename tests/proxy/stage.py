"""A proxy on loopback, real clients before it and real servers behind it."""

import os
from collections.abc import AsyncIterator
from hashlib import sha256
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
    PerMessageDeflateOffer,
    PerMessageDeflateResponseAccept,
)
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.protocols.policies import WrappingFactory
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from aen.proxy import answers
from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Decision, Forward
from tests.proxy.conversation import deflating
from tests.waiting import eventually

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
        perMessageCompressionAccept=deflating,
    )
    web, talk = WrappingFactory(Site(app)), WrappingFactory(echo)
    route = Route(Forward(f"unix:{tmp_path}/web"))
    factory = ProxyFactory(route, reactor, Limits(tick_seconds=0.05, close_seconds=1))
    ports = [
        reactor.listenUNIX(str(tmp_path / "web"), web),
        reactor.listenUNIX(str(tmp_path / "echo"), talk),
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
    await eventually(
        lambda: not (web.protocols or talk.protocols or factory.connections),
        "everybody has left",
    )


async def get(stage: Stage, path: str) -> tuple[int, bytes]:
    """Return status and body of a GET."""
    response = await stage.agent.request(b"GET", stage.url(path))
    return response.code, await treq.content(response)


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
