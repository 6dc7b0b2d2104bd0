"""Request and response heads: what is read, and every rule of what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.proxy.errors import (
    ExpectationFailed,
    HeadTooLarge,
    MethodRefused,
    ProtocolError,
    UnknownVersion,
    UpstreamBroke,
)
from aen.proxy.head import RequestHead
from aen.proxy.parsing import (
    HeadBuffer,
    check_expectation,
    read_request_head,
    read_response_head,
)
from tests.proxy.cutting import split

WIRE = (
    b"\r\n"
    b"POST /a/b?c=d HTTP/1.1\r\nHost: example.org:8089\r\nCookie: a=1; b=2\r\n"
    b"X-Empty:\r\nCookie: a=3\r\nContent-Length: 5\r\n\r\n"
)


def read(raw: bytes, limit: int = 65536) -> RequestHead:
    """Return the head that *raw* begins with, which must be whole."""
    taken = HeadBuffer(limit).take(raw)
    assert taken is not None
    return read_request_head(taken[0], 100)


def test_a_head_keeps_order_case_and_repetition() -> None:
    """Headers are the client's own, in its order and case."""
    head = read(WIRE)
    assert (head.method, head.target, head.version) == (b"POST", b"/a/b?c=d", "1.1")
    assert head.headers == (
        (b"Host", b"example.org:8089"),
        (b"Cookie", b"a=1; b=2"),
        (b"X-Empty", b""),
        (b"Cookie", b"a=3"),
        (b"Content-Length", b"5"),
    )
    assert head.path == b"/a/b"
    assert head.cookies() == {b"a": b"1", b"b": b"2"}


@given(st.lists(st.integers(0, len(WIRE) + 4), max_size=8))
def test_any_split_gives_the_same_head(cuts: list[int]) -> None:
    """However TCP cuts it, the head and what follows it are the same."""
    wire = WIRE + b"body"
    buffer = HeadBuffer(65536)
    found: tuple[bytes, bytes] | None = None
    for piece in split(wire, cuts):
        if found is not None:
            found = (found[0], found[1] + piece)
        else:
            found = buffer.take(piece)
    assert found == (WIRE[2:], b"body")


@given(st.binary(max_size=80), st.integers(0, 80))
def test_no_bytes_do_more_than_raise(data: bytes, cut: int) -> None:
    """Any bytes are a head, the beginning of one, or a `ProtocolError`."""
    buffer = HeadBuffer(65536)
    for piece in (data[:cut], data[cut:]):
        try:
            taken = buffer.take(piece)
            if taken is not None:
                read_request_head(taken[0], 100)
                return
        except ProtocolError:
            return


REFUSED = {
    "bare LF at the end": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare LF in the middle": b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "bare CR": b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
    "bare CR as line end": b"GET / HTTP/1.1\rHost: a\r\r",
    "NUL": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "control character in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n",
    "DEL in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n",
    "space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "tab before the colon": b"GET / HTTP/1.1\r\nHost: a\r\nX\t: a\r\n\r\n",
    "space before the name": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "obs-fold": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "no colon": b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    "empty name": b"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
    "name beyond tokens": b"GET / HTTP/1.1\r\nHost: a\r\nX(y: a\r\n\r\n",
    "non-ASCII name": b"GET / HTTP/1.1\r\nHost: a\r\nX\xe9: a\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "two spaces before the version": b"GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
    "tab in the request line": b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "space after the version": b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/0.9 unfinished": b"GET /\r\n",
    "lower-case protocol": b"GET / http/1.1\r\nHost: a\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "two Hosts in HTTP/1.0": b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    "empty Host": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "list of Hosts": b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "path in Host": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "user in Host": b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "port of letters": b"GET / HTTP/1.1\r\nHost: a:http\r\n\r\n",
    "absolute target of another host": b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute target with a user": b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute target of another scheme": b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "target without slash": b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
    "asterisk for GET": b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "fragment": b"GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
    "backslash in the path": b"GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n",
    "quotes in the target": b'GET /"a" HTTP/1.1\r\nHost: a\r\n\r\n',
    "non-ASCII target": b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "method beyond tokens": b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS on the plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("size", [1, 7, 65536])
def test_refused_with_400_at_any_pace(raw: bytes, size: int) -> None:
    """What two parsers could read differently is refused, also byte by byte."""
    buffer = HeadBuffer(65536)

    def take_all() -> None:
        for at in range(0, len(raw), size):
            taken = buffer.take(raw[at : at + size])
            if taken is not None:
                read_request_head(taken[0], 100)

    with pytest.raises(ProtocolError) as caught:
        take_all()
    assert caught.value.status == 400


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/1.2", b"HTTP/3.0"])
def test_unknown_versions(version: bytes) -> None:
    """Versions we do not speak get 505."""
    with pytest.raises(UnknownVersion):
        read(b"GET / %s\r\nHost: a\r\n\r\n" % version)
    with pytest.raises(UnknownVersion):
        HeadBuffer(65536).take(b"PRI * HTTP/2.0\r\n")


@pytest.mark.parametrize(
    "line", [b"CONNECT a:1", b"TRACE /", b"BREW /", b"get /", b"CONNECT /"]
)
def test_methods_refused(line: bytes) -> None:
    """Methods that are unknown or not for a reverse proxy get 501."""
    with pytest.raises(MethodRefused):
        read(line + b" HTTP/1.1\r\nHost: a\r\n\r\n")


def test_just_small_enough() -> None:
    """A limit is the most that passes, in one read and in many."""
    raw = b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
    assert HeadBuffer(len(raw)).take(raw) == (raw, b"")
    slowly = HeadBuffer(len(raw))
    assert [slowly.take(piece) for piece in split(raw, [9, 30])] == [
        *(None, None),
        (raw, b""),
    ]
    assert len(read_request_head(raw, 2).headers) == 2
    with pytest.raises(HeadTooLarge):
        read_request_head(raw, 1)
    response = b"HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n"
    assert len(read_response_head(response, 2).headers) == 2
    with pytest.raises(UpstreamBroke):
        read_response_head(response, 1)


def test_too_large() -> None:
    """A head beyond the limits gets 431, finished or not."""
    with pytest.raises(HeadTooLarge):
        read(b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 100), limit=100)
    with pytest.raises(HeadTooLarge):
        HeadBuffer(100).take(b"GET /" + b"a" * 100)
    with pytest.raises(HeadTooLarge):
        read(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n")


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (b"GET http://A.example:80/x?y HTTP/1.1", b"/x?y"),
        (b"GET http://a.example:80 HTTP/1.1", b"/"),
        (b"GET http://a.example:80?q HTTP/1.1", b"/?q"),
        (b"OPTIONS * HTTP/1.1", b"*"),
        (b"GET /a|b{c}[d]^`~?e\\f|/?g HTTP/1.1", b"/a|b{c}[d]^`~?e\\f|/?g"),
    ],
)
def test_targets(line: bytes, target: bytes) -> None:
    """An absolute target is reduced to its path; what browsers send is let through."""
    assert read(line + b"\r\nHost: a.example:80\r\n\r\n").target == target


def test_blanks_around_values_are_no_part_of_them() -> None:
    """RFC 9112 section 5.1."""
    head = read(b"GET / HTTP/1.1\r\nHost:a \r\nX: \t b c\t \r\nY:\r\nZ: \r\n\r\n")
    assert head.headers == ((b"Host", b"a"), (b"X", b"b c"), (b"Y", b""), (b"Z", b""))


def test_one_empty_line_before_a_request_is_ignored() -> None:
    """RFC 9112 section 2.2, for clients that send too much after a body."""
    with pytest.raises(ProtocolError):
        read(b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert read(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").target == b"/"


def test_one_empty_line_before_each_request() -> None:
    """However TCP cuts what comes before it."""
    buffer = HeadBuffer(1000)
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for _ in range(2):
        assert buffer.take(b"\r\n") is None
        assert buffer.take(request) == (request, b"")


def test_http_1_0_host() -> None:
    """HTTP/1.0 needs no Host; one that only the target names is kept."""
    assert read(b"GET / HTTP/1.0\r\n\r\n").header(b"host") is None
    assert read(b"GET http://a/ HTTP/1.0\r\n\r\n").header(b"host") == b"a"


def test_expectations() -> None:
    """Only 100-continue may be expected, and HTTP/1.0 clients do not wait."""
    wire = b"POST / HTTP/1.%d\r\nHost: a\r\nExpect: %s\r\n\r\n"
    assert check_expectation(read(wire % (1, b"100-Continue")))
    assert not check_expectation(read(wire % (0, b"100-continue")))
    assert not check_expectation(read(WIRE))
    with pytest.raises(ExpectationFailed):
        check_expectation(read(wire % (1, b"tea")))


def test_response_heads() -> None:
    """Reason phrases may be missing; the rest is as strict as for requests."""
    head = read_response_head(b"HTTP/1.1 200 All  right\r\nA: b\r\na: c\r\n\r\n", 100)
    assert (head.status, head.reason, head.version) == (200, b"All  right", "1.1")
    assert head.values(b"a") == (b"b", b"c")
    assert head.values(b"b") == ()
    assert read_response_head(b"HTTP/1.0 204\r\n\r\n", 100).status == 204


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 99 x\r\n\r\n",
        b"HTTP/1.1 2000 x\r\n\r\n",
        b"HTTP/2.0 200 x\r\n\r\n",
        b"HTTP/1.1 200 x\r\nA : b\r\n\r\n",
        b"HTTP/1.1 200 x\r\nA: b\r\n c\r\n\r\n",
        b"HTTP/1.1 200 x\r\nA: b\rc\r\n\r\n",
        b"HTTP/1.1 200 x\nA: b\r\n\r\n",
        b"HTTP/1.1 200 x\r\nA: \0\r\n\r\n",
        b"<html>\r\n\r\n",
        b"HTTP/1.1 200 x\r\n" + b"A: b\r\n" * 101 + b"\r\n",
    ],
)
def test_response_heads_refused(raw: bytes) -> None:
    """A response that could be split or misread is the upstream's fault."""
    with pytest.raises(UpstreamBroke):
        read_response_head(raw, 100)


def test_an_upstream_of_another_protocol_is_noticed_at_once() -> None:
    """The first line is checked when it is there, not when the head is whole."""
    with pytest.raises(UpstreamBroke):
        HeadBuffer(65536, of_request=False).take(b"SSH-2.0-OpenSSH\r\n")
