"""A client's connection: refusals, keeping it, ending it."""

import pytest

from aen.proxy.routing import Answer
from tests.proxy.harness import TO_ONE, Harness

BOTH = (
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: <script>\r\n\r\n", 400),
        (b"GET /<script> HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n<script>\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
        (BOTH, 400),
        (b"GET /\r\n", 400),
        (b"GET / HTTP/2.0\r\n", 505),
        (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 65536, 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
    ],
)
def test_refusals(raw: bytes, status: int) -> None:
    """The right status, nothing echoed, nothing routed, the connection ended."""
    harness = Harness(Answer(204))
    client = harness.client()
    client.send(raw)
    answer = client.take()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"Connection: close\r\n" in answer
    assert b"script" not in answer
    assert not client.connected
    assert harness.router.asked == []


@pytest.mark.parametrize(
    ("version", "connection", "kept"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: keep-alive\r\n", True),
        (b"1.1", b"Connection: Close\r\n", False),
        (b"1.1", b"Connection: x\r\nConnection: y, close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: Keep-Alive\r\n", True),
    ],
)
def test_keeping(version: bytes, connection: bytes, *, kept: bool) -> None:
    """RFC 9112 section 9.3, and the client is told."""
    harness = Harness(Answer(204))
    client = harness.client()
    client.send(b"GET / HTTP/%s\r\nHost: a\r\n%s\r\n" % (version, connection))
    assert client.connected == kept
    assert (b"Connection: close" in client.take()) != kept


def test_a_refusal_behind_a_good_request_waits_its_turn() -> None:
    """The good one is answered first."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\n\n")
    assert client.take() == b""
    harness.upstream().send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    answers = client.take()
    assert answers.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"HTTP/1.1 400 " in answers
    assert not client.connected


def test_what_comes_behind_is_bounded() -> None:
    """One read is kept, then reading stops until the answer is written."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.producerState == "producing"
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
    assert client.producerState == "paused"
    upstream = harness.upstream()
    for _ in range(101):
        upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert len(harness.router.asked) == 101
    assert client.producerState == "producing"
