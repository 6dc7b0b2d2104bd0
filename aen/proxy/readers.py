"""Reading plain sockets: many of them in one turn of the reactor.

For every descriptor that is ready the reactor sets up a context for its log, checks
the descriptor and goes through four calls: more than a small request costs us
otherwise. So the sockets of one proxy are watched by an epoll of its own, which the
reactor sees as one descriptor. Everything else (connecting, accepting, queued writes,
closing) stays with Twisted's transports.
"""

import contextlib
import select
from typing import Any, Final, Protocol

from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

_BATCH: Final = 256


class Reader(Protocol):
    """Something to be told that its descriptor is ready."""

    def ready(self) -> None:
        """Read once. Must not raise: others are waiting behind it."""

    def lost(self, reason: Failure) -> None:
        """The reactor has ended everything; so has this to."""


@implementer(IReadDescriptor)
class Readers:
    """An epoll inside the reactor's; there only while it watches something."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._readers: dict[int, Reader] = {}
        self._epoll: select.epoll | None = None

    def watch(self, descriptor: int, reader: Reader) -> None:
        """Call ``reader.ready()`` whenever *descriptor* can be read."""
        if self._epoll is None:
            self._epoll = select.epoll()
            self._reactor.addReader(self)
        self._epoll.register(descriptor, select.EPOLLIN)
        self._readers[descriptor] = reader

    def forget(self, descriptor: int) -> None:
        """Call it no more; the descriptor is still open, or has just been closed."""
        if self._readers.pop(descriptor, None) is None or self._epoll is None:
            return
        with contextlib.suppress(OSError):  # Closing it has taken it out already.
            self._epoll.unregister(descriptor)
        if not self._readers:
            self._reactor.removeReader(self)
            self._epoll.close()
            self._epoll = None

    def fileno(self) -> int:
        """Return the epoll's own descriptor."""
        return -1 if self._epoll is None else self._epoll.fileno()

    def doRead(self) -> None:  # noqa: N802 -- Twisted's name
        """Let everybody read who can, and who meanwhile has come to be able.

        On a busy proxy somebody always has: a turn of the reactor, with its timers and
        its own looking, costs as much as serving one of them.
        """
        find = self._readers.get
        left = _BATCH
        while left > 0 and self._epoll is not None:
            found = self._epoll.poll(0, left)
            if not found:
                return
            left -= len(found)
            for descriptor, _ in found:
                reader = find(descriptor)  # One before it may have ended it.
                if reader is not None:
                    reader.ready()

    def connectionLost(self, reason: Failure) -> None:
        """End everything: the reactor stops."""
        for reader in tuple(self._readers.values()):
            reader.lost(reason)

    def logPrefix(self) -> str:  # noqa: N802 -- Twisted's name
        """Return what lines of the log begin with while something is read."""
        return "proxy"
