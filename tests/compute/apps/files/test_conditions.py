"""When something may be written, and which part of it."""

import pytest

from aen.compute.apps.files.conditions import (
    Conditions,
    Part,
    check_upload,
    parse_part,
)
from aen.compute.apps.files.refusals import Refusal

TAG = b'"1-a"'


@pytest.mark.parametrize(
    ("match", "none_match", "etag", "holds"),
    [
        (None, None, None, True),
        (None, None, TAG, True),
        (None, b"*", None, True),
        (None, b"*", TAG, False),
        (None, TAG, TAG, False),
        (None, b'W/"1-a"', TAG, False),
        (None, b'"other"', TAG, True),
        (TAG, None, TAG, True),
        (b'"other", "1-a"', None, TAG, True),
        (b'W/"1-a"', None, TAG, False),
        (b'"other"', None, TAG, False),
        (b"*", None, TAG, True),
        (b"*", None, None, False),
        (TAG, None, None, False),
    ],
)
def test_conditions(
    match: bytes | None, none_match: bytes | None, etag: bytes | None, *, holds: bool
) -> None:
    """As RFC 9110 section 13.1 has it; what does not hold is a 412."""
    conditions = Conditions(match, none_match)
    if holds:
        conditions.demand(etag, "a.txt")
    else:
        with pytest.raises(Refusal, match=r"a\.txt") as caught:
            conditions.demand(etag, "a.txt")
        assert caught.value.status == 412


@pytest.mark.parametrize(
    ("value", "part", "last"),
    [
        (b"bytes 0-9/10", Part(0, 10, 10), True),
        (b"bytes 0-8/10", Part(0, 9, 10), False),
        (b"bytes 9-9/10", Part(9, 1, 10), True),
    ],
)
def test_parts(value: bytes, part: Part, *, last: bool) -> None:
    """A part says where it begins and how much there is in all."""
    assert parse_part(value) == part
    assert part.last is last
    assert parse_part(None) is None


@pytest.mark.parametrize(
    "value",
    [b"bytes 0-10/10", b"bytes 5-4/10", b"bytes 0-9/*", b"bytes */10", b"0-9/10", b""],
)
def test_no_part(value: bytes) -> None:
    """What cannot be is refused."""
    with pytest.raises(Refusal, match="Content-Range"):
        parse_part(value)


def test_uploads() -> None:
    """The name of an upload becomes part of a file's name: it is a plain word."""
    assert check_upload("abcDEF_-9") == "abcDEF_-9"
    for bad in ("short", "a" * 65, "a/b/c/d/e/f", "../../../x", "ümläut-word"):
        with pytest.raises(Refusal):
            check_upload(bad)
