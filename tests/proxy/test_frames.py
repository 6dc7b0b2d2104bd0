"""Following WebSocket frames."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.proxy.frames import FrameWalker, close_frame, is_beat
from tests.proxy.cutting import split
from tests.proxy.harness import frame

FRAMES = st.lists(
    st.builds(
        frame,
        st.sampled_from([0, 1, 2, 9, 10]),
        st.sampled_from([0, 1, 7, 125, 126, 300, 65535, 65536]).map(bytes),
        masked=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@given(FRAMES, st.data())
def test_any_split_finds_the_same_boundaries(
    frames: list[bytes], data: st.DataObject
) -> None:
    """At a boundary after exactly the reads that end with a frame."""
    wire = b"".join(frames)
    ends = {sum(map(len, frames[:count])) for count in range(len(frames) + 1)}
    near = [max(0, min(len(wire), end + by)) for end in ends for by in range(-3, 12)]
    cuts = data.draw(st.lists(st.sampled_from(near), max_size=12))
    walker, fed = FrameWalker(), 0
    for piece in split(wire, cuts):
        walker.feed(piece)
        fed += len(piece)
        assert walker.at_boundary == (fed in ends)
    assert not walker.closed


@given(FRAMES, st.data())
def test_the_next_boundary_is_found_from_anywhere(
    frames: list[bytes], data: st.DataObject
) -> None:
    """From inside a frame, in reads of any size, exactly its rest is passed."""
    wire = b"".join(frames)
    start = data.draw(st.integers(1, len(wire)))
    size = data.draw(st.sampled_from([1, 2, 5, 1000, 100000]))
    ends = [sum(map(len, frames[: count + 1])) for count in range(len(frames))]
    expected = min(end for end in ends if end >= start)
    walker = FrameWalker()
    walker.feed(wire[:start])
    at = start
    while not walker.at_boundary:
        at += walker.feed_to_boundary(wire[at : at + size])
    assert at == expected


def test_a_close_frame_is_noticed() -> None:
    """What has said goodbye is not to be spoken over."""
    walker = FrameWalker()
    seen = []
    for data in (frame(1, b"x", masked=True), close_frame(1000, "", os.urandom(4))):
        walker.feed(data)
        seen.append((walker.closed, walker.at_boundary))
    assert seen == [(False, True), (True, True)]
    walker = FrameWalker()
    goodbye = close_frame(1000, "", os.urandom(4))
    walker.feed(goodbye[:1])
    assert walker.feed_to_boundary(goodbye[1:] + b"more") == len(goodbye) - 1
    assert walker.closed


def test_close_frames() -> None:
    """The reason is cut between characters; a client's frame is masked."""
    assert close_frame(1008, "no") == b"\x88\x04\x03\xf0no"
    masked = bytes(byte ^ 1 for byte in b"\x03\xf0no")
    assert close_frame(1008, "no", b"\1" * 4) == b"\x88\x84\1\1\1\1" + masked
    long = close_frame(1008, "é" * 100)
    assert long[1] <= 125
    assert long[4:].decode() == "é" * 61


def test_our_pong() -> None:
    """Only a masked pong without payload is the answer to our ping."""
    text = frame(1, b"text", masked=True)
    walker = FrameWalker()
    for data, at in [
        (b"\x8a\x80abcd", 0),
        (b"\x8a\x80abcd" + text, 0),
        (text + b"\x8a\x80abcd", len(text)),
        (text + text + b"\x8a", 2 * len(text)),
        (text + b"\x81", -1),
        (b"\x8a\x81abcde", -1),
        (b"\x8a\x00", -1),
        (frame(2, b"\x8a\x80abcd", masked=True), -1),
    ]:
        assert walker.find_pong(data) == at
    walker.feed(text[:3])
    assert walker.find_pong(text[3:] + b"\x8a\x80abcd") == len(text) - 3
    walker = FrameWalker()
    walker.feed(b"\x82")
    assert walker.find_pong(b"\x8a\x80abcd") == -1


PING = frame(9, b"x" * 125, masked=True)
BEATS = [
    (PING, True),
    (frame(9, b"", masked=False), True),
    (frame(10, b"abc", masked=True), True),
    (frame(1, b"abc", masked=True), False),
    (frame(2, b"", masked=False), False),
    (PING[:-1], False),
    (PING + b"\x81", False),
    (PING + PING, False),
    (b"\x89", False),
]


@pytest.mark.parametrize(("data", "expected"), BEATS)
def test_a_beat_is_one_control_frame_and_nothing_else(
    data: bytes, *, expected: bool
) -> None:
    """What might hold a message is taken for more."""
    assert is_beat(data) is expected
