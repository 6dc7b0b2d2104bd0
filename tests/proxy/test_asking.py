"""Finding an upstream: substitutes, late decisions, failures."""

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.logger import LogEvent

from aen.proxy.limits import Limits
from aen.proxy.routing import Decision, Forward
from tests.proxy.harness import GET, OK, TO_ONE, Harness


def test_an_upstream_that_is_not_there() -> None:
    """The router names another, which gets the body that has already come."""
    harness = Harness(TO_ONE)
    harness.router.instead = lambda _: Forward("tcp:127.0.0.1:1002")
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
    harness.refuse()
    assert harness.router.failed == ["connect"]
    upstream = harness.upstream()
    client.send(b"cd")
    assert upstream.take().endswith(b"\r\n\r\nabcd")
    upstream.send(OK % b"11")
    assert client.take() == OK % b"11"


def test_an_upstream_that_takes_too_long_to_connect() -> None:
    """That is another reason, whoever has kept the time."""
    harness = Harness(TO_ONE, Limits(connect_seconds=2))
    for fail in (
        lambda: harness.refuse(ConnectTimeout()),
        lambda: harness.pass_time(5),
    ):
        client = harness.client()
        client.send(GET % 1)
        fail()
        assert client.take().startswith(b"HTTP/1.1 504 ")
    assert harness.router.failed == ["connect-timeout"] * 2


def test_a_substitute_has_tags_of_its_own() -> None:
    """Those of the upstream that failed no longer end the request."""
    harness = Harness(evolve(TO_ONE, tags=("old",)))
    harness.router.instead = lambda _: evolve(TO_ONE, tags=("new",))
    client = harness.client()
    client.send(GET % 1)
    harness.refuse()
    harness.upstream()
    assert harness.factory.close_tagged("old") == 0
    assert client.connected
    assert harness.factory.close_tagged("new") == 1
    assert not client.connected


def test_substitutes_are_bounded() -> None:
    """A router that always knows another upstream is not asked for ever."""
    harness = Harness(TO_ONE, Limits(attempts=3))
    harness.router.instead = lambda _: TO_ONE
    client = harness.client()
    client.send(GET % 1)
    for _ in range(3):
        harness.refuse()
    assert harness.connects == 3
    assert client.take().startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize("body", [b"Content-Length: 2\r\n\r\nab", b"\r\n"])
def test_a_post_is_not_sent_elsewhere_either(body: bytes) -> None:
    """Nobody knows what the first upstream did with it."""
    harness = Harness(TO_ONE)
    harness.router.instead = lambda _: TO_ONE
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + body)
    harness.upstream().hang_up()
    assert harness.connects == 1
    assert client.take().startswith(b"HTTP/1.1 502 ")


def test_a_decision_may_take_its_time() -> None:
    """Meanwhile nothing is lost, and a client that left is not answered."""
    waiting: list[Deferred[Decision]] = []

    def decide(_: object) -> Deferred[Decision]:
        waiting.append(Deferred())
        return waiting[-1]

    harness = Harness(decide)
    client = harness.client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
    client.send(b"cd" + GET % 2)
    assert client.producerState == "paused"
    waiting[0].callback(TO_ONE)
    upstream = harness.upstream()
    assert upstream.take().endswith(b"\r\n\r\nabcd")
    upstream.send(OK % b"11")
    assert len(waiting) == 2
    upstream.take()
    client.hang_up()
    waiting[1].callback(TO_ONE)
    assert (harness.connects, upstream.take()) == (1, b"")


def test_a_router_that_fails(logged_failures: list[LogEvent]) -> None:
    """The client gets a 500, the log the reason."""

    def decide(_: object) -> Decision:
        raise KeyError("secret")

    harness = Harness(decide)
    client = harness.client()
    client.send(GET % 1)
    answer = client.take()
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"secret" not in answer
    harness.router.decide = lambda _: Deferred.fromCoroutine(_fail())
    client.send(GET % 2)
    assert client.take().startswith(b"HTTP/1.1 500 ")
    assert len(logged_failures) == 2
    logged_failures.clear()


async def _fail() -> Decision:
    raise KeyError("secret")
