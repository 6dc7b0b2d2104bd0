"""Which bytes a request for a file wants (RFC 9110 sections 13 and 14). Pure."""

import re
from email.utils import formatdate, parsedate_to_datetime
from typing import Final

from attrs import frozen

PLAIN_TYPE: Final = b"application/octet-stream"
"""What bytes are of which nothing is known."""
_RANGE = re.compile(rb"(\d{0,18})-(\d{0,18})", re.ASCII)
_MOST_RANGES = 16


@frozen
class Version:
    """A file's size in bytes, and what changes when its content does."""

    etag: bytes
    modified: int
    """Seconds since the epoch."""
    size: int

    @property
    def last_modified(self) -> bytes:
        """The time as HTTP writes it."""
        return formatdate(self.modified, usegmt=True).encode()


@frozen
class Wish:
    """What the headers of a request say; None where there is no such header."""

    match: bytes | None = None
    """``If-None-Match``."""
    since: bytes | None = None
    range: bytes | None = None
    if_range: bytes | None = None


@frozen
class Parts:
    """The status to answer with, and the parts of the file: offset and length."""

    status: int
    parts: tuple[tuple[int, int], ...] = ()


def choose(wish: Wish, now: Version) -> Parts:
    """Return what to answer: 200, 206, 304 or 416."""
    if _unchanged(wish, now):
        return Parts(304)
    if wish.range is None or not _same(wish.if_range, now):
        return Parts(200)
    found = parse_ranges(wish.range, now.size)
    if found is None:
        return Parts(200)
    return Parts(206, found) if found else Parts(416)


def _unchanged(wish: Wish, now: Version) -> bool:
    if wish.match is not None:
        # Weak comparison (section 13.1.2): whether it is marked as weak is all one.
        tags = [one.strip().removeprefix(b"W/") for one in wish.match.split(b",")]
        return now.etag in tags or tags == [b"*"]
    since = _seconds(wish.since)
    return since is not None and now.modified <= since


def _same(condition: bytes | None, now: Version) -> bool:
    """Whether a range may be sent: strong comparison (section 13.1.5)."""
    if condition is None:
        return True
    if condition.startswith((b'"', b"W/")):
        return condition == now.etag
    return condition == now.last_modified


def _seconds(date: bytes | None) -> float | None:
    try:
        return parsedate_to_datetime((date or b"").decode("ascii")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def parse_ranges(value: bytes, size: int) -> tuple[tuple[int, int], ...] | None:
    """Return offset and length of each range that is in a file of *size* bytes.

    None: the header says nothing that we follow, the whole file is right. Too many
    ranges, or more than the file holds altogether, are such a case (section 14.2).
    """
    unit, _, text = value.partition(b"=")
    if unit.strip().lower() != b"bytes":
        return None
    found: list[tuple[int, int]] = []
    texts = text.split(b",", _MOST_RANGES + 1)
    for one in texts:
        match = _RANGE.fullmatch(one.strip())
        if match is None or one.strip() == b"-":
            return None
        part = _part(match[1], match[2], size)
        if part is None:
            return None
        if part[1] > 0:
            found.append(part)
    if len(texts) > _MOST_RANGES or sum(length for _, length in found) > size:
        return None
    return tuple(found)


def _part(first: bytes, last: bytes, size: int) -> tuple[int, int] | None:
    """Return one range; of length 0 where it lies outside; None: it is malformed."""
    if not first:
        length = min(int(last), size)
        return size - length, length
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return None
    return start, max(0, min(end, size - 1) - start + 1)
