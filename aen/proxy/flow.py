"""Reading, writing and back-pressure: what a connection's transport is used through.

`transport.write` queues, registers for writing, waits for a turn of the reactor,
writes and unregisters. When nothing is queued, writing to the socket at once saves
all of that, which is most of the cost of relaying a small response. Reading goes
through `Readers` for a like reason. Both are done for sockets of Twisted's own only;
over TLS, `aen.runtime.tls` does what is between the socket and the bytes.
"""

from collections.abc import Callable
from typing import Any, Final

from twisted.internet import tcp
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.logger import Logger
from twisted.python.failure import Failure

from aen.proxy.readers import Readers
from aen.runtime.tls import TlsServer

FULL: Final = 1
"""Reading is held up because the peer it feeds has a full buffer."""
BUSY: Final = 2
"""Reading is held up because what was read has to be dealt with first."""
_SMALL: Final = 8192
"""Bytes read at once from who never sent much: memory for more is got in vain."""


class Flow:
    """One connection's transport: writing, holding up its reading, ending it.

    It is the producer of its own transport: when the transport's buffer is full,
    the `Flow` it is fed from is held up.
    """

    __slots__ = (
        "_descriptor",
        "_held",
        "_ours",
        "_read_bytes",
        "_readers",
        "_recv",
        "_room",
        "_send",
        "_transport",
        "feeder",
        "full",
        "plain",
        "receive",
        "write",
    )

    _log = Logger()

    def __init__(
        self,
        transport: Any,
        buffer_bytes: int,
        readers: Readers | None = None,
        receive: Callable[[bytes], None] | None = None,
        read_bytes: int = 65536,
    ) -> None:
        self._transport = transport
        self.receive = receive
        """Whom bytes that *readers* find are for."""
        self.feeder: Flow | None = None
        """What is held up while this connection's buffer is full."""
        self.full = False
        """Whether more is waiting to be written than may be."""
        self._held = 0
        self._ours = isinstance(transport, tcp.Connection)
        self.plain = self._ours and not isinstance(transport, TlsServer)
        """Whether this is a socket without TLS."""
        self.write = self._write_now if self.plain else transport.write
        self._read_bytes = read_bytes
        self._room = min(_SMALL, read_bytes)
        self._readers = readers if self._ours and receive is not None else None
        self._descriptor = -1
        if self._ours:
            transport.bufferSize = buffer_bytes
        if self.plain:
            self._send = transport.socket.send
        if self._readers is not None:
            self._recv = transport.socket.recv if self.plain else transport.receive
            transport.pauseProducing()
            self._descriptor = transport.fileno()
            self._readers.watch(self._descriptor, self)
        transport.registerProducer(self, True)

    def ready(self) -> None:
        """Read once (`readers.Reader`); end as Twisted's own transports do."""
        try:
            data = self._recv(self._room)
        except BlockingIOError:
            return
        except OSError:
            self.lost(Failure(ConnectionLost()))
            return
        if not data:
            self.ended()
            self._transport.readConnectionLost(Failure(ConnectionDone()))
            return
        if len(data) >= _SMALL:
            self._room = self._read_bytes
        try:
            self.receive(data)  # type: ignore[misc]  # there are no readers without
        except Exception:  # noqa: BLE001 -- ends one connection, not all of them
            reason = Failure()
            self._log.failure("the proxy failed", reason)
            self.lost(reason)

    def lost(self, reason: Failure) -> None:
        """End the connection now and tell its protocol why (`readers.Reader`)."""
        self.ended()
        if self._transport.connected:
            self._transport.connectionLost(reason)

    def ended(self) -> None:
        """Read no more, ever; a protocol calls it when its connection is lost."""
        if self._readers is not None and self._descriptor >= 0:
            self._readers.forget(self._descriptor)
            self._descriptor = -1
            self.receive = None

    def _stop_reading(self) -> None:
        if self._readers is None:
            self._transport.pauseProducing()
        else:
            self._readers.forget(self._descriptor)

    def _start_reading(self) -> None:
        if self._readers is None:
            self._transport.resumeProducing()
        elif self._descriptor >= 0:
            self._readers.watch(self._descriptor, self)

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
            sent = self._send(data)
        except OSError:
            sent = 0
        if sent < len(data):
            transport.write(data[sent:])

    def hold(self, reason: int) -> None:
        """Stop reading for *reason* (`FULL` or `BUSY`)."""
        if not self._held:
            self._stop_reading()
        self._held |= reason

    def release(self, reason: int) -> None:
        """Read again unless there is another reason not to."""
        if self._held & reason:
            self._held &= ~reason
            if not self._held:
                self._start_reading()

    @property
    def held_up(self) -> bool:
        """Whether reading waits for the peer it feeds."""
        return bool(self._held & FULL)

    def feed_from(self, feeder: "Flow | None") -> None:
        """Hold up *feeder*, from now on, whenever this connection's buffer is full."""
        if self.full:
            if self.feeder is not None:
                self.feeder.release(FULL)
            if feeder is not None:
                feeder.hold(FULL)
        self.feeder = feeder

    def pauseProducing(self) -> None:
        """Hold up the feeder: the buffer is full."""
        self.full = True
        if self.feeder is not None:
            self.feeder.hold(FULL)

    def resumeProducing(self) -> None:
        """Let the feeder read again: the buffer is empty."""
        self.full = False
        if self.feeder is not None:
            self.feeder.release(FULL)

    def stopProducing(self) -> None:
        """The connection is gone; its protocol is told by itself."""

    def close(self) -> None:
        """Close the connection when everything is written."""
        self.ended()
        self._transport.unregisterProducer()
        self._transport.loseConnection()

    def close_writing(self) -> bool:
        """Say that nothing more will be written; return whether that is possible."""
        if not self._ours:
            return False
        self._transport.unregisterProducer()
        self._transport.loseWriteConnection()
        return True

    def abort(self) -> None:
        """End the connection now, whatever is still to be written."""
        self.ended()
        self._transport.abortConnection()
