"""Request bodies as bytes in and bytes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.proxy.errors import ProtocolError
from aen.proxy.framing import CHUNKED
from aen.proxy.limits import Limits
from aen.proxy.request import RequestBody
from aen.proxy.routing import Forward
from tests.proxy.cutting import split

FORWARD = Forward("unix:/x", set_headers=((b"X-User", b"ada"),))
WIRE = b"3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\nX-User: eve\r\n\r\nGET /"


@given(st.lists(st.integers(0, len(WIRE)), max_size=10))
def test_any_split_gives_the_same_body(cuts: list[int]) -> None:
    """Chunks pass without extensions; trailers that would pass for ours do not."""
    body = RequestBody(CHUNKED, Limits())
    sent = rest = b""
    for piece in split(WIRE, cuts):
        if body.done:
            rest += piece
        else:
            sent += body.take(piece, FORWARD)
            rest += body.rest
    assert sent == b"3\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
    assert rest == b"GET /"


def test_a_length() -> None:
    """What is behind it is kept apart."""
    body = RequestBody(3, Limits())
    assert body.take(b"ab", FORWARD) == b"ab"
    assert body.take(b"cd", FORWARD) == b"c"
    assert (body.done, body.rest) == (True, b"d")


@pytest.mark.parametrize(
    ("data", "done", "rest"),
    [
        (b"3\r\nabc\r\n0\r\n\r\nGET /", True, b"GET /"),
        (b"3\r\nab", False, b""),
        (b"nonsense\r\nGET /", False, b""),
    ],
)
def test_skipping(data: bytes, rest: bytes, *, done: bool) -> None:
    """What is behind a body nobody reads is a request only where its end is sure."""
    body = RequestBody(CHUNKED, Limits())
    assert (body.skip(data), body.done) == (rest, done)


def test_trailers_are_bounded() -> None:
    """By `Limits.trailer_bytes`."""
    wire = b"0\r\nName: value\r\n\r\n"
    body = RequestBody(CHUNKED, Limits(trailer_bytes=15))
    body.take(wire, FORWARD)
    assert body.done
    body = RequestBody(CHUNKED, Limits(trailer_bytes=14))
    with pytest.raises(ProtocolError):
        body.take(wire, FORWARD)
