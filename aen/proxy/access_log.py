"""One line for each request, written in batches."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from operator import methodcaller
from pathlib import Path
from typing import BinaryIO, Final, cast

from attrs import define
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

# Nearly every line is this: nine words of one kind of letter each.
_LINE: Final = re.compile(r"(?:[!-\[\]-~]++ ){8}+[!-\[\]-~]++\n")
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

    def line(self) -> str:
        """Return the entry as a line, with anything unprintable escaped."""
        line = self._line(_decode)
        return line if _LINE.fullmatch(line) is not None else self._line(_printable)

    def _line(self, word: Callable[[bytes], str]) -> str:
        second = int(self.began)
        return (
            f"{_second(second)}.{int((self.began - second) * 1000):03d}Z"
            f" {self.client or '-'} {word(self.method)}"
            f" {word(self.target.partition(b'?')[0])}"
            f" {self.status} {self.sent} {self.seconds:.3f}"
            f" {word(self.upstream.encode())} {word(self.request_id)}\n"
        )


_decode: Final = methodcaller("decode", "latin-1")


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    """Many entries share their second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _printable(text: bytes) -> str:
    if _PRINTABLE.fullmatch(text) is not None:
        return text.decode("ascii")
    return "".join(
        chr(byte) if _PRINTABLE.fullmatch(bytes((byte,))) else f"\\x{byte:02x}"
        for byte in text
    )


class AccessLog:
    """Writes entries to a file or stream, at most *seconds* late.

    A file that was moved away is opened anew. Lines that cannot be written are
    dropped, and the first failure of each row of them is logged.
    """

    def __init__(
        self,
        where: Path | BinaryIO,
        clock: IReactorTime,
        *,
        seconds: float = 1.0,
        most: int = 2000,
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
        text = "".join(entry.line() for entry in entries).encode()
        try:
            stream = self._opened()
            stream.write(text)
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
