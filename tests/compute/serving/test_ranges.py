"""Conditions and ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.serving.ranges import Parts, Version, Wish, choose, parse_ranges

NOW = Version(b'"a-1"', 1_000_000_000, 100)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"bytes=0-9", ((0, 10),)),
        (b"bytes=90-", ((90, 10),)),
        (b"bytes=-5", ((95, 5),)),
        (b"bytes=-500", ((0, 100),)),
        (b"bytes=90-999", ((90, 10),)),
        (b"BYTES = 0-0, 5-6 ,-1", ((0, 1), (5, 2), (99, 1))),
        (b"bytes=0-0,200-300", ((0, 1),)),
        (b"bytes=100-", ()),
        (b"bytes=-0", ()),
        (b"bytes=5-4", None),
        (b"bytes=-", None),
        (b"bytes=", None),
        (b"bytes=a-b", None),
        (b"bytes=1-2;3", None),
        (b"lines=1-2", None),
        (b"bytes=0-99,0-99", None),
        (b"bytes=" + b",".join([b"1-1"] * 17), None),
        (b"bytes=" + b"9" * 19 + b"-", None),
    ],
)
def test_ranges(value: bytes, expected: tuple[tuple[int, int], ...] | None) -> None:
    """What lies outside is left out; what is not understood is passed over."""
    assert parse_ranges(value, 100) == expected


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        (Wish(), 200),
        (Wish(match=b'"a-1"'), 304),
        (Wish(match=b'"b", W/"a-1"'), 304),
        (Wish(match=b"*"), 304),
        (Wish(match=b'"b"', since=NOW.last_modified), 200),
        (Wish(since=NOW.last_modified), 304),
        (Wish(since=b"Sat, 08 Sep 2001 01:46:40 GMT"), 200),
        (Wish(since=b"rubbish \xff"), 200),
        (Wish(range=b"bytes=0-1"), 206),
        (Wish(range=b"bytes=0-1", match=b'"a-1"'), 304),
        (Wish(range=b"bytes=0-1", if_range=b'"a-1"'), 206),
        (Wish(range=b"bytes=0-1", if_range=b'W/"a-1"'), 200),
        (Wish(range=b"bytes=0-1", if_range=b'"b"'), 200),
        (Wish(range=b"bytes=0-1", if_range=NOW.last_modified), 206),
        (Wish(range=b"bytes=0-1", if_range=b"Sat, 08 Sep 2001 01:46:40 GMT"), 200),
        (Wish(range=b"bytes=100-"), 416),
        (Wish(range=b"rubbish"), 200),
    ],
)
def test_what_is_answered(wish: Wish, status: int) -> None:
    """RFC 9110 sections 13.2.2 and 14.2."""
    assert choose(wish, NOW).status == status


def test_an_empty_file_has_no_ranges() -> None:
    """Not even its first byte."""
    empty = Version(b'"e"', 0, 0)
    assert choose(Wish(range=b"bytes=0-"), empty) == Parts(416)


@given(st.binary(max_size=40), st.integers(0, 200))
def test_whatever_is_asked_stays_in_the_file(text: bytes, size: int) -> None:
    """No part begins or ends outside."""
    for start, length in parse_ranges(b"bytes=" + text, size) or ():
        assert 0 <= start < size
        assert 0 < length <= size - start
