"""The form in which a project's files travel from one node to another.

Pure but for the two ends of a pipe. Records, each a letter, a length and so many bytes:
directories are entered and left, so that every name is one entry of the directory that
is open and no path is ever put together. What comes in is believed by nobody: it may
have been made by anyone, and each part is checked here before anything is done.
"""

import json
import os
import re
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aen.compute.disk.walk import Refused

MAGIC = b"AEN project 1\n"

LARGEST_FILE = 1 << 44
"""Bytes of one file, holes counted: what is larger is no file people work with."""
BLOCK = 256 * 1024
"""Bytes of the longest record."""

DIRECTORY, LEAVE, FILE, HOLE, CONTENT, END, LINK, LAST = (
    b"d", b"u", b"f", b"h", b"c", b"e", b"l", b".",
)  # fmt: skip
"""A directory is entered, and left; a file begins, has holes and content, and ends."""

_HEAD = struct.Struct(">cI")
_HOLE = struct.Struct(">Q")
_LONGEST_NAME = 255  # bytes; NAME_MAX of linux/limits.h
_LONGEST_LINK = 4095  # bytes; PATH_MAX without its end
_LONGEST_TIME = 1 << 62  # nanoseconds to either side of the epoch
_WHO = re.compile(r"(?:[a-z][a-z0-9_-]{0,31})?", re.ASCII)
_ODD = "What comes from the other node cannot be understood; try again."
_BROKEN = "What comes from the other node broke off; try again."


@dataclass(frozen=True)
class Entry:
    """A file, directory or link: all that is told of it but what is in it."""

    name: str
    mode: int
    """The nine permission bits; nothing sets anybody's id."""
    time: int
    """When it was last changed, in nanoseconds since the epoch."""
    who: str = ""
    """The account whose it is; empty: the owner's of the project."""
    text: str = ""
    """Where a link points."""


@dataclass(frozen=True)
class Totals:
    """How much there was, told at the end by both sides."""

    entries: int = 0
    bytes: int = 0


def written(entry: Entry) -> bytes:
    """Return *entry* as a record holds it."""
    found = {
        "name": _text(os.fsencode(entry.name)),
        "mode": entry.mode & 0o777,
        "time": entry.time,
        "who": entry.who,
    }
    if entry.text:
        found["text"] = _text(os.fsencode(entry.text))
    return json.dumps(found).encode()


def read_entry(content: bytes, *, link: bool = False) -> Entry:
    """Return what a record tells of an entry.

    :param link: whether it is one, and has to say where it points.
    :raises Refused: it is none, or its name is more than one.
    """
    said = _object(content)
    name = _bytes(said.get("name"), _LONGEST_NAME)
    if name in (b".", b"..") or b"/" in name:
        raise Refused(_ODD)
    who = said.get("who")
    if not isinstance(who, str) or not _WHO.fullmatch(who):
        raise Refused(_ODD)
    mode = _number(said.get("mode"), 0, 0o777)
    time = _number(said.get("time"), -_LONGEST_TIME, _LONGEST_TIME)
    text = _bytes(said.get("text"), _LONGEST_LINK) if link else b""
    return Entry(os.fsdecode(name), mode, time, who, os.fsdecode(text))


def read_totals(content: bytes) -> Totals:
    """Return what the last record tells, or raise `Refused`."""
    said = _object(content)
    entries = _number(said.get("entries"), 0, 1 << 62)
    return Totals(entries, _number(said.get("bytes"), 0, 1 << 62))


def _object(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(_ODD) from None
    if not isinstance(said, dict):
        raise Refused(_ODD)
    return said


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(value: object, most: int) -> bytes:
    """Return text of at least one and at most *most* bytes as the disk takes it."""
    if not isinstance(value, str):
        raise Refused(_ODD)
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise Refused(_ODD) from None
    if not 0 < len(raw) <= most or b"\0" in raw:
        raise Refused(_ODD)
    return raw


def _number(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(_ODD)
    if not least <= value <= most:
        raise Refused(_ODD)
    return value


class Outlet:
    """Where records go: a pipe that may take its time.

    :param alive: called with each record, to show that it goes on.
    """

    def __init__(self, descriptor: int, alive: Callable[[], object]) -> None:
        self._file = os.fdopen(descriptor, "wb", buffering=4 * BLOCK)
        self._alive = alive
        self._file.write(MAGIC)

    def put(self, kind: bytes, content: bytes = b"") -> None:
        """Write one record."""
        self._file.write(_HEAD.pack(kind, len(content)))
        self._file.write(content)
        self._alive()

    def hole(self, size: int) -> None:
        """Write that nothing is for *size* bytes."""
        self.put(HOLE, _HOLE.pack(size))

    def end(self, totals: Totals) -> None:
        """Write the last record."""
        said = {"entries": totals.entries, "bytes": totals.bytes}
        self.put(LAST, json.dumps(said).encode())
        self._file.flush()

    def close(self) -> None:
        """Let go of the pipe; what it did not take is lost."""
        with suppress(OSError):
            self._file.close()


class Inlet:
    """Where records come from.

    :param taken: called with the bytes that have been read so far.
    """

    def __init__(self, descriptor: int, taken: Callable[[int], object]) -> None:
        self._file = os.fdopen(descriptor, "rb", buffering=4 * BLOCK)
        self._taken = taken
        self._count = 0

    def begin(self) -> None:
        """Read how each stream begins, or raise `Refused`."""
        if self._exactly(len(MAGIC)) != MAGIC:
            raise Refused(_ODD)

    def close(self) -> None:
        """Let go of the pipe."""
        self._file.close()

    def record(self) -> tuple[bytes, bytes]:
        """Return the next record: its letter, and what it holds.

        :raises Refused: there is none, or it is longer than any may be.
        """
        kind, size = _HEAD.unpack(self._exactly(_HEAD.size))
        if size > BLOCK:
            raise Refused(_ODD)
        return kind, self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) != size:
            raise Refused(_BROKEN)
        self._count += size
        self._taken(self._count)
        return found


def read_hole(content: bytes) -> int:
    """Return how long a hole is, or raise `Refused`."""
    if len(content) != _HOLE.size:
        raise Refused(_ODD)
    size: int = _HOLE.unpack(content)[0]
    return size


def odd() -> Refused:
    """Return what to raise where a record stands that cannot stand there."""
    return Refused(_ODD)
