"""Back-pressure and direct writes: what one connection's transport is used through.

`transport.write` queues, registers for writing, waits for a turn of the reactor,
writes and unregisters. When nothing is queued, writing to the socket at once saves
all of that, which is most of the cost of relaying a small response. It is done for
plain TCP and UNIX sockets only: over TLS the socket carries something else, and
`aen.runtime.tls` writes at once by itself.
"""

from typing import Any, Final

from twisted.internet import tcp

from aen.runtime.tls import TlsServer

FULL: Final = 1
"""Reading is held up because the peer it feeds has a full buffer."""
BUSY: Final = 2
"""Reading is held up because what was read has to be dealt with first."""


class Flow:
    """One connection's transport: writing, holding up its reading, ending it.

    It is the producer of its own transport: when the transport's buffer is full,
    the `Flow` it is fed from is held up.
    """

    __slots__ = ("_feeder", "_full", "_half", "_held", "_transport", "plain", "write")

    def __init__(self, transport: Any, buffer_bytes: int) -> None:
        self._transport = transport
        self._feeder: Flow | None = None
        self._full = False
        self._held = 0
        self._half = isinstance(transport, tcp.Connection)
        self.plain = self._half and not isinstance(transport, TlsServer)
        """Whether this is a socket without TLS."""
        self.write = self._write_now if self.plain else transport.write
        if self._half:
            transport.bufferSize = buffer_bytes
        transport.registerProducer(self, True)

    def _write_now(self, data: bytes) -> None:
        """Write to the socket itself what it takes, and queue the rest.

        Errors are left to `transport.write`: the reactor meets them again at once
        and ends the connection as it always does.
        """
        transport = self._transport
        # _tempDataLen is Twisted's own; tests/proxy/test_flow.py notices if it goes.
        if (
            transport._tempDataLen  # noqa: SLF001
            or transport.dataBuffer
            or transport.disconnecting
            or not transport.connected
        ):
            transport.write(data)
            return
        try:
            sent = transport.socket.send(data)
        except OSError:
            sent = 0
        if sent < len(data):
            transport.write(data[sent:])

    def hold(self, reason: int) -> None:
        """Stop reading for *reason* (`FULL` or `BUSY`)."""
        if not self._held:
            self._transport.pauseProducing()
        self._held |= reason

    def release(self, reason: int) -> None:
        """Read again unless there is another reason not to."""
        if self._held & reason:
            self._held &= ~reason
            if not self._held:
                self._transport.resumeProducing()

    @property
    def held_up(self) -> bool:
        """Whether reading waits for the peer it feeds."""
        return bool(self._held & FULL)

    def feed_from(self, feeder: "Flow | None") -> None:
        """Hold up *feeder*, from now on, whenever this connection's buffer is full."""
        if self._full:
            if self._feeder is not None:
                self._feeder.release(FULL)
            if feeder is not None:
                feeder.hold(FULL)
        self._feeder = feeder

    def pauseProducing(self) -> None:
        """Hold up the feeder: the buffer is full."""
        self._full = True
        if self._feeder is not None:
            self._feeder.hold(FULL)

    def resumeProducing(self) -> None:
        """Let the feeder read again: the buffer is empty."""
        self._full = False
        if self._feeder is not None:
            self._feeder.release(FULL)

    def stopProducing(self) -> None:
        """The connection is gone; its protocol is told by itself."""

    def close(self) -> None:
        """Close the connection when everything is written."""
        self._transport.unregisterProducer()
        self._transport.loseConnection()

    def close_writing(self) -> bool:
        """Say that nothing more will be written; return whether that is possible."""
        if not self._half:
            return False
        self._transport.unregisterProducer()
        self._transport.loseWriteConnection()
        return True

    def abort(self) -> None:
        """End the connection now, whatever is still to be written."""
        self._transport.abortConnection()
