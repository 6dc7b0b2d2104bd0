"""Responses as bytes in and bytes out."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from aen.proxy.chunked import ChunkedBody
from aen.proxy.errors import UpstreamBroke
from aen.proxy.head import RequestHead, ResponseHead
from aen.proxy.limits import Limits
from aen.proxy.response import ResponseStream
from aen.proxy.routing import Forward
from tests.proxy.cutting import split

CHUNKED = (
    b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
)
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"
CLOSED = b"HTTP/1.0 200 OK\r\n\r\nabcde"


def stream(version: str = "1.1") -> ResponseStream:
    """Return a stream for a GET of this version."""
    head = RequestHead(b"GET", b"/", version, ())
    return ResponseStream(head, Forward("unix:/x"), Limits(), keep=True)


def body_of(sent: bytes) -> bytes:
    """Return the decoded body of a response, without its interim ones."""
    head, _, rest = sent.rpartition(b"HTTP/1.1 200 OK")[2].partition(b"\r\n\r\n")
    if b"chunked" not in head:
        return rest
    body = ChunkedBody(100, decode=True)
    data = body.take(rest)
    assert body.done
    return data


@given(
    st.sampled_from([CHUNKED, LENGTH, CLOSED]),
    st.sampled_from(["1.0", "1.1"]),
    st.lists(st.integers(0, len(CHUNKED)), max_size=10),
)
def test_any_split_gives_the_same_response(
    wire: bytes, version: str, cuts: list[int]
) -> None:
    """However the upstream's bytes are cut, the client's body is the same."""
    response = stream(version)
    sent = b"".join(map(response.take, split(wire, cuts)))
    assert response.done == (wire is not CLOSED)
    sent += response.upstream_closed(clean=True) if wire is CLOSED else b""
    assert response.done
    assert response.status == 200
    assert body_of(sent) == b"abcde"
    assert (b"103 Early" in sent) == (wire is CHUNKED and version == "1.1")
    assert response.keep == (version == "1.1" or wire is LENGTH)
    assert response.reusable == (wire is not CLOSED)


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_raise(data: bytes) -> None:
    """Any bytes are (the beginning of) a response, or an `UpstreamBroke`."""
    for begin in (b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        try:
            stream().take(begin + data)
        except UpstreamBroke:
            continue


def test_an_interim_response_is_no_end() -> None:
    """Who hangs up after it has not answered."""
    response = stream()
    response.take(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert response.status == 0
    assert response.upstream_closed(clean=True) == b""
    assert not response.done


def test_a_torn_connection_is_no_end() -> None:
    """Only a clean close ends a body without length."""
    response = stream()
    response.take(CLOSED)
    assert response.upstream_closed(clean=False) == b""
    assert not response.done


@pytest.mark.parametrize("status", [101, 600, 999])
def test_statuses_nobody_asked_for(status: int) -> None:
    """They would mean something else to the client."""
    with pytest.raises(UpstreamBroke):
        stream().take(b"HTTP/1.1 %d x\r\n\r\n" % status)


def test_a_response_that_is_edited() -> None:
    """`Forward.edit_response` sees the final head once, and what it says is sent."""
    seen: list[int] = []

    def edit(head: ResponseHead) -> ResponseHead:
        seen.append(head.status)
        return evolve(head, headers=((b"X", b"y"), *head.headers))

    head = RequestHead(b"GET", b"/", "1.1", ())
    forward = Forward("unix:/x", edit_response=edit)
    edited = ResponseStream(head, forward, Limits(), keep=True)
    sent = edited.take(b"HTTP/1.1 103 Early\r\n\r\n" + LENGTH)
    assert sent.endswith(
        b"\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nabcde"
    )
    assert seen == [200]
    assert edited.done
