"""Whether an app answers."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock

from aen.compute.ready import (
    Pace,
    answers,
    endpoint_of,
    free_port,
    listener_inodes,
    listener_uids,
    port_belongs_to,
    until,
)
from aen.runtime.tasks import pause, start
from tests.waiting import eventually

reactor: Any = _reactor
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 222 1
   2: 0100007F:1F90 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 333 1
   3: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1
"""  # noqa: E501


class Says(Protocol):
    """Answers every request with some bytes."""

    answer = b""
    closed: list[str]

    def connectionLost(self, reason: object = None) -> None:
        """Note it."""
        self.closed.append("closed")

    def dataReceived(self, data: bytes) -> None:
        """Answer, whatever was asked."""
        assert self.transport is not None
        self.transport.write(self.answer)
        if not self.answer.endswith(b"..."):
            self.transport.loseConnection()


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.0 302 Found\r\n\r\n", True),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", True),
        (b"HTTP/1.1 500 Oops\r\n\r\n", False),
        (b"HTTP/1.1 503 Soon\r\n\r\n", False),
        (b"SSH-2.0-x\r\n", False),
        (b"", False),
        (b"x" * 9000 + b"...", False),
        (b"HTTP/1.1 ...", False),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_status_below_500_is_ready(
    tmp_path: Path,
    answer: bytes,
    ready: bool,  # noqa: FBT001
) -> None:
    """Anything an app says but an error of its own means that it is up."""
    where, closed = str(tmp_path / "s"), list[str]()
    factory = Factory.forProtocol(
        type("One", (Says,), {"answer": answer, "closed": closed})
    )
    port = reactor.listenUNIX(where, factory)
    endpoint = endpoint_of(reactor, where, 0, 5.0)
    assert await answers(endpoint, "/x", reactor, 0.3) is ready
    await eventually(lambda: closed, "the connection is closed")
    await pause(reactor, 0)  # a cancelled one closes in the next turn
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_nobody_listens(tmp_path: Path) -> None:
    """No socket, and one nobody accepts at, are not ready."""
    gone = endpoint_of(reactor, str(tmp_path / "none"), 0, 5.0)
    assert not await answers(gone, "/", reactor, 1.0)
    nobody = endpoint_of(reactor, "", free_port(), 5.0)
    assert not await answers(nobody, "/", reactor, 1.0)


def test_asked_often_at_first_and_then_less() -> None:
    """Pauses grow to a bound, and end with the answer."""
    clock, asked = Clock(), []

    async def answered() -> bool:
        asked.append(round(clock.seconds(), 3))
        return len(asked) == 4

    done = start(until(answered, clock, Pace(0.1, 2.0, 0.3)))
    for _ in range(12):
        clock.advance(0.1)
    assert asked == [0.1, 0.2, 0.4, 0.7]
    assert done.called
    waiting = start(until(_never, clock, Pace()))
    waiting.addErrback(lambda _: None)
    waiting.cancel()
    assert not clock.getDelayedCalls()


async def _never() -> bool:
    return False


def test_listeners_in_the_kernels_table() -> None:
    """Sockets that listen on the port, whatever the address; no connections."""
    assert listener_inodes(TABLE, 8080) == {"111", "222"}
    assert listener_inodes(TABLE, 1) == set()


def test_whose_listeners() -> None:
    """Ours, and nobody's where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert listener_uids(port) == set()
        listener.listen()
        assert listener_uids(port) == {os.geteuid()}


def test_a_port_belongs_to_who_listens() -> None:
    """Another process that was quicker is not our app."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert port_belongs_to(port, {os.getpid()})
        assert not port_belongs_to(port, {os.getppid()})
    assert not port_belongs_to(port, {os.getpid()})
