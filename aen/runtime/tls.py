"""TLS for connections that Twisted accepted, by the standard library's `ssl`.

Twisted's own TLS puts a protocol and a buffering consumer between the socket and
its user, and pays pyOpenSSL's calling costs for each. Here the transport itself
encrypts: what is written goes through an `ssl.SSLObject` in memory and to the socket
at once; what one read of the socket brings is decrypted and handed on in one piece.
`docs/tls.md` has the measurements, and what else was tried.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

from twisted.internet import main, tcp
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ISSLTransport
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

_RECORD: Final = 16384
"""Bytes of plain text in one record, at most (RFC 8446, 5.1)."""
_EARLY_BYTES: Final = 65536
"""Plain text kept for a client whose handshake is still under way."""

_ANSWERS: Final = 100
"""How often a client may make TLS itself answer; a handshake takes two or three."""


@implementer(ISSLTransport)
class TlsServer(tcp.Server):
    """A connection that a client opened, with TLS.

    The handshake begins with the client's first bytes; its time limit is that of
    whoever waits for the first request. Writing is direct: see `aen.proxy.flow`.
    """

    def __init__(self, context: ssl.SSLContext, *arguments: Any) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._early: list[bytes] | None = []
        self._broken = False
        self._answers = 0
        super().__init__(*arguments)

    def getPeerCertificate(self) -> bytes | None:  # noqa: N802 -- Twisted's name
        """Return the client's certificate (DER), if it showed one."""
        return self._tls.getpeercert(True)

    @override
    def doRead(self) -> Any:
        """Hand on what one read of the socket brings."""
        try:
            data = self.receive(self.bufferSize)
        except BlockingIOError:
            return None
        except OSError:
            return main.CONNECTION_LOST
        if not data:
            return main.CONNECTION_DONE
        self.protocol.dataReceived(data)
        return None

    def receive(self, size: int) -> bytes:
        """Read *size* bytes of the socket at most; return their plain text.

        Empty means that the client has ended the connection.

        :raises BlockingIOError: nothing has come that could be handed on.
        :raises OSError: the connection is broken, or what has come is not TLS.
        """
        data = self.socket.recv(size)
        if not data:
            return b""
        self._incoming.write(data)
        try:
            plain, ended = self._decrypt()
        except ssl.SSLError:
            # An alert, garbage, a forged record: the reason is the client's.
            self._broken = True
            self._send()
            raise ConnectionResetError from None
        if self._early is not None and self._tls.version() is not None:
            self._begin()
        if self._outgoing.pending:
            self._answer()
        if plain:
            return plain  # a client that has ended sees to the end of the socket, too
        if ended:
            return b""
        raise BlockingIOError

    def _decrypt(self) -> tuple[bytes, bool]:
        """Return the plain text of all that has come, and whether the client ended."""
        read, incoming, tls = self._tls.read, self._incoming, self._tls
        pieces: list[bytes] = []
        try:
            while True:
                piece = read(_RECORD)
                if not piece:
                    return b"".join(pieces), True
                if not (incoming.pending or tls.pending()):
                    break
                pieces.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(pieces), False
        if not pieces:
            return piece, False
        pieces.append(piece)
        return b"".join(pieces), False

    def _answer(self) -> None:
        """Send what TLS itself has to say: handshakes, tickets, refused renegotiation.

        :raises OSError: the client makes it say too much; it might not listen, either.
        """
        self._answers += 1
        if self._answers > _ANSWERS:
            self._broken = True
            raise ConnectionResetError
        self._send()

    def _begin(self) -> None:
        """Write what was written before the handshake was done."""
        early, self._early = self._early, None
        for data in early or ():
            self._tls.write(data)

    @override
    def write(self, data: bytes) -> None:
        """Encrypt *data* and write it, at once if nothing is queued."""
        if not data or not self._writable():
            return
        if self._early is not None:
            self._early.append(data)
            if sum(map(len, self._early)) > _EARLY_BYTES:
                self._give_up()  # a stream with a hole in it would be worse
            return
        try:
            self._tls.write(data)
        except ssl.SSLError:
            self._give_up()
            return
        self._send()

    def _give_up(self) -> None:
        self._broken = True
        self.abortConnection()

    @override
    def writeSequence(self, iovec: Any) -> None:
        """Encrypt and write the pieces as one."""
        self.write(b"".join(iovec))

    def _writable(self) -> bool:
        return bool(
            self.connected
            and not self._broken
            and not self.disconnecting
            and not self._writeDisconnecting
        )

    def _send(self) -> None:
        data = self._outgoing.read()
        if not data:
            return
        if not (self._tempDataLen or self.dataBuffer or self.disconnecting):
            try:
                sent = self.socket.send(data)
            except OSError:
                sent = 0  # the reactor meets the error again, and ends the connection
            if sent == len(data):
                return
            data = data[sent:]
        FileDescriptor.write(self, data)

    def _say_goodbye(self) -> None:
        """Queue the alert that says that nothing more comes (RFC 8446, 6.1)."""
        if self._early is not None or not self._writable():
            return
        with contextlib.suppress(ssl.SSLError):  # the client need not answer it
            self._tls.unwrap()
        self._send()

    @override
    def loseConnection(self) -> None:
        """Close when everything is written, with the alert that says so."""
        self._say_goodbye()
        FileDescriptor.loseConnection(self)

    @override
    def loseWriteConnection(self) -> None:
        """Say that nothing more will be written, and go on reading."""
        self._say_goodbye()
        FileDescriptor.loseWriteConnection(self)

    @override
    def connectionLost(self, reason: Failure) -> None:
        """Say goodbye to a client that has done so first."""
        if reason.check(ConnectionDone):
            self._say_goodbye()
        super().connectionLost(reason)

    @override
    def startTLS(self, ctx: Any, normal: bool = True) -> None:
        """Refuse: this is TLS already."""
        raise NotImplementedError


def speak_tls(port: Any, context: Callable[[], ssl.SSLContext]) -> None:
    """Let connections that *port* accepts from now on speak TLS.

    :param context: called for each of them.
    :raises ValueError: *port* is not a TCP port.
    """
    if getattr(port, "addressFamily", None) not in (socket.AF_INET, socket.AF_INET6):
        raise ValueError("TLS is spoken on tcp: addresses only")

    def transport(*arguments: Any) -> TlsServer:
        return TlsServer(context(), *arguments)

    # A port makes its connections with this attribute (twisted.internet.tcp.Port).
    port.transport = transport
