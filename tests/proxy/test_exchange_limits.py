"""Exchanges: back-pressure, time limits, tags and meters."""

import pytest
from twisted.internet.defer import Deferred

from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Forward
from tests.proxy.harness import GET, OK, TO_ONE, Harness


def test_full_buffers_hold_up_the_other_side() -> None:
    """Reading stops while what was read cannot be written, in both directions."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
    upstream = harness.upstream()
    upstream.producer.pauseProducing()
    assert client.producerState == "paused"
    upstream.producer.resumeProducing()
    assert client.producerState == "producing"
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
    client.producer.pauseProducing()
    assert upstream.producerState == "paused"
    client.send(b"cdefghi")
    client.producer.resumeProducing()
    assert upstream.producerState == "producing"


def test_a_pooled_connection_is_never_left_paused() -> None:
    """A slow client ends its exchange with a full buffer: its upstream serves on."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
    client.producer.pauseProducing()
    assert upstream.producerState == "paused"
    upstream.send(b"cd")
    assert upstream.producerState == "producing"


def test_who_does_not_read_gets_no_more_responses() -> None:
    """However many requests a client sends ahead: its upstream waits with the first."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET % 1)
    upstream = harness.upstream()
    upstream.send(OK % b"11")
    client.producer.pauseProducing()
    client.send(GET % 2)
    assert upstream.producerState == "paused"
    client.producer.resumeProducing()
    assert upstream.producerState == "producing"
    upstream.send(OK % b"22")
    client.producer.pauseProducing()
    assert upstream.producerState == "producing"
    assert client.take().endswith(OK % b"22")


def test_time_limits_of_a_client() -> None:
    """Silence is closed; a slow head and a slow body get 408."""
    limits = Limits(keepalive_seconds=5, head_seconds=5, body_seconds=5)
    harness = Harness(TO_ONE, limits)
    silent, slow, slower = (harness.client() for _ in range(3))
    slow.send(b"GET / HT")
    slower.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
    upstream = harness.upstream()
    for _ in range(4):
        harness.pass_time(1)
        slow.send(b"T")
    harness.pass_time(2)
    assert silent.take() == b""
    assert not silent.connected
    assert slow.take().startswith(b"HTTP/1.1 408 ")
    assert not slow.connected
    assert slower.take().startswith(b"HTTP/1.1 408 ")
    assert not slower.connected
    assert upstream.aborted


@pytest.mark.parametrize(
    ("request_", "seconds"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 8),
        (b"GARBAGE\n", 3),
    ],
)
def test_a_client_that_does_not_take_its_last_bytes(
    request_: bytes, seconds: int
) -> None:
    """It is not waited for without end; one that was refused, not for long."""
    limits = Limits(flush_seconds=8, linger_seconds=3)
    harness = Harness(Answer(204), limits)
    client = harness.client()
    client.stuck = True
    client.send(request_)
    harness.pass_time(seconds - 1)
    assert (client.aborted, harness.factory.connections) == (False, 1)
    harness.pass_time(2)
    assert (client.aborted, harness.factory.connections) == (True, 0)


def test_time_limits_of_an_upstream() -> None:
    """No first byte is a 504, a silence inside a response breaks it off."""
    limits = Limits(first_byte_seconds=5, response_seconds=5, pool_idle_seconds=5)
    harness = Harness(TO_ONE, limits)
    first, second, third = (harness.client() for _ in range(3))
    first.send(GET % 1)
    harness.upstream()
    second.send(GET % 1)
    harness.upstream().send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    third.send(GET % 1)
    idle = harness.upstream()
    idle.send(OK % b"11")
    harness.pass_time(7)
    assert harness.router.failed == ["timeout"]
    assert first.take().startswith(b"HTTP/1.1 504 ")
    assert not second.connected
    assert not idle.connected
    assert third.connected


def test_an_upstream_that_does_not_take_a_body() -> None:
    """It is not the client that is slow."""
    limits = Limits(first_byte_seconds=9, body_seconds=5)
    harness = Harness(TO_ONE, limits)
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
    upstream = harness.upstream()
    upstream.producer.pauseProducing()
    client.send(b"ab")
    harness.pass_time(7)
    assert client.connected
    harness.pass_time(4)
    assert harness.router.failed == ["timeout"]


def test_a_long_upload_during_a_response() -> None:
    """Either direction is progress."""
    harness = Harness(TO_ONE, Limits(response_seconds=5))
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    for _ in range(4):
        client.send(b"a")
        harness.pass_time(3)
    assert client.connected
    harness.pass_time(6)
    assert not client.connected


def test_a_router_that_never_decides() -> None:
    """Its client gets 504."""
    harness = Harness(lambda _: Deferred(), Limits(route_seconds=5))
    client = harness.client()
    client.send(GET % 1)
    harness.pass_time(6)
    assert client.take().startswith(b"HTTP/1.1 504 ")


def test_tagged_responses_are_broken_off() -> None:
    """When the right ends, so does what it allowed; others go on."""
    harness = Harness(
        lambda head: Forward("tcp:127.0.0.1:1001", tags=(head.path.decode(), "all"))
    )
    one, two = harness.client(), harness.client()
    one.send(GET % 1)
    harness.upstream().send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    two.send(GET % 2)
    upstream = harness.upstream()
    assert harness.factory.close_tagged("/1") == 1
    assert not one.connected
    upstream.send(OK % b"11")
    assert two.take() == OK % b"11"
    assert harness.factory.close_tagged("all") == 0


def test_traffic_is_metered_both_ways() -> None:
    """Every read of a body touches the meter."""

    class Meter:
        touched = 0

        def touch(self) -> None:
            self.touched += 1

    meter = Meter()
    harness = Harness(Forward("tcp:127.0.0.1:1001", meter=meter))
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
    upstream = harness.upstream()
    before = meter.touched
    client.send(b"ab")
    client.send(b"cd")
    upstream.send(OK % b"11")
    assert meter.touched == before + 3


@pytest.mark.parametrize(
    ("line", "touched"),
    [
        (b"GET /api/kernels", 0),
        (b"POST /api/kernels", 1),
        (b"GET /lab", 1),
    ],
)
def test_what_an_open_page_asks_by_itself_is_no_use(line: bytes, touched: int) -> None:
    """Only GET, and only where the upstream's pages poll."""
    seen: list[int] = []

    class Meter:
        def touch(self) -> None:
            seen.append(1)

    forward = Forward("tcp:127.0.0.1:1001", meter=Meter(), polling=(b"/api/",))
    harness = Harness(forward)
    client = harness.client()
    client.send(line + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    harness.upstream().send(OK % b"11")
    assert len(seen) == touched
