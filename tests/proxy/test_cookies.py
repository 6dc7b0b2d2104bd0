"""Cookies that stay between the browser and the proxy."""

import pytest

from aen.proxy import cookies


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (b"aen=1", b""),
        (b"aen-session=1; a=b", b"a=b"),
        (b"a=b ;AEN=1;  c=d;", b"a=b; c=d"),
        (b'a="x; aen=1; y"', b'a="x; y"'),
        (b"=aen=1; a", b"a"),
        (b"", b""),
    ],
)
def test_without(line: bytes, kept: bytes) -> None:
    """Ours are taken out however they are written, the others stay."""
    assert cookies.without(line, (b"aen",)) == kept


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        (b"aen=1; Domain=example.org", True),
        (b" AEN-x=1", True),
        (b"=aen=1", True),
        (b"aen", True),
        (b"\taen=1", True),
        (b"other=aen", False),
        (b"xaen=1", False),
        (b"", False),
    ],
)
def test_set_cookie(line: bytes, *, ours: bool) -> None:
    """However it is written, an upstream cannot name our cookies."""
    assert cookies.sets(line, (b"aen",)) == ours
