"""One role's answer is passed on as it comes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_twisted
from attrs import define, field
from klein import Klein
from treq.client import HTTPClient
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

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
    """Passes on what the slow one answers."""

    slow: Slow
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
    far = reactor.listenTCP(0, Site(slow), interface="127.0.0.1")
    bound = Between(slow, f"http://127.0.0.1:{far.getHost().port}/")
    near = reactor.listenTCP(0, Site(bound.app.resource()), interface="127.0.0.1")
    yield slow, f"http://127.0.0.1:{near.getHost().port}/"
    await far.stopListening()
    await near.stopListening()


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
    await slow.gone
