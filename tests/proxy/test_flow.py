"""Writing at once, and back-pressure, over a real socket pair."""

import socket
from collections.abc import Iterator

import pytest
from twisted.internet import tcp
from twisted.internet.protocol import Protocol
from twisted.internet.testing import MemoryReactor, StringTransport

from aen.proxy.flow import BUSY, FULL, Flow


@pytest.fixture
def pair() -> Iterator[tuple[tcp.Connection, socket.socket]]:
    """A Twisted transport that nobody runs, and the other end of its socket."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    transport = tcp.Connection(ours, Protocol(), MemoryReactor())
    transport.connected = True
    yield transport, theirs
    ours.close()
    theirs.close()


def test_written_at_once(pair: tuple[tcp.Connection, socket.socket]) -> None:
    """With nothing queued, bytes do not wait for a turn of the reactor."""
    transport, theirs = pair
    flow = Flow(transport, 65536)
    assert flow.plain
    flow.write(b"hello")
    assert theirs.recv(100) == b"hello"


def test_order_is_kept(pair: tuple[tcp.Connection, socket.socket]) -> None:
    """What the socket does not take is queued, and everything behind it."""
    transport, theirs = pair
    flow = Flow(transport, 65536)
    data = bytes(range(256)) * 20000
    flow.write(data)
    queued = len(transport.dataBuffer) + transport._tempDataLen
    assert 0 < queued < len(data)
    flow.write(b"behind")
    assert len(transport.dataBuffer) + transport._tempDataLen == queued + 6
    received = b""
    while len(received) < len(data) + 6:
        received += theirs.recv(1 << 20)
        transport.doWrite()
    assert received == data + b"behind"
    flow.write(b"again")
    assert theirs.recv(100) == b"again"


def test_errors_are_left_to_the_reactor(
    pair: tuple[tcp.Connection, socket.socket],
) -> None:
    """A peer that is gone is found out as for every other transport."""
    transport, theirs = pair
    flow = Flow(transport, 65536)
    theirs.close()
    flow.write(b"hello")
    assert transport.doWrite() is not None


def test_nothing_is_written_once_closing(
    pair: tuple[tcp.Connection, socket.socket],
) -> None:
    """As for every other transport."""
    transport, theirs = pair
    flow = Flow(transport, 65536)
    flow.close()
    flow.write(b"hello")
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(100)


def test_twisted_still_counts_what_is_queued(
    pair: tuple[tcp.Connection, socket.socket],
) -> None:
    """`Flow` reads one attribute that is Twisted's own business."""
    assert pair[0]._tempDataLen == 0
    pair[0].write(b"abc")
    assert pair[0]._tempDataLen == 3


def test_two_reasons_to_wait() -> None:
    """Reading goes on when both are gone."""
    transport = StringTransport()
    flow = Flow(transport, 65536)
    assert not flow.plain
    assert not flow.close_writing()
    flow.hold(FULL)
    flow.hold(BUSY)
    flow.release(FULL)
    flow.release(FULL)
    assert transport.producerState == "paused"
    flow.release(BUSY)
    assert transport.producerState == "producing"


def test_a_full_buffer_holds_up_its_feeder() -> None:
    """Also one that begins or ceases to feed it while it is full."""
    fed = Flow(StringTransport(), 65536)
    transports = [StringTransport(), StringTransport()]
    one, two = (Flow(transport, 65536) for transport in transports)
    fed.pauseProducing()
    fed.feed_from(one)
    assert [each.producerState for each in transports] == ["paused", "producing"]
    fed.feed_from(two)
    assert [each.producerState for each in transports] == ["producing", "paused"]
    fed.resumeProducing()
    assert [each.producerState for each in transports] == ["producing", "producing"]
    fed.feed_from(None)
    fed.pauseProducing()
    fed.stopProducing()
    assert [each.producerState for each in transports] == ["producing", "producing"]
