"""Where bodies end."""

import pytest

from aen.proxy.errors import ProtocolError, UpstreamBroke
from aen.proxy.framing import (
    CHUNKED,
    UNTIL_CLOSE,
    LengthBody,
    open_body,
    request_framing,
    response_framing,
)
from aen.proxy.head import Headers, RequestHead, ResponseHead

LENGTH = b"Content-Length"
CODING = b"Transfer-Encoding"

BAD: list[Headers] = [
    ((LENGTH, b"1"), (LENGTH, b"1")),
    ((LENGTH, b"1"), (LENGTH, b"2")),
    ((LENGTH, b"1, 1"),),
    ((LENGTH, b"+1"),),
    ((LENGTH, b"-1"),),
    ((LENGTH, b"0x1"),),
    ((LENGTH, b"1_0"),),
    ((LENGTH, b"1 0"),),
    ((LENGTH, b""),),
    ((LENGTH, b"\xb2"),),
    ((LENGTH, b"9" * 19),),
    ((LENGTH, b"0"), (CODING, b"chunked")),
    ((CODING, b"chunked"), (LENGTH, b"0")),
    ((CODING, b"chunked"), (CODING, b"chunked")),
    ((CODING, b"chunked"), (CODING, b"identity")),
    ((CODING, b"chunked, chunked"),),
    ((CODING, b",chunked"),),
    ((CODING, b"chunked,"),),
    ((CODING, b"gzip, chunked"),),
    ((CODING, b"chunked, identity"),),
    ((CODING, b"identity"),),
    ((CODING, b"xchunked"),),
    ((CODING, b"chunked;a=b"),),
    ((CODING, b'"chunked"'),),
    ((CODING, b"\x0bchunked"),),
    ((CODING, b""),),
]


@pytest.mark.parametrize("headers", BAD)
def test_refused(headers: Headers) -> None:
    """A length or coding that two parsers could read differently is refused."""
    with pytest.raises(ProtocolError) as caught:
        request_framing(RequestHead(b"POST", b"/", "1.1", headers))
    assert caught.value.status == 400
    for method in (b"GET", b"HEAD"):
        with pytest.raises(UpstreamBroke):
            response_framing(ResponseHead("1.1", 200, b"", headers), method)


@pytest.mark.parametrize(
    ("version", "headers", "framing"),
    [
        ("1.1", (), 0),
        ("1.1", ((LENGTH, b"007"),), 7),
        ("1.0", ((LENGTH, b"7"),), 7),
        ("1.1", ((CODING, b"Chunked"),), CHUNKED),
    ],
)
def test_requests(version: str, headers: Headers, framing: int) -> None:
    """A request has a body only when it says so."""
    assert request_framing(RequestHead(b"PUT", b"/", version, headers)) == framing


def test_http_1_0_has_no_codings() -> None:
    """Transfer-Encoding in HTTP/1.0 is refused on either side."""
    with pytest.raises(ProtocolError):
        request_framing(RequestHead(b"PUT", b"/", "1.0", ((CODING, b"chunked"),)))
    with pytest.raises(UpstreamBroke):
        response_framing(ResponseHead("1.0", 200, b"", ((CODING, b"chunked"),)), b"GET")


@pytest.mark.parametrize(
    ("method", "status", "headers", "framing"),
    [
        (b"GET", 200, ((LENGTH, b"3"),), 3),
        (b"GET", 200, ((CODING, b"chunked"),), CHUNKED),
        (b"GET", 200, (), UNTIL_CLOSE),
        (b"HEAD", 200, ((LENGTH, b"3"),), 0),
        (b"HEAD", 200, ((CODING, b"chunked"),), 0),
        (b"GET", 204, ((LENGTH, b"3"),), 0),
        (b"GET", 304, ((LENGTH, b"3"),), 0),
        (b"GET", 304, (), 0),
    ],
)
def test_responses(method: bytes, status: int, headers: Headers, framing: int) -> None:
    """HEAD, 204 and 304 have no body whatever they announce."""
    head = ResponseHead("1.1", status, b"", headers)
    assert response_framing(head, method) == framing


def test_a_length_is_counted_to_its_end() -> None:
    """What is behind a body is kept apart."""
    body = LengthBody(5)
    assert (body.take(b"abc"), body.done) == (b"abc", False)
    assert (body.take(b"defg"), body.done, body.rest) == (b"de", True, b"fg")
    assert open_body(0, 100).done


def test_a_body_until_close_never_ends_by_itself() -> None:
    """Only the connection's end is its end."""
    body = open_body(UNTIL_CLOSE, 100)
    assert body.take(b"abc") == b"abc"
    assert not body.done
