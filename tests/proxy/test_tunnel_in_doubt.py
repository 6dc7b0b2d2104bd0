"""WebSockets whose right is being asked about again."""

from attrs import evolve

from aen.proxy.limits import Limits
from tests.proxy.harness import TO_ONE, Harness, Wire, frame

BYE = b"\x88\x04\x03\xf0no"
"""A close frame: 1008, "no"."""


def doubted(limits: Limits | None = None) -> tuple[Harness, Wire, Wire]:
    """Return a conversation in doubt: the proxy, its client, its upstream."""
    harness = Harness(evolve(TO_ONE, tags=("t",)), limits or Limits())
    client, upstream = harness.tunnel()
    harness.factory.doubt_tagged("t")
    return harness, client, upstream


def test_the_reason_comes_after_the_end_of_the_upstream() -> None:
    """The client hears it all the same, and nothing it says is kept."""
    harness, client, upstream = doubted()
    upstream.send(frame(1, b"last", masked=False))
    upstream.hang_up()
    assert client.connected
    client.send(frame(1, b"more", masked=True))
    harness.factory.close_tagged("t", 1008, "no")
    assert client.take() == frame(1, b"last", masked=False) + BYE
    client.send(frame(8, b"\3\xf0", masked=True))
    assert not client.connected


def test_a_right_that_holds_after_the_end_of_the_upstream() -> None:
    """The client sees what it would have seen at once: an end without a word."""
    harness, client, upstream = doubted()
    upstream.hang_up()
    harness.factory.doubt_tagged("t", doubted=False)
    assert client.take() == b""
    assert not client.connected


def test_a_right_that_holds() -> None:
    """The conversation goes on, and ends as any other."""
    harness, client, upstream = doubted()
    harness.factory.doubt_tagged("t", doubted=False)
    upstream.send(frame(1, b"x", masked=False))
    assert client.take() == frame(1, b"x", masked=False)
    upstream.hang_up()
    assert not client.connected


def test_doubts_about_others() -> None:
    """They keep nobody waiting."""
    harness = Harness(evolve(TO_ONE, tags=("t",)))
    client, upstream = harness.tunnel()
    harness.factory.doubt_tagged("another")
    upstream.hang_up()
    assert not client.connected


def test_an_upstream_that_said_goodbye() -> None:
    """There is nothing to add to its close frame, hence nothing to wait for."""
    _, client, upstream = doubted()
    upstream.send(b"\x88\x00")
    upstream.hang_up()
    assert client.take() == b"\x88\x00"
    assert not client.connected


def test_an_upstream_that_ends_inside_a_frame() -> None:
    """No close frame could follow: the client is cut off when the answer is no."""
    harness, client, upstream = doubted()
    upstream.send(b"\x82\x05he")
    upstream.hang_up()
    harness.factory.close_tagged("t", 1008, "no")
    assert client.take() == b"\x82\x05he"
    assert client.aborted


def test_an_answer_that_never_comes() -> None:
    """The client waits no longer than for any other goodbye."""
    harness, client, upstream = doubted(Limits(close_seconds=5))
    upstream.hang_up()
    harness.pass_time(6)
    assert client.aborted
    assert harness.factory.connections == 0
    assert harness.reactor.getDelayedCalls() == []


def test_a_client_that_leaves_while_in_doubt() -> None:
    """It does not wait for anything."""
    harness, client, upstream = doubted()
    upstream.hang_up()
    client.hang_up()
    assert harness.factory.connections == 0
    assert harness.factory.close_tagged("t", 1008, "no") == 0
