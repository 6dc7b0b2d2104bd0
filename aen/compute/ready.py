"""Whether an app answers yet: one bare HTTP request, over and over."""

import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import ConnectError, ConnectingCancelledError
from twisted.internet.interfaces import (
    IReactorTCP,
    IReactorTime,
    IReactorUNIX,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure

from aen.runtime.connecting import SocketEndpoint
from aen.runtime.tasks import pause

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])[ \r\n]")
_LONGEST = 4096
_BROKEN = 500
"""Statuses from here on mean that the app is not up (RFC 9110 section 15.6)."""
_LISTENING = "0A"  # TCP_LISTEN, net/tcp_states.h


class IReactorClient(IReactorTCP, IReactorUNIX, IReactorTime):
    """A reactor that connects."""


@frozen
class Pace:
    """How often an app is asked; seconds.

    The pauses stay a small part of the time that has passed: who waits is told soon,
    and an app that takes long is not asked all the time.
    """

    first: float = 0.02
    growth: float = 1.02
    longest: float = 0.5
    answer: float = 10.0
    """How long one answer may take."""


class _StatusLine(Protocol):
    """Asks once and hears no more than the status."""

    def __init__(self, path: str) -> None:
        self.status: Deferred[int] = Deferred(lambda _: self._abort())
        self._path = path
        self._buffer = b""
        self._heard = _BROKEN

    def connectionMade(self) -> None:
        assert self.transport is not None
        request = (
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\n"
            "User-Agent: AEN\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(request.encode("ascii"))

    def dataReceived(self, data: bytes) -> None:
        self._buffer += data
        match = _STATUS_LINE.match(self._buffer)
        if match:
            self._heard = int(match[1])
        if match or len(self._buffer) > _LONGEST:
            self._abort()

    def connectionLost(self, reason: Failure | None = None) -> None:
        if not self.status.called:
            self.status.callback(self._heard)

    def _abort(self) -> None:
        if self.transport is not None:
            self.transport.abortConnection()  # type: ignore[attr-defined]


class _Once(Factory):
    noisy = False


async def answers(
    endpoint: IStreamClientEndpoint, path: str, clock: IReactorTime, seconds: float
) -> bool:
    """Whether what listens at *endpoint* answers *path* with a status below 500."""
    asking = _StatusLine(path)
    try:
        await endpoint.connect(_Once.forProtocol(lambda: asking))
    except ConnectingCancelledError:
        raise CancelledError from None
    except (ConnectError, OSError):
        return False
    asking.status.addTimeout(  # type: ignore[unused-awaitable]
        seconds, clock, onTimeoutCancel=lambda *_: _BROKEN
    )
    return await asking.status < _BROKEN


def endpoint_of(
    reactor: IReactorClient, path: str, port: int, seconds: float
) -> IStreamClientEndpoint:
    """Return where an app listens: the UNIX socket *path*, else loopback *port*."""
    if path:
        return SocketEndpoint(reactor, path, seconds)
    return TCP4ClientEndpoint(reactor, "127.0.0.1", port, timeout=seconds)


async def until(
    answered: Callable[[], Awaitable[bool]], clock: IReactorTime, pace: Pace
) -> None:
    """Return once *answered* says so, asking at first often and then less."""
    wait = pace.first
    await pause(clock, wait)
    while not await answered():
        await pause(clock, wait)
        wait = min(wait * pace.growth, pace.longest)


def free_port() -> int:
    """Return a loopback port nobody listens on at this moment."""
    with closing(socket.socket(socket.AF_INET)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listener_inodes(table: str, port: int) -> set[str]:
    """Return the inodes of sockets that listen on *port*.

    :param table: the content of ``/proc/net/tcp`` (proc(5)).
    """
    return {row[9] for row in _listeners(table, port)}


def _listeners(table: str, port: int) -> list[list[str]]:
    rows = (line.split() for line in table.splitlines()[1:])
    return [
        row
        for row in rows
        if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port
    ]


def listener_uids(port: int) -> set[int]:
    """Return whose sockets listen on *port*."""
    found: set[int] = set()
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            table = Path("/proc/net", name).read_text("ascii")
            found |= {int(row[7]) for row in _listeners(table, port)}
    return found


def port_belongs_to(port: int, pids: set[int]) -> bool:
    """Whether every listener on *port* is a socket of one of *pids*.

    Another local user might have been quicker to listen there.
    """
    wanted: set[str] = set()
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            wanted |= listener_inodes(Path("/proc/net", name).read_text("ascii"), port)
    held: set[str] = set()
    for pid in pids:
        with suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    held.add(str(entry.readlink()))
    return bool(wanted) and all(f"socket:[{inode}]" in held for inode in wanted)
