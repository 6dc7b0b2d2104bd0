"""One line for each request, written in batches."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final, cast

from attrs import define, evolve
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

# Nearly all lines are this: nine words of one kind of letter each.
_LINES: Final = re.compile(rb"(?:(?:[!-\[\]-~]++ ){8}+[!-\[\]-~]++\n)*+")
# One word: neither blanks nor the backslash that escapes.
_PRINTABLE: Final = re.compile(rb"[!-\[\]-~]*+")


@define
class Entry:
    """What one line says; *began* is in seconds since the epoch."""

    began: float
    client: str
    method: bytes
    target: bytes
    """Written down without its query, which may hold secrets."""
    request_id: bytes
    upstream: str = "-"
    status: int = 0
    sent: int = 0
    """Bytes sent to the client, heads included."""
    seconds: float = 0.0

    def line(self) -> bytes:
        """Return the entry as a line, as it is.

        Bytes all the way: formatting text takes twice as long.
        """
        second = int(self.began)
        return b"%b.%03dZ %b %b %b %d %d %.3f %b %b\n" % (
            _second(second),
            (self.began - second) * 1000,
            self.client.encode() or b"-",
            self.method,
            self.target.partition(b"?")[0],
            self.status,
            self.sent,
            self.seconds,
            self.upstream.encode(),
            self.request_id,
        )

    def escaped(self) -> "Entry":
        """Return the entry with anything unprintable in it escaped."""
        return evolve(
            self,
            method=_printable(self.method),
            target=_printable(self.target.partition(b"?")[0]),
            request_id=_printable(self.request_id),
            upstream=_printable(self.upstream.encode()).decode(),
        )


def lines(entries: Sequence[Entry]) -> bytes:
    """Return the lines of *entries*, with anything unprintable escaped."""
    text = b"".join([entry.line() for entry in entries])
    if _LINES.fullmatch(text) is not None:
        return text
    return b"".join([entry.escaped().line() for entry in entries])


@lru_cache(maxsize=4)
def _second(seconds: int) -> bytes:
    """Many entries share their second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()


def _printable(text: bytes) -> bytes:
    """Return *text* as one word: blanks, backslashes and the unprintable escaped."""
    if _PRINTABLE.fullmatch(text) is not None:
        return text
    return b"".join(
        one if _PRINTABLE.fullmatch(one) else b"\\x%02x" % one[0]
        for one in (text[at : at + 1] for at in range(len(text)))
    )


class AccessLog:
    """Writes entries to a file or stream, at most *seconds* late and *most* at a time.

    Many at a time cost less, but everybody waits while they are written.

    A file that was moved away is opened anew. Lines that cannot be written are
    dropped, and the first failure of each row of them is logged.
    """

    def __init__(
        self,
        where: Path | BinaryIO,
        clock: IReactorTime,
        *,
        seconds: float = 1.0,
        most: int = 256,
    ) -> None:
        self._log = Logger()
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._path = where if isinstance(where, Path) else None
        self._stream = None if isinstance(where, Path) else where
        self._entries: list[Entry] = []
        self._next: IDelayedCall | None = None
        self._failing = False
        self._closed = False

    def add(self, entry: Entry) -> None:
        """Write *entry* soon; after `close` at once."""
        self._entries.append(entry)
        if self._closed:
            self.close()
        elif self._next is None:
            self._next = self._clock.callLater(self._seconds, self.flush)
        elif len(self._entries) >= self._most:
            self.flush()

    def flush(self) -> None:
        """Write what there is."""
        if self._next is not None:
            if self._next.active():
                self._next.cancel()
            self._next = None
        entries, self._entries = self._entries, []
        if not entries:
            return
        text = lines(entries)
        try:
            stream = self._opened()
            while text:  # A disk that is nearly full takes a part.
                text = text[stream.write(text) :]
            stream.flush()
        except OSError as error:
            if not self._failing:
                self._log.error("cannot write the access log: {error}", error=error)
            self._failing = True
        else:
            self._failing = False

    def close(self) -> None:
        """Write what there is and close a file opened here.

        Connections may outlive it by a moment: what they add is still written.
        """
        self._closed = True
        self.flush()
        if self._path is not None:
            self._close_file()

    def _close_file(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _opened(self) -> BinaryIO:
        if self._path is None:
            assert self._stream is not None
            return self._stream
        if self._stream is not None and not self._moved(self._path, self._stream):
            return self._stream
        self._close_file()
        descriptor = os.open(
            self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640
        )
        # Unbuffered: lines of several processes stay whole, one write for many.
        self._stream = cast("BinaryIO", os.fdopen(descriptor, "ab", buffering=0))
        return self._stream

    @staticmethod
    def _moved(path: Path, stream: BinaryIO) -> bool:
        try:
            there = path.stat()
        except FileNotFoundError:
            return True
        return not os.path.samestat(there, os.fstat(stream.fileno()))
