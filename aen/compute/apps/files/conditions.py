"""Whether a file may be written as it is now, and which part of it. Pure."""

import re
from typing import Final

from attrs import frozen

from aen.compute.apps.files.refusals import Refusal

_RANGE: Final = re.compile(rb"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_UPLOAD: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


@frozen
class Conditions:
    """What the headers of a request demand; None: there is no such header.

    ``If-Match`` compares strongly, ``If-None-Match`` weakly (RFC 9110 section 13.1).
    """

    match: bytes | None = None
    none_match: bytes | None = None

    @property
    def new(self) -> bool:
        """Whether there must be nothing yet."""
        return self.none_match is not None and self.none_match.strip() == b"*"

    def demand(self, etag: bytes | None, what: str) -> None:
        """Raise `Refusal` unless it may be done to what has *etag* (None: nothing)."""
        if self.match is not None and not self._matches(etag):
            raise Refusal(
                412,
                f"{what} is not what you have read: it was changed or removed"
                " meanwhile. Read it again, then decide.",
            )
        if self.new and etag is not None:
            raise Refusal(412, f"{what} is there already.")
        if self.none_match is not None and not self.new and etag is not None:
            tags = {one.strip().removeprefix(b"W/") for one in _split(self.none_match)}
            if etag in tags:
                raise Refusal(412, f"{what} is what you said it must not be.")

    def _matches(self, etag: bytes | None) -> bool:
        assert self.match is not None
        if etag is None:
            return False
        tags = [one.strip() for one in _split(self.match)]
        return tags == [b"*"] or etag in tags


def _split(tags: bytes) -> list[bytes]:
    return tags.split(b",")


@frozen
class Part:
    """Bytes of a file that comes in parts: from *start* on, of *total*."""

    start: int
    length: int
    total: int

    @property
    def last(self) -> bool:
        """Whether the file is whole with it."""
        return self.start + self.length == self.total


def parse_part(value: bytes | None) -> Part | None:
    """Return what ``Content-Range`` says; None: there is no such header.

    :raises Refusal: it says nothing that can be.
    """
    if value is None:
        return None
    match = _RANGE.fullmatch(value.strip())
    if match is not None:
        first, last, total = (int(one) for one in match.groups())
        if first <= last < total:
            return Part(first, last - first + 1, total)
    raise Refusal(400, "“Content-Range” must be “bytes FIRST-LAST/TOTAL”.")


def check_upload(token: str) -> str:
    """Return the name of an upload that may be gone on with, or raise `Refusal`."""
    if not _UPLOAD.fullmatch(token):
        raise Refusal(
            400, "“upload” must be 8 to 64 letters, digits, “-” or “_” of your choice."
        )
    return token
