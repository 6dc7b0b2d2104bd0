"""A WebSocket conversation looks the same through the proxy as without it."""

import struct
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aen.proxy.frames import FrameWalker
from tests.proxy.conversation import Act, Conversation, perform, same
from tests.proxy.cutting import split

SIDES = st.sampled_from(["client", "server"])
PAYLOADS = st.one_of(
    st.binary(max_size=140),
    st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 70000]).map(bytes),
    st.sampled_from(["é".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"\xf0\x9f"]),
)
CODES = st.sampled_from(
    [b"", b"\x03", *(struct.pack("!H", n) + b"x" for n in (0, 999, 1000, 1005, 1006))]
)
ACTS = st.one_of(
    st.builds(
        Act,
        SIDES,
        st.just("message"),
        PAYLOADS,
        bits=st.just(1),
        number=st.sampled_from([0, 1, 7, 125, 126, 1000]),
    ),
    st.builds(Act, SIDES, st.just("ping"), st.binary(max_size=125)),
    # Mostly what is allowed: control frames between fragments, then anything.
    st.builds(
        Act,
        SIDES,
        st.just("frame"),
        st.binary(max_size=10),
        opcode=st.sampled_from([0, 0, 2, 9, 10]),
        bits=st.sampled_from([8, 0]),
    ),
    st.builds(
        Act,
        SIDES,
        st.just("frame"),
        PAYLOADS,
        opcode=st.integers(0, 15),
        bits=st.integers(0, 15),
    ),
    st.builds(Act, SIDES, st.just("frame"), CODES, opcode=st.just(8), bits=st.just(8)),
    st.builds(Act, SIDES, st.just("raw"), st.binary(max_size=20)),
    st.builds(Act, SIDES, st.just("close"), number=st.integers(0, 2000)),
    st.builds(Act, SIDES, st.sampled_from(["drop", "reset"])),
)


@settings(max_examples=25)
@given(
    acts=st.lists(ACTS, max_size=8),
    size=st.sampled_from([1, 2, 7, 1000, 1 << 20]),
    deflate=st.booleans(),
)
def test_it_looks_the_same(acts: list[Act], size: int, *, deflate: bool) -> None:
    """Messages, fragments, control frames between them, violations, odd ends."""
    if any(len(act.data) > 1000 for act in acts):
        size = max(size, 1000)
    same(acts, deflate=deflate, size=size)


def test_what_was_once_different() -> None:
    """The classics, spelled out."""
    for acts in (
        [Act("client", "frame", b"a", 1, 0), Act("client", "ping", b"p")],
        [Act("server", "frame", b"a", 1, 0), Act("server", "frame", b"b", 9, 8)],
        [Act("client", "frame", b"a" * 126, 9, 8)],
        [Act("client", "frame", b"", 9, 0)],
        [Act("client", "frame", b"a", 0, 8)],
        [Act("client", "frame", b"a", 3, 8)],
        [Act("client", "frame", b"a", 1, 12)],
        [Act("client", "frame", b"\xff", 1, 8)],
        [Act("client", "frame", b"\x03", 8, 8)],
        [Act("client", "frame", struct.pack("!H", 1005), 8, 8)],
        [Act("client", "raw", b"\x81\x01a")],
        [Act("server", "raw", b"\x81\x81\0\0\0\0a")],
        [Act("server", "raw", b"\x81\xff" + b"\xff" * 8)],
        [Act("client", "raw", b"GET / HTTP/1.1\r\n\r\n")],
        [Act("client", "close", number=7)],
        [Act("server", "close", number=1000)],
        [Act("client", "drop")],
        [Act("server", "drop")],
        [Act("client", "reset")],
        [Act("server", "reset")],
    ):
        same(acts, deflate=False, size=1)
        same(acts, deflate=True, size=1 << 20)


@settings(max_examples=40)
@given(SIDES, st.lists(ACTS, min_size=1, max_size=6), st.data())
def test_frames_end_where_autobahn_ends_them(
    side: str, acts: list[Act], data: st.DataObject
) -> None:
    """Its own encoder writes them; the walker reads them in any pieces."""
    wire, ends = encoded(side, acts)
    near = [max(0, min(len(wire), end + by)) for end in ends for by in range(-3, 12)]
    cuts = data.draw(st.lists(st.sampled_from(near), max_size=12)) if near else []
    walker, fed = FrameWalker(), 0
    for piece in split(wire, cuts):
        walker.feed(piece)
        fed += len(piece)
        assert walker.at_boundary == (fed in ends)


def encoded(side: str, acts: list[Act]) -> tuple[bytes, set[int]]:
    """Return the frames that autobahn writes for *acts*, and where each ends."""
    conversation = Conversation(through=False)
    one: Any = conversation.client if side == "client" else conversation.server
    transport = one.transport
    ends, plain = {0}, one.sendFrame

    def send_frame(*args: Any, **named: Any) -> None:
        plain(*args, **named)
        ends.add(len(transport.sent))

    one.sendFrame = send_frame
    for act in acts:
        if act.what in ("message", "frame", "ping") and one.state == one.STATE_OPEN:
            perform(one, act)
    wire = bytes(transport.sent)
    ends.add(len(wire))
    conversation.end()
    return wire, ends
