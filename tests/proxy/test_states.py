"""The table of an exchange's states is what exchanges do, and what is documented."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred

from aen.proxy import exchange, frontend
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer
from aen.proxy.states import ARROWS, State, diagram
from tests.proxy.harness import TO_ONE, Harness

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
PAGE = Path(__file__).parents[2] / "docs" / "proxy.md"

Moves = set[tuple[State, State]]


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moves]:
    """Every move of an exchange while the test runs."""
    seen: Moves = set()
    plain = exchange.Exchange

    class Watched(plain):  # type: ignore[misc, valid-type]
        def __setattr__(self, name: str, value: object) -> None:
            before = getattr(self, "state", None)
            super().__setattr__(name, value)
            if name == "state" and before not in (None, value):
                seen.add((before, self.state))

    monkeypatch.setattr(frontend, "Exchange", Watched)
    yield seen
    assert seen <= set(ARROWS)


def test_every_move_is_in_the_table(moves: Moves) -> None:
    """And every arrow of the table is a move that can be made."""
    answered_and_streamed()
    connections_that_fail()
    clients_that_leave()
    pooled_connections()
    assert set(ARROWS) - moves == set()


def answered_and_streamed() -> None:
    """Let a router answer, and an upstream."""
    Harness(Answer(204)).client().send(GET)
    harness = Harness(TO_ONE)
    harness.client().send(GET)
    harness.upstream().send(OK + b"hi")


def connections_that_fail() -> None:
    """Let no connection be made, and one bring nonsense."""
    harness = Harness(TO_ONE)
    harness.client().send(GET)
    harness.refuse()
    harness.client().send(GET)
    harness.upstream().send(b"nonsense")
    client = harness.client()
    client.send(POST)
    harness.upstream()
    client.send(b"nonsense\r\n")


def clients_that_leave() -> None:
    """Let clients leave at every stage."""
    waiting = Harness(lambda _: Deferred())
    client = waiting.client()
    client.send(GET)
    client.hang_up()
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET)
    client.hang_up()
    client = harness.client()
    client.send(GET)
    harness.upstream()
    client.hang_up()


def pooled_connections() -> None:
    """Let a pooled connection serve, and one be dead."""
    harness = Harness(TO_ONE, Limits())
    client = harness.client()
    client.send(GET)
    upstream = harness.upstream()
    upstream.send(OK + b"hi")
    client.send(GET)
    upstream.hang_up()
    harness.upstream().send(OK + b"hi")


def test_the_diagram_is_documented() -> None:
    """As it is drawn from the table."""
    drawn = re.search(r"```mermaid\n(.*?)\n```", PAGE.read_text("utf-8"), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == diagram()


def test_what_ended_stays_ended() -> None:
    """There is no arrow out of the last state, and one into each other."""
    assert not [end for (begin, end) in ARROWS if begin is State.ENDED]
    assert {end for _, end in ARROWS} == set(State)
