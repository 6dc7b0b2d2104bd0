"""Requests and responses through the proxy, byte for byte."""

import pytest

from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Forward
from tests.proxy.harness import GET, OK, TO_ONE, Harness


def test_an_answer_is_given_at_once() -> None:
    """What the router answers itself needs no upstream; HEAD gets no body."""
    harness = Harness(Answer(200, ((b"A", b"b"),), b"body"))
    client = harness.client()
    client.send(GET % 1)
    assert client.take() == b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 4\r\n\r\nbody"
    client.send(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.take() == b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 4\r\n\r\n"


def test_a_request_goes_there_and_its_response_back() -> None:
    """Heads are rewritten, bodies are not; the head and first bytes go in one write."""
    harness = Harness(Forward("tcp:127.0.0.1:1001", target=b"/other"))
    client = harness.client()
    client.send(b"GET /x HTTP/1.1\r\nHost: a:1\r\nX-Request-Id: me-1\r\nB: c\r\n\r\n")
    upstream = harness.upstream()
    assert upstream.take() == (
        b"GET /other HTTP/1.1\r\nHost: a:1\r\nB: c\r\n"
        b"X-Forwarded-For: 192.168.1.1\r\nX-Forwarded-Proto: http\r\n"
        b"X-Forwarded-Host: a:1\r\nX-Request-Id: me-1\r\n\r\n"
    )
    upstream.send(b"HTTP/1.1 200 OK\r\nD: e\r\ncontent-length: 5\r\n\r\nhel")
    upstream.send(b"lo")
    assert client.written == [
        b"HTTP/1.1 200 OK\r\nD: e\r\ncontent-length: 5\r\n\r\nhel",
        b"lo",
    ]
    assert client.connected
    assert upstream.connected


def test_pipelined_requests_are_answered_in_order() -> None:
    """The second request is not even looked at before the first is answered."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1 + GET % 2 + (GET % 3)[:9])
    assert client.producerState == "paused"
    assert len(harness.router.asked) == 1
    upstream = harness.upstream()
    upstream.send(OK % b"11")
    assert [head.target for head in harness.router.asked] == [b"/1", b"/2"]
    upstream.send(OK % b"22")
    assert client.take() == OK % b"11" + OK % b"22"
    client.send((GET % 3)[9:])
    upstream.send(OK % b"33")
    assert client.take() == OK % b"33"
    assert harness.connects == 1


def test_many_pipelined_requests_do_not_recurse() -> None:
    """A thousand answers given at once need no deep stack."""
    harness = Harness(Answer(204))
    client = harness.client()
    client.send(b"".join(GET % number for number in range(1000)))
    assert client.take() == b"HTTP/1.1 204 No Content\r\n\r\n" * 1000


def test_an_idle_connection_that_proves_dead_is_replaced() -> None:
    """A GET is asked again on a new connection, once."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    first = harness.upstream()
    first.send(OK % b"11")
    client.take()
    client.send(GET % 2)
    first.hang_up()
    second = harness.upstream()
    assert second.take().startswith(b"GET /2 ")
    second.hang_up()
    assert harness.router.failed == ["closed"]
    assert client.take().startswith(b"HTTP/1.1 502 ")
    assert harness.connects == 2


def test_a_post_is_never_sent_twice() -> None:
    """It fails instead; and it does not use a connection that was long idle."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    first = harness.upstream()
    first.send(OK % b"11")
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    first.hang_up()
    assert harness.connects == 1
    assert harness.router.failed == ["closed"]
    client.send(GET % 1)
    harness.upstream().send(OK % b"22")
    harness.pass_time(5)
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    assert harness.connects == 3


def test_chunks_pass_both_ways() -> None:
    """Extensions go; trailers stay unless they would pass for something of ours."""
    harness = Harness(Forward("tcp:127.0.0.1:1001", set_headers=((b"X-User", b"ada"),)))
    client = harness.client()
    client.send(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc"
    )
    upstream = harness.upstream()
    assert upstream.take().endswith(
        b"X-User: ada\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc"
    )
    client.send(b"\r\n0\r\nX_User: eve\r\nX-Sum: 1\r\n\r\n" + GET % 2)
    assert upstream.take() == b"\r\n0\r\nX-Sum: 1\r\n\r\n"
    upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
    upstream.send(b"0\r\nSet-Cookie: a=b\r\nX-Sum: 2\r\n\r\n")
    assert client.take() == (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nhi\r\n0\r\nX-Sum: 2\r\n\r\n"
    )
    assert upstream.take().startswith(b"GET /2 ")


def test_http_1_0_clients() -> None:
    """They get no chunks, and their connection is kept only if they ask."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
    upstream = harness.upstream()
    assert upstream.take().startswith(b"GET / HTTP/1.1\r\nHost:\r\n")
    upstream.send(b"HTTP/1.1 100 Continue\r\n\r\n" + OK % b"11")
    assert client.take() == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n11"
    )
    client.send(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
    upstream.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    )
    assert client.take() == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi"
    assert not client.connected


def test_a_body_until_close_is_chunked_for_the_client() -> None:
    """So its connection can stay; a torn connection is not an end."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.0 200 OK\r\n\r\nabc")
    assert client.take() == (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
    )
    upstream.hang_up()
    assert client.take() == b"0\r\n\r\n"
    client.send(GET % 2)
    again = harness.upstream()
    again.send(b"HTTP/1.0 200 OK\r\n\r\nabc")
    client.take()
    again.hang_up(OSError())
    assert client.take() == b""
    assert not client.connected


@pytest.mark.parametrize(
    ("method", "head"),
    [
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        (b"GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
    ],
)
def test_responses_without_body(method: bytes, head: bytes) -> None:
    """They end with their head, and the connection serves again."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n" + GET % 2)
    upstream = harness.upstream()
    upstream.take()
    upstream.send(head)
    assert client.take() == head
    assert upstream.take().startswith(b"GET /2 ")


def test_waiting_for_100_continue() -> None:
    """Interim responses are passed on, as often as the limit says."""
    harness = Harness(TO_ONE, Limits(interim_responses=2))
    client = harness.client()
    post = (
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
        b"Content-Length: 2\r\n\r\n"
    )
    client.send(post)
    upstream = harness.upstream()
    assert b"Expect: 100-continue" in upstream.take()
    upstream.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert client.take() == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"hi")
    assert upstream.take() == b"hi"
    upstream.send(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK % b"11")
    assert client.take() == b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK % b"11"
    client.send(post)
    upstream.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 3)
    assert harness.router.failed == ["protocol"]


def test_an_early_answer_ends_the_connection() -> None:
    """A body nobody reads cannot be skipped, so nothing can follow it."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhi")
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n")
    assert client.take() == b"HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n"
    assert upstream.aborted
    assert not client.connected


def test_bytes_beyond_the_announced_length_end_both_connections() -> None:
    """Nobody can tell whose they are."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1 + GET % 2)
    upstream = harness.upstream()
    upstream.send(OK % b"11" + OK % b"22")
    assert client.take() == OK % b"11"
    assert not client.connected
    assert not upstream.connected
    assert len(harness.router.asked) == 1


def test_bytes_nobody_asked_for_end_an_idle_connection() -> None:
    """They would be taken for the answer to the next request."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    upstream.send(OK % b"11")
    upstream.send(OK % b"22")
    assert upstream.aborted
    client.take()
    client.send(GET % 2)
    assert harness.connects == 2


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    ],
)
def test_an_upstream_that_vanishes_midway(head: bytes) -> None:
    """The client sees that the response is not whole."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    upstream.send(head)
    upstream.hang_up()
    assert client.take() == head
    assert not client.connected
    assert harness.router.failed == []


def test_a_broken_chunk_from_an_upstream() -> None:
    """The response is broken off; nothing malformed reaches the client."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.take()
    upstream.send(b"5\nabcde\r\n0\r\n\r\n")
    assert client.take() == b""
    assert not client.connected
    assert upstream.aborted


@pytest.mark.parametrize(
    "response",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        b"HTTP/1.1 600 OK\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    ],
)
def test_an_upstream_that_does_not_speak_http(response: bytes) -> None:
    """Its bytes stay here; the router is asked for a page."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    harness.upstream().send(response)
    assert harness.router.failed == ["protocol"]
    assert client.take().startswith(b"HTTP/1.1 502 ")
    assert client.connected


def test_a_broken_chunk_from_a_client() -> None:
    """The answer is 400 and the upstream sees a request that never ended."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello"
    )
    upstream = harness.upstream()
    assert client.take().startswith(b"HTTP/1.1 400 ")
    assert b"hello" not in upstream.take()
    assert upstream.aborted
    assert not client.connected


def test_a_broken_chunk_behind_a_response() -> None:
    """No answer is written into a response that has begun."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    upstream = harness.upstream()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    upstream.send(head)
    client.send(b"5\nhello")
    assert client.take() == head
    assert not client.connected
    assert upstream.aborted


def test_the_body_of_an_answered_request_is_skipped_if_it_is_there() -> None:
    """Otherwise the connection ends: the rest could be taken for a request."""
    harness = Harness(Answer(403))
    client = harness.client()
    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"
    client.send(post + b"abcd" + post + b"ab")
    assert client.take() == (
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    assert not client.connected


def test_a_client_that_leaves_takes_its_upstream_along() -> None:
    """The application need not go on."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    client.hang_up()
    assert upstream.aborted
    other = harness.client()
    other.send(GET % 1)
    other.hang_up()
    assert harness.reactor.getDelayedCalls() == []
