"""The bounded memory of a terminal's output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.apps.terminal.ring import Modes, Ring, boundary

PIECES = st.lists(st.binary(max_size=40), max_size=40)
LINES = [b"line %d of the output\n" % number for number in range(100)]


@given(PIECES)
def test_bounded_and_true(pieces: list[bytes]) -> None:
    """Whatever comes, it is within bounds and what is kept is the newest output."""
    ring = Ring(64)
    whole = b"".join(pieces)
    for piece in pieces:
        ring.append(piece)
    assert ring.end == len(whole)
    assert ring.end - ring.start <= 64
    assert ring.read(ring.start, 1000) == whole[ring.start :]


@given(st.integers(0, 2000), st.integers(1, 100))
def test_read_anywhere(skipped: int, most: int) -> None:
    """Any part that is kept can be read by its offset."""
    ring = Ring(4096)
    whole = b"".join(LINES)
    ring.append(whole)
    assert ring.read(skipped, most) == whole[skipped : skipped + most]


def test_begins_with_a_line() -> None:
    """What is kept begins where a line does."""
    ring = Ring(300)
    for line in LINES:
        ring.append(line)
    assert ring.read(ring.start, 1000).startswith(b"line ")


@pytest.mark.parametrize(
    ("output", "at", "place"),
    [
        (b"one\ntwo", 1, 4),
        (b"one\x1b[31mred", 1, 3),
        (b"one\x1b[31m\nred", 4, 9),
        ("x€y".encode(), 2, 4),
        (b"plain", 2, 2),
        (b"end\n", 1, 4),
    ],
)
def test_boundary(output: bytes, at: int, place: int) -> None:
    """It begins after a line, before a sequence, or at least between characters."""
    assert boundary(output, at) == place


@given(st.text(max_size=60), st.integers(0, 60))
def test_boundary_keeps_characters(text: str, at: int) -> None:
    """No character is cut in two."""
    output = text.encode()
    assert text.endswith(output[boundary(output, min(at, len(output))) :].decode())


@pytest.mark.parametrize(
    ("output", "restored", "undone"),
    [
        (b"plain", b"", b""),
        (b"\x1b[?1049h", b"\x1b[?1049h", b"\x1b[?1049l"),
        (b"\x1b[?1000;1006h", b"\x1b[?1000h\x1b[?1006h", b"\x1b[?1000l\x1b[?1006l"),
        (b"\x1b[?25l", b"\x1b[?25l", b"\x1b[?25h"),
        (b"\x1b[?1049h\x1b[?1049l", b"\x1b[?1049l", b""),
        (b"\x1b[?2004h\x1bc", b"", b""),
        (b"\x1b[?7777h", b"", b""),
        (b"\x1b[?;h", b"", b""),
    ],
)
def test_modes(output: bytes, restored: bytes, undone: bytes) -> None:
    """The modes that output leaves behind can be restored and undone."""
    modes = Modes()
    modes.read(output)
    assert modes.restored() == restored
    assert modes.undone() == undone


def test_forgotten_modes() -> None:
    """A full-screen program is known as one after its beginning was forgotten."""
    ring = Ring(200)
    ring.append(b"\x1b[?1049h\n")
    for line in LINES:
        ring.append(line)
    ring.append(b"\x1b[?1000h")
    assert ring.modes_at_start() == b"\x1b[?1049h"
    assert ring.modes_at_end().restored() == b"\x1b[?1049h\x1b[?1000h"
