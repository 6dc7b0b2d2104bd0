"""The file in a form that a browser sends (RFC 7578), as it comes. Pure."""

import re
from typing import Final

from attrs import define, field

from aen.compute.apps.files.refusals import Refusal

_BOUNDARY: Final = re.compile(
    rb"multipart/form-data\s*;.*\bboundary=(?:\"([^\"]{1,70})\"|([^\s;]{1,70}))",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_HEAD: Final = 8192


def boundary_of(kind: bytes | None) -> bytes | None:
    """Return what separates the parts of a form; None: it is no form with files."""
    match = _BOUNDARY.match(kind or b"")
    return (match[1] or match[2]) if match else None


@define
class FormFile:
    """Finds the first file of a form; everything else is left aside."""

    boundary: bytes
    _waiting: bytes = field(default=b"\r\n", init=False)
    _in_file: bool = field(default=False, init=False)
    _in_head: bool = field(default=False, init=False)
    over: bool = field(default=False, init=False)
    """Whether the file has come to its end."""

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the form; return those of the file among them.

        :raises Refusal: it is no form.
        """
        self._waiting += data
        found = b""
        while not self.over:
            before = (len(self._waiting), self._in_head, self._in_file)
            found += self._step()
            if before == (len(self._waiting), self._in_head, self._in_file):
                break
        if self.over:
            self._waiting = b""
        return found

    def _step(self) -> bytes:
        if self._in_head:
            self._read_head()
            return b""
        mark = b"\r\n--" + self.boundary
        content, found, rest = self._waiting.partition(mark)
        if not found:
            # What could be the beginning of a mark waits for more.
            keep = min(len(self._waiting), len(mark) - 1)
            content = self._waiting[: len(self._waiting) - keep]
            self._waiting = self._waiting[len(content) :]
        else:
            self._waiting = rest
            self.over, self._in_head = self._in_file, not self._in_file
        return content if self._in_file else b""

    def _read_head(self) -> None:
        head, found, rest = self._waiting.partition(b"\r\n\r\n")
        if not found:
            if len(self._waiting) > _LONGEST_HEAD:
                raise Refusal(400, "What was sent is no form with a file.")
            return
        self._in_head = False
        self._in_file = b"filename=" in head.lower()
        # The mark that ends a part begins with the line end before it.
        self._waiting = rest if self._in_file else b"\r\n" + rest
