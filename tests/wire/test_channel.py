"""The channel, both ends, over a real loopback connection."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from autobahn.twisted.resource import WebSocketResource
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.internet.defer import Deferred, DeferredQueue
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import Clock
from twisted.web.resource import Resource
from twisted.web.server import Site

from aen.model.errors import Unauthenticated
from aen.model.names import PlaceName
from aen.model.places import Node
from aen.wire import tickets
from aen.wire.call import Door
from aen.wire.channel import GatewayEndFactory, ServerEndFactory
from aen.wire.client import Identity
from aen.wire.messages import Down, Up
from tests.wire.conftest import KEY, Keys

reactor: Any = _reactor
NODE = Node(PlaceName("n1"), "http://n1:5002")


@define
class Side:
    """Queues what a listener is told."""

    news: "DeferredQueue[tuple[Any, ...]]" = field(factory=DeferredQueue)

    def opened(self, *about: Any) -> None:
        self.news.put(("opened", *about))

    def heard(self, *about: Any) -> None:
        self.news.put(("heard", *about))

    def closed(self, *about: Any) -> None:
        self.news.put(("closed", *about))


@define
class World:
    """A server, and gateways that come to it."""

    server: Side
    base: str

    def connect(self, name: str, side: Side) -> Deferred[Any]:
        """Open a channel as the gateway called *name*."""
        factory = GatewayEndFactory(self.base, Identity(name, KEY), reactor, side)
        port = self.base.rpartition(":")[2]
        endpoint = clientFromString(reactor, f"tcp:127.0.0.1:{port}")
        connecting: Deferred[Any] = endpoint.connect(factory)
        return connecting


@pytest_twisted.async_yield_fixture
async def world() -> AsyncIterator[World]:
    """A server whose channel listens."""
    side = Side()
    factory = ServerEndFactory(Door(tickets.SERVER, Keys(), reactor), side)
    root, wire = Resource(), Resource()
    root.putChild(b"wire", wire)
    wire.putChild(b"channel", WebSocketResource(factory))
    site = Site(root)
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    yield World(side, f"http://127.0.0.1:{port.getHost().port}")
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_news_travel_both_ways(world: World) -> None:
    """Each end hears what the other says, and learns when it goes."""
    gateway = Side()
    protocol = await world.connect("gateway:east", gateway)
    _, name, server_end = await world.server.news.get()
    assert name == "gateway:east"
    assert (await gateway.news.get())[0] == "opened"

    server_end.say(Down(nodes=(NODE,)))
    assert await gateway.news.get() == ("heard", Down(nodes=(NODE,)))
    protocol.say(Up(silent="n1"))
    assert await world.server.news.get() == ("heard", "gateway:east", Up(silent="n1"))

    protocol.sendClose(1000)
    assert (await world.server.news.get())[0] == "closed"
    assert (await gateway.news.get())[0] == "closed"


@pytest.mark.parametrize(
    "message", [b"nonsense", b"[" * 100_000, b'{"launch": 5}', b"\xff"]
)
@pytest_twisted.ensureDeferred
async def test_what_is_not_understood_ends_the_channel(
    world: World, message: bytes
) -> None:
    """Both ends learn of it; the one who has said it is told why."""
    gateway = Side()
    protocol = await world.connect("gateway:east", gateway)
    await gateway.news.get()
    await world.server.news.get()
    protocol.sendMessage(message, isBinary=True)
    assert await gateway.news.get() == ("closed", protocol, "not understood")
    assert (await world.server.news.get())[0] == "closed"


@pytest_twisted.ensureDeferred
async def test_a_ticket_for_a_call_opens_no_channel() -> None:
    """Whoever overhears one cannot listen to the news."""
    factory = ServerEndFactory(Door(tickets.SERVER, Keys(), Clock()), Side())
    for purpose, admitted in (("channel", True), ("call", False)):
        ticket = tickets.Ticket("gateway:east", tickets.SERVER, purpose, 60.0)
        asking = factory.admit(tickets.seal(KEY, ticket))
        if admitted:
            assert await asking == "gateway:east"
        else:
            with pytest.raises(Unauthenticated, match="something else"):
                await asking


@pytest_twisted.ensureDeferred
async def test_a_stranger_gets_no_channel(world: World) -> None:
    """A gateway the server does not know is refused in the handshake."""
    gateway = Side()
    protocol = await world.connect("gateway:west", gateway)
    what, end, _ = await gateway.news.get()
    assert (what, end) == ("closed", protocol)
    assert not world.server.news.pending
