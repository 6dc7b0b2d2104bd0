"""One role's answer is passed on as it comes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest_twisted
from attrs import define, field
from klein import Klein
from treq.client import HTTPClient
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import WrappingFactory
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from aen.runtime.tasks import pause
from aen.wire.relaying import relay

reactor: Any = _reactor


def http() -> HTTPClient:
    """Return a client that keeps no connection."""
    return HTTPClient(
        Agent(reactor, pool=HTTPConnectionPool(reactor, persistent=False))
    )


@define
class Slow(Resource):
    """Answers a line, and the rest when told to; notices when nobody waits."""

    rest: "Deferred[bytes]" = field(factory=Deferred)
    gone: "Deferred[None]" = field(factory=Deferred)
    isLeaf = True

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def render_GET(self, request: Request) -> int:
        request.setResponseCode(502)
        request.setHeader("content-type", "application/x-ndjson")
        request.setHeader("set-cookie", "theirs=1")
        request.write(b"first\n")
        request.notifyFinish().addErrback(lambda _: self.gone.callback(None))

        def end(text: bytes) -> None:
            request.write(text)
            request.finish()

        self.rest.addCallback(end)
        return NOT_DONE_YET


class Asker(Protocol):
    """Asks by hand, to leave in the middle."""

    def connectionMade(self) -> None:
        self.arrived: Deferred[None] = Deferred()
        assert self.transport is not None
        self.transport.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")

    def dataReceived(self, data: bytes) -> None:
        if not self.arrived.called:
            self.arrived.callback(None)


@define
class Between:
    """Passes on what another answers."""

    where: str
    app = Klein()

    @app.route("/")
    async def ask(self, request: Request) -> bytes:
        response = await http().get(self.where, unbuffered=True)
        await relay(request, response)
        return b""


@pytest_twisted.async_yield_fixture
async def between() -> AsyncIterator[tuple[Slow, str]]:
    """Return a slow one, and the address of the one between."""
    slow = Slow()
    async with relayed(slow) as where:
        yield slow, where


@asynccontextmanager
async def relayed(resource: Resource) -> AsyncIterator[str]:
    """Give the address of one that passes on what *resource* answers."""
    far = WrappingFactory(Site(resource))
    ports = [reactor.listenTCP(0, far, interface="127.0.0.1")]
    bound = Between(f"http://127.0.0.1:{ports[0].getHost().port}/")
    near = WrappingFactory(Site(bound.app.resource()))
    ports.append(reactor.listenTCP(0, near, interface="127.0.0.1"))
    yield f"http://127.0.0.1:{ports[1].getHost().port}/"
    for port in ports:
        await port.stopListening()
    for connection in (*near.protocols, *far.protocols):
        connection.transport.abortConnection()
    while near.protocols or far.protocols:
        await pause(reactor, 0.01)


@pytest_twisted.ensureDeferred
async def test_an_answer_comes_as_it_comes(between: tuple[Slow, str]) -> None:
    """Status and type are kept, other headers are not; lines are not held back."""
    slow, where = between
    response = await http().get(where, unbuffered=True)
    assert response.code == 502
    assert response.headers.getRawHeaders("content-type") == ["application/x-ndjson"]
    assert not response.headers.hasHeader("set-cookie")
    arrived: Deferred[bytes] = Deferred()
    body = bytearray()

    def collect(data: bytes) -> None:
        body.extend(data)
        if not arrived.called:
            arrived.callback(data)

    whole = response.collect(collect)
    assert await arrived == b"first\n"
    slow.rest.callback(b"last\n")
    await whole
    assert bytes(body) == b"first\nlast\n"


@pytest_twisted.ensureDeferred
async def test_who_leaves_lets_the_other_side_go(between: tuple[Slow, str]) -> None:
    """Nothing is fetched for nobody."""
    slow, where = between
    asker = Asker()
    port = int(where.rstrip("/").rpartition(":")[2])
    await connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), asker)
    await asker.arrived
    assert asker.transport is not None
    asker.transport.loseConnection()
    await slow.gone.addTimeout(10, reactor)


@define
class Flood(Resource):
    """Gives 64 MB as fast as they are taken, and counts them."""

    sent: int = 0
    isLeaf = True

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def render_GET(self, request: Request) -> int:
        flood = self

        class Pieces:
            def resumeProducing(self) -> None:
                flood.sent += 1 << 16
                request.write(bytes(1 << 16))
                if flood.sent >= 64 << 20:
                    request.unregisterProducer()
                    request.finish()

            def stopProducing(self) -> None:
                """Nobody takes any more."""

        request.registerProducer(Pieces(), False)
        return NOT_DONE_YET


@pytest_twisted.ensureDeferred
async def test_the_asker_sets_the_pace() -> None:
    """What it does not read we do not fetch, but for what sockets hold."""
    flood, asker = Flood(), Asker()
    async with relayed(flood) as where:
        port = int(where.rstrip("/").rpartition(":")[2])
        await connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), asker)
        await asker.arrived
        transport: Any = asker.transport
        transport.pauseProducing()
        before = -1
        while before != flood.sent:
            before = flood.sent
            await pause(reactor, 0.1)
        assert flood.sent < 48 << 20
        transport.abortConnection()
