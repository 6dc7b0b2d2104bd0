"""Clients and upstreams that leave in unusual ways."""

import socket
from typing import Any, cast

import pytest
import pytest_twisted
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from aen.proxy.frames import close_frame
from aen.proxy.limits import Limits
from aen.proxy.routing import Forward
from tests.proxy.harness import HANDSHAKE, SWITCH, TO_ONE, Harness, Wire
from tests.proxy.stage import Stage, raw
from tests.waiting import eventually

GET = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"


def half_close(client: Wire) -> None:
    """Tell the proxy what a socket tells when its peer sends no more."""
    protocol: Any = client.protocol
    protocol.readConnectionLost()
    protocol.writeConnectionLost()


@pytest_twisted.ensureDeferred
async def test_a_client_that_only_stops_sending(stage: Stage) -> None:
    """What it has asked is answered, all of it, in order; then it is closed."""
    client = await raw(stage)
    transport = cast("Any", client.transport)
    transport.write(GET % b"1" + GET % b"big" + GET % b"3")
    transport.loseWriteConnection()
    await client.closed
    assert client.data.count(b"HTTP/1.1 200 ") == 3
    assert client.data.endswith(b"hello /3")
    assert stage.factory.connections == 0


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1"],
)
@pytest_twisted.ensureDeferred
async def test_a_client_that_stops_in_the_middle(stage: Stage, begun: bytes) -> None:
    """Nothing will become of its request."""
    client = await raw(stage)
    transport = cast("Any", client.transport)
    transport.write(begun)
    transport.loseWriteConnection()
    await client.closed
    assert client.data == b""


def test_half_a_request_is_given_up_at_once() -> None:
    """Its rest cannot come any more; neither the client nor the upstream waits."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1")
    upstream = harness.upstream()
    half_close(client)
    assert (client.aborted, upstream.aborted) == (True, True)


def test_a_client_that_may_be_gone() -> None:
    """It does not keep an upstream that is silent; the router does not hear of it."""
    harness = Harness(TO_ONE, Limits(half_closed_seconds=3))
    client = harness.client()
    client.send(GET % b"")
    upstream = harness.upstream()
    half_close(client)
    half_close(client)
    harness.pass_time(2)
    assert (upstream.connected, client.aborted) == (True, False)
    harness.pass_time(2)
    assert (upstream.connected, client.aborted) == (False, True)
    assert harness.router.failed == []


def test_a_client_that_says_no_more_is_answered() -> None:
    """And then let go: no further request can come."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % b"")
    upstream = harness.upstream()
    half_close(client)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    upstream.send(answer)
    assert client.take() == answer
    assert (client.connected, client.aborted) == (False, False)


def test_a_websocket_client_that_may_be_gone() -> None:
    """An upstream that cannot be told half an end is told the whole."""
    harness = Harness(TO_ONE)
    client, upstream = harness.tunnel()
    half_close(client)
    assert not upstream.connected
    assert not client.connected


@implementer(IHalfCloseableProtocol)
class LastWords(Protocol):
    """An application that says goodbye only when its client sends no more."""

    def dataReceived(self, data: bytes) -> None:
        if data.startswith(b"GET"):
            cast("Any", self.transport).write(SWITCH % b"")

    def readConnectionLost(self) -> None:
        cast("Any", self.transport).write(close_frame(1000, "bye"))

    def writeConnectionLost(self) -> None:
        """Never."""


@pytest_twisted.ensureDeferred
async def test_a_websocket_client_that_only_stops_sending(stage: Stage) -> None:
    """The application's last words still reach it; one that stays is left."""
    path = str(stage.sockets / "words")
    app = LastWords()
    port = stage.reactor.listenUNIX(path, Factory.forProtocol(lambda: app))
    stage.route.to = Forward(f"unix:{path}")
    client = await raw(stage)
    transport = cast("Any", client.transport)
    transport.write(HANDSHAKE % b"")
    await eventually(lambda: b"\r\n\r\n" in client.data, "it is accepted")
    transport.loseWriteConnection()
    await client.closed
    assert bytes(client.data).endswith(close_frame(1000, "bye"))
    assert stage.factory.connections == 0
    cast("Any", app.transport).abortConnection()
    await port.stopListening()


@pytest.mark.parametrize("framing", [b"", b"Transfer-Encoding: chunked\r\n"])
def test_half_a_response_is_never_a_whole_one(framing: bytes) -> None:
    """Where the end of the connection is the end of the body, a reset says "broken"."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"GET / HTTP/1.0\r\n\r\n")
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n4\r\nhalf\r\n")
    assert client.take().endswith(b"half" if framing else b"half\r\n")
    upstream.hang_up(ConnectionResetError())
    assert client.aborted


def test_half_of_an_announced_response() -> None:
    """The length says that it is not whole; it needs no reset."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"GET / HTTP/1.0\r\n\r\n")
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    upstream.hang_up()
    assert not client.connected
    assert not client.aborted


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only on Linux")
@pytest_twisted.ensureDeferred
async def test_dead_peers_are_found(stage: Stage) -> None:
    """The kernel is told how long a peer may be silent, probes and data alike."""
    client = await raw(stage)
    await eventually(lambda: stage.factory.connections, "it is let in")
    (frontend,) = cast("Any", stage.factory)._connections
    told = [
        frontend.transport.socket.getsockopt(socket.IPPROTO_TCP, option)
        for option in (
            socket.TCP_KEEPIDLE,
            socket.TCP_KEEPINTVL,
            socket.TCP_KEEPCNT,
            socket.TCP_USER_TIMEOUT,
        )
    ]
    assert told == [30, 10, 3, 60000]
    assert frontend.transport.getTcpNoDelay()
    cast("Any", client.transport).loseConnection()
    await client.closed
