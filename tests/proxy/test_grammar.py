"""The grammar takes linear time."""

import re
import time

import pytest

from aen.proxy import grammar

LONG = 200_000


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (grammar.REQUEST_HEAD, b"GET / HTTP/1.1\r\n" + b"a:" * LONG),
        (grammar.REQUEST_HEAD, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * LONG + b"x"),
        (grammar.REQUEST_LINE, b"GET " + b"/" * LONG),
        (grammar.RESPONSE_HEAD, b"HTTP/1.1 200 " + b" " * LONG),
        (grammar.UNFINISHED, b"\t" * LONG + b"\0"),
        (grammar.ORIGIN_FORM, b"/" + b"?" * LONG + b"#"),
        (grammar.ABSOLUTE_FORM, b"http://" + b"a." * LONG + b"#"),
        (grammar.HOST_VALUE, b"a-" * LONG + b"!"),
        (grammar.CHUNK_LINE, b"1" + b" " * LONG + b"x\r\n"),
        (grammar.UNFINISHED_CHUNK_LINE, b"1" + b" " * LONG + b"x"),
    ],
)
def test_no_input_makes_matching_slow(pattern: re.Pattern[bytes], text: bytes) -> None:
    """Two hundred thousand bytes that do not match are refused at once."""
    began = time.process_time()
    assert pattern.fullmatch(text) is None
    assert time.process_time() - began < 1
