"""Messages of LDAP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.server.directories import ldap_filter
from aen.server.directories import ldap_messages as messages
from aen.server.directories.ldap_messages import (
    Elsewhere,
    Entry,
    Garbled,
    Kind,
    Question,
    Result,
)

MOST = 1000
BOUND = bytes.fromhex("300c 0201 01 6107 0a01 00 0400 0400")
REFUSED = bytes.fromhex("300e 0201 02 6109 0a01 31 0400 0402 6e6f")
DONE = bytes.fromhex("300c 0201 03 6507 0a01 00 0400 0400")
FOUND = bytes.fromhex(
    "301e 0201 03 6419 0404 636e3d61 3011 300f 0406 6d61696c3b78 3105 0401 61 0400"
)
AWAY = bytes.fromhex("300a 0201 03 7305 0403 6c6461")
BYE = bytes.fromhex("300c 0201 00 7807 0a01 34 0400 0400")


def test_requests() -> None:
    """As RFC 4511 wants them, numbers ours."""
    assert messages.bind(1, b"cn=a", b"pw").hex() == (
        "3012020101600d0201030404636e3d6180027077"
    )
    question = Question(b"o=x", 2, ldap_filter.parse("(a=*)"), ("mail",), 2, 5, 0)
    assert messages.search(7, question).hex() == (
        "3024020107631f04036f3d780a01020a0100020102020105010100870161300604046d61696c"
    )
    assert messages.unbind(9).hex() == "30050201094200"
    assert messages.START_TLS_NAME in messages.start_tls(2)


@pytest.mark.parametrize(
    ("data", "number", "content"),
    [
        (BOUND, 1, Result(Kind.BIND, 0)),
        (REFUSED, 2, Result(Kind.BIND, 49, "no")),
        (DONE, 3, Result(Kind.SEARCH, 0)),
        (FOUND, 3, Entry(b"cn=a", {"mail": (b"a", b"")})),
        (AWAY, 3, Elsewhere()),
        (BYE, 0, Result(Kind.EXTENDED, 52)),
    ],
)
def test_answers(data: bytes, number: int, content: object) -> None:
    """Each is read whole; options of attributes are left out of their names."""
    assert messages.size(data, MOST) == len(data)
    assert messages.size(data[:1], MOST) is None
    assert messages.read(data) == (number, content)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad",
        b"\x30\x80",  # no length
        b"\x30\x85\x01\x00\x00\x00\x00",
        b"\x30\x84\x7f\xff\xff\xff",
        b"\x30\x82\x10\x00",
    ],
)
def test_what_is_never_read(data: bytes) -> None:
    """Other protocols, and too long answers, are told by their first bytes."""
    with pytest.raises(Garbled):
        messages.size(data, MOST)


@given(st.binary(max_size=60))
def test_garbage_is_refused(data: bytes) -> None:
    """Whatever a server sends, it is one of ours or `Garbled`."""
    for wrapped in (data, bytes([0x30, len(data)]) + data, FOUND[:20] + data):
        try:
            _, content = messages.read(wrapped)
        except Garbled:
            content = None
        assert content is None or isinstance(content, Result | Entry | Elsewhere)


def test_entries() -> None:
    """Attributes are found by any spelling; what is missing is empty."""
    entry = Entry(b"cn=\xff", {"mail": (b"a", b"b")})
    assert (entry.first("Mail"), entry.all("MAIL")) == (b"a", (b"a", b"b"))
    assert (entry.first("cn"), entry.all("cn")) == (b"", ())
    assert entry.shown == "cn=�"
