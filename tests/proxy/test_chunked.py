"""Chunked bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.proxy.chunked import ChunkedBody, chunk, ending
from aen.proxy.errors import ProtocolError
from tests.proxy.cutting import split

WIRE = b'5\r\nhello\r\n00A;x="y"\r\n0123456789\r\n0;z\r\nA: b\r\nC:\r\n\r\nnext'
PASSED = b"5\r\nhello\r\n00A\r\n0123456789\r\n"


@given(
    cuts=st.lists(st.integers(0, len(WIRE)), max_size=12),
    decode=st.booleans(),
)
def test_any_split_gives_the_same(cuts: list[int], *, decode: bool) -> None:
    """However it is cut, the same bytes pass, without extensions."""
    body = ChunkedBody(100, decode=decode)
    passed = rest = b""
    for piece in split(WIRE, cuts):
        if body.done:
            rest += piece
        else:
            passed += body.take(piece)
            rest += body.rest
    assert passed == (b"hello0123456789" if decode else PASSED)
    assert body.trailers == [(b"A", b"b"), (b"C", b"")]
    assert rest == b"next"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=10), st.integers(1, 9))
def test_what_we_write_we_read(pieces: list[bytes], size: int) -> None:
    """`chunk` and `ending` are the inverse of a decoding `ChunkedBody`."""
    wire = b"".join(chunk(piece) for piece in pieces) + ending([(b"A", b"b")])
    body = ChunkedBody(100, decode=True)
    passed = b"".join(
        body.take(wire[at : at + size]) for at in range(0, len(wire), size)
    )
    assert passed == b"".join(pieces)
    assert body.done
    assert body.trailers == [(b"A", b"b")]


@pytest.mark.parametrize(
    "wire",
    [
        b"x\r\n",
        b"\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x5\r\nhello\r\n",
        b"5_0\r\n",
        b" 5\r\n",
        b"5 \r\nhello\r\n",
        b"5\nhello\r\n",
        b"5\r\nhello\n",
        b"5\r\nhello!\r\n",
        b"5\r\nhelloXX0\r\n\r\n",
        b"5\r\nhello\rX",
        b"5;a\nb\r\nhello\r\n",
        b"5;a\rb\r\nhello\r\n",
        b"5;\0\r\n",
        b"5,a\r\n",
        b"00000000000000005\r\nhello\r\n",
        b"5;" + b"a" * 300,
        b"5;" + b"a" * 300 + b"\r\nhello\r\n",
        b"0\r\nA : b\r\n\r\n",
        b"0\r\nA: b\n\r\n",
        b"0\r\n b: c\r\n\r\n",
        b"0\r\nA: b\r\n\rX",
        b"0\r\n" + b"A: b\r\n" * 50,
        b"0\r\nA: " + b"b" * 200,
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_refused(wire: bytes, size: int) -> None:
    """Sizes, extensions, line ends and trailers out of the grammar are refused."""
    body = ChunkedBody(100)

    def take_all() -> None:
        for at in range(0, len(wire), size):
            body.take(wire[at : at + size])

    with pytest.raises(ProtocolError):
        take_all()
