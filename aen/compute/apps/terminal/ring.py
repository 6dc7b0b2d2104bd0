"""The last output of a terminal, addressed by how many bytes came before.

It starts where a terminal can begin to read, and knows which modes what it has
forgotten left behind: a full-screen program looks right to those who come late.
"""

import re

from attrs import Factory, define

_TRACKED = frozenset(
    (
        *(1, 7, 12, 25),  # cursor keys, wrap, blinking and visible cursor
        *(47, 1047, 1049),  # alternate screens
        *(9, 1000, 1002, 1003, 1005, 1006, 1015, 1016),  # mouse
        *(1004, 2004),  # focus, paste
    )
)
_ON_AT_START = frozenset((7, 25))
_MODE = re.compile(rb"\x1b(?:\[\?([0-9;]{1,64})([hl])|(c))")
_INSIDE_CHARACTER = range(0x80, 0xC0)
"""Bytes that continue a character in UTF-8."""
_SEARCHED = 4096
"""How far we look for a better place to begin than in the middle of a line."""


@define
class Modes:
    """The private modes (DECSET) that output has left on or off."""

    _left: dict[int, bool] = Factory(dict)

    def read(self, output: bytes | bytearray) -> None:
        """Follow the modes through *output*."""
        for match in _MODE.finditer(output):
            if match[3]:  # RIS, full reset
                self._left.clear()
                continue
            for number in map(int, filter(None, match[1].split(b";"))):
                if number in _TRACKED:
                    # Taken out first: the order of the last changes is kept.
                    self._left.pop(number, None)
                    self._left[number] = match[2] == b"h"

    def restored(self) -> bytes:
        """Return what brings a new terminal into these modes."""
        return b"".join(
            b"\x1b[?%d%s" % (number, b"h" if on else b"l")
            for number, on in self._left.items()
        )

    def undone(self) -> bytes:
        """Return what brings a terminal from these modes to those of its start."""
        return b"".join(
            b"\x1b[?%d%s" % (number, b"l" if on else b"h")
            for number, on in self._left.items()
            if on != (number in _ON_AT_START)
        )

    def copy(self) -> "Modes":
        """Return modes that change apart from these."""
        return Modes(dict(self._left))


@define
class Ring:
    """At most *capacity* bytes of output; offsets count from the first byte ever."""

    capacity: int
    start: int = 0
    _kept: bytearray = Factory(bytearray)
    _forgotten: Modes = Factory(Modes)

    @property
    def end(self) -> int:
        """The offset after the last byte."""
        return self.start + len(self._kept)

    def append(self, output: bytes) -> None:
        """Add *output*, forgetting the oldest where there is no room."""
        self._kept += output
        if len(self._kept) > self.capacity:
            # An eighth at once: forgetting is rare and costs nothing per byte.
            self._forget(len(self._kept) - self.capacity * 7 // 8)

    def read(self, offset: int, most: int) -> bytes:
        """Return up to *most* bytes from *offset*, which is not before `start`."""
        at = offset - self.start
        return bytes(self._kept[at : at + most])

    def modes_at_start(self) -> bytes:
        """Return what a new terminal must read before the byte at `start`."""
        return self._forgotten.restored()

    def modes_at_end(self) -> Modes:
        """Return the modes after the last byte."""
        modes = self._forgotten.copy()
        modes.read(self._kept)
        return modes

    def _forget(self, least: int) -> None:
        cut = boundary(self._kept, least)
        self._forgotten.read(self._kept[:cut])
        del self._kept[:cut]
        self.start += cut


def boundary(output: bytes | bytearray, at: int) -> int:
    """Return the first place not before *at* where a terminal can begin to read.

    After a line's end, else before a control sequence, else between characters.
    """
    line = output.find(b"\n", at, at + _SEARCHED)
    if line >= 0:
        return line + 1
    sequence = output.find(b"\x1b[", at, at + _SEARCHED)
    if sequence >= 0:
        return sequence
    while at < len(output) and output[at] in _INSIDE_CHARACTER:
        at += 1
    return at
