"""Sends parts of a file as fast as its reader takes them, never faster."""

from collections.abc import Iterable
from typing import BinaryIO

from twisted.internet.interfaces import IPullProducer
from twisted.web.server import Request
from zope.interface import implementer

_AT_ONCE = 64 * 1024

Piece = tuple[bytes, int, int]
"""What is written first; then offset and length of a part of the file."""


@implementer(IPullProducer)
class Sending:
    """Owns *file* from here on; one read is in memory at a time."""

    def __init__(
        self, request: Request, file: BinaryIO, pieces: Iterable[Piece]
    ) -> None:
        self._request = request
        self._file = file
        self._pieces = iter(pieces)
        self._left = 0
        self._ended = False

    def start(self) -> None:
        """Begin; the request is finished when all is sent."""
        self._request.registerProducer(self, False)

    def resumeProducing(self) -> None:
        """Write the next bytes, or finish."""
        if self._ended:
            return
        data = self._next()
        if data:
            self._request.write(data)
            return
        self.stopProducing()
        self._request.unregisterProducer()
        if data is None:
            self._request.finish()
        else:
            # The file became shorter: what was promised cannot be kept.
            self._request.loseConnection()

    def _next(self) -> bytes | None:
        """Return the next bytes: none where the file has ended; None: all is sent."""
        if self._left == 0:
            piece = next(self._pieces, None)
            if piece is None:
                return None
            head, offset, self._left = piece
            self._file.seek(offset)
            if head:
                return head
        data = self._file.read(min(_AT_ONCE, self._left))
        self._left -= len(data)
        return data

    def stopProducing(self) -> None:
        """Read no more; the reader has left, or has all."""
        self._ended = True
        self._file.close()
