"""Many sockets behind one descriptor of the reactor."""

import select
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from twisted.internet import tcp
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.protocol import Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure

from aen.proxy.flow import BUSY, FULL, Flow
from aen.proxy.readers import Readers


@define
class Listener(Protocol):
    """Notes what it is told."""

    heard: list[bytes] = field(factory=list)
    why: list[type[BaseException]] = field(factory=list)
    flow: Any = None

    def hear(self, data: bytes) -> None:
        """Note bytes; some of them are too much for it."""
        self.heard.append(data)
        if data == b"stumble":
            raise ValueError("stumbled")

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        assert reason.type is not None
        self.why.append(reason.type)
        self.flow.ended()


class Room:
    """Readers in a reactor that only remembers, and connections they read."""

    def __init__(self) -> None:
        self.reactor = MemoryReactorClock()
        self.readers = Readers(self.reactor)
        self.others: list[socket.socket] = []
        self.transports: list[tcp.Connection] = []

    def connection(self) -> tuple[Listener, Flow, socket.socket]:
        """Return one: who hears it, its flow and its other end."""
        ours, theirs = socket.socketpair()
        self.others.append(theirs)
        listener = Listener()
        transport = tcp.Connection(ours, listener, self.reactor)
        transport.connected = True
        transport.startReading()
        self.transports.append(transport)
        flow = listener.flow = Flow(transport, 65536, self.readers, listener.hear)
        assert transport not in self.reactor.getReaders()
        return listener, flow, theirs

    def turn(self) -> bool:
        """Do what the reactor does; return whether there was anything to read."""
        if self.readers.fileno() < 0:
            return False
        readable = bool(select.select([self.readers], [], [], 0)[0])
        if readable:
            self.readers.doRead()
        return readable


@pytest.fixture
def room() -> Iterator[Room]:
    """Return one; afterwards nothing of it is left."""
    room = Room()
    yield room
    room.readers.connectionLost(Failure(ConnectionLost()))
    room.reactor.advance(1)
    for transport in room.transports:
        if transport.connected:
            transport.connectionLost(Failure(ConnectionLost()))
    assert room.readers.fileno() == -1
    assert room.reactor.getReaders() == []
    for other in room.others:
        other.close()


def test_bytes_go_to_whom_they_are_for(room: Room) -> None:
    """One turn of the reactor serves all who can read."""
    one, _, to_one = room.connection()
    two, _, to_two = room.connection()
    assert room.reactor.getReaders() == [room.readers]
    assert not room.turn()
    to_one.send(b"1")
    to_two.send(b"2")
    assert room.turn()
    assert (one.heard, two.heard) == ([b"1"], [b"2"])
    assert not room.turn()


def test_held_up(room: Room) -> None:
    """What is held up stays in the socket until all reasons are gone."""
    listener, flow, other = room.connection()
    flow.hold(BUSY)
    flow.hold(FULL)
    other.send(b"later")
    assert not room.turn()
    flow.release(BUSY)
    assert not room.turn()
    flow.release(FULL)
    flow.release(FULL)
    assert room.turn()
    assert listener.heard == [b"later"]


def test_an_orderly_end(room: Room) -> None:
    """The protocol hears of it as from the reactor itself, after the last bytes."""
    listener, flow, other = room.connection()
    other.send(b"last")
    other.close()
    while room.turn():
        pass
    assert (listener.heard, listener.why) == ([b"last"], [ConnectionDone])
    flow.release(BUSY)
    flow.hold(BUSY)
    flow.release(BUSY)
    assert room.reactor.getReaders() == []


def test_a_reset(room: Room) -> None:
    """A connection that is torn down has not ended cleanly."""
    port = socket.create_server(("127.0.0.1", 0))
    other = socket.create_connection(port.getsockname())
    ours, _ = port.accept()
    listener = Listener()
    transport = tcp.Connection(ours, listener, room.reactor)
    transport.connected = True
    listener.flow = Flow(transport, 65536, room.readers, listener.hear)
    linger = (1).to_bytes(4, "little") + bytes(4)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    other.close()
    port.close()
    assert room.turn()
    assert listener.why == [ConnectionLost]


def test_nothing_to_read_after_all(room: Room) -> None:
    """Linux may say that a socket is ready when it is not."""
    listener, flow, _ = room.connection()
    flow.ready()
    assert not listener.heard
    assert not listener.why


def test_one_that_stumbles_ends_alone(room: Room, logged_failures: list[Any]) -> None:
    """Its failure is logged; the others of the same turn are served."""
    listeners = [room.connection() for _ in range(3)]
    for _, _, other in listeners:
        other.send(b"stumble" if other is listeners[1][2] else b"go on")
    room.turn()
    assert [one.why for one, _, _ in listeners] == [[], [ValueError], []]
    assert [one.heard for one, _, _ in listeners][::2] == [[b"go on"], [b"go on"]]
    assert logged_failures.pop()["log_failure"].check(ValueError)


def test_one_that_ends_another(room: Room) -> None:
    """Who was ended in this turn hears nothing more in it."""
    one, flow_of_one, to_one = room.connection()
    two, flow_of_two, to_two = room.connection()
    flow_of_one.receive = lambda _: flow_of_two.abort()
    flow_of_two.receive = lambda _: flow_of_one.abort()
    to_one.send(b"1")
    to_two.send(b"2")
    room.turn()
    assert not room.turn()
    assert one.heard == two.heard == []
    assert sum(flow.receive is None for flow in (flow_of_one, flow_of_two)) == 1


@pytest.mark.parametrize("end", ["close", "abort"])
def test_ended_by_us(room: Room, end: str) -> None:
    """From then on nothing is heard, whatever comes."""
    listener, flow, other = room.connection()
    getattr(flow, end)()
    flow.release(BUSY)
    flow.hold(FULL)
    flow.release(FULL)
    other.send(b"too late")
    assert not room.turn()
    assert listener.heard == []


def descriptors() -> int:
    """Return how many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_descriptor_is_left(room: Room) -> None:
    """The epoll is there only while it is needed."""
    before = descriptors()
    _, flow, other = room.connection()
    flow.lost(Failure(ConnectionLost()))
    other.close()
    assert descriptors() == before
    assert room.readers.logPrefix() == "proxy"
    room.readers.doRead()
