"""What stands around every call: ticket, size, message, errors."""

from typing import Any

import pytest
import pytest_twisted
from treq.client import HTTPClient
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.logger import LogEvent
from twisted.web.client import Agent

from aen.model.errors import (
    Invalid,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from aen.wire import tickets
from aen.wire.client import Identity, WireClient
from aen.wire.messages import ProjectQuestion, StopLaunch, Usage
from aen.wire.routes import USAGE
from tests.wire.conftest import KEY, Pair

reactor: Any = _reactor


@pytest_twisted.ensureDeferred
async def test_an_error_arrives_as_itself(pair: Pair) -> None:
    """A refusal keeps its class and its words."""
    with pytest.raises(NotFound, match="no such project"):
        await pair.client.ask(pair.at, USAGE, ProjectQuestion("none"), Usage)


@pytest_twisted.ensureDeferred
async def test_a_bug_is_logged_not_shown(
    pair: Pair, logged_failures: list[LogEvent]
) -> None:
    """An error of ours is in the log, and a sentence is the answer."""
    with pytest.raises(Unavailable, match="on our side"):
        await pair.client.ask(pair.at, USAGE, ProjectQuestion("bug"), Usage)
    assert logged_failures.pop()["log_failure"].check(ZeroDivisionError)


@pytest_twisted.ensureDeferred
async def test_a_ticket_for_another_opens_nothing(pair: Pair) -> None:
    """A node refuses what was signed for its neighbour."""
    with pytest.raises(Unauthenticated):
        await pair.client.ask(pair.place("node:n2"), USAGE, ProjectQuestion("p"), Usage)


@pytest_twisted.ensureDeferred
async def test_a_message_of_another_kind_is_refused(pair: Pair) -> None:
    """Unknown keys are named, not ignored."""
    with pytest.raises(Invalid, match="unknown key “launch”"):
        await pair.client.ask(pair.at, USAGE, StopLaunch("x"), Usage)


@pytest_twisted.ensureDeferred
async def test_a_long_body_is_refused(pair: Pair) -> None:
    """A call may have so many bytes and no more."""
    with pytest.raises(TooLarge, match="at most 1000 bytes"):
        await pair.client.ask(pair.at, USAGE, ProjectQuestion("p" * 2000), Usage)


@pytest_twisted.ensureDeferred
async def test_without_a_ticket_nothing_is_answered(pair: Pair) -> None:
    """A person who finds the address learns nothing."""
    http = HTTPClient(Agent(reactor))
    response = await http.post(f"{pair.at.base}{USAGE.path}", data=b"{}")
    assert response.code == 401
    assert b"platform's own parts" in await response.content()


@pytest_twisted.ensureDeferred
async def test_a_ticket_opens_one_call(pair: Pair) -> None:
    """With another body, at another address or for a channel it is worth nothing."""
    http = HTTPClient(Agent(reactor))
    body = b'{"project_id": "p"}'
    digest = tickets.call_digest("POST", USAGE.path, body)
    until = reactor.seconds() + 60
    found = []
    for purpose, path, sent in (
        ("call", USAGE.path, body),
        ("call", USAGE.path, body + b" "),
        ("call", USAGE.path + "?x", body),
        ("channel", USAGE.path, body),
    ):
        ticket = tickets.Ticket("gateway:east", "node:n1", purpose, until, digest)
        headers: dict[bytes | str, bytes | str] = {
            tickets.HEADER: tickets.seal(KEY, ticket)
        }
        url = f"{pair.at.base}{path}"
        response = await http.post(url, data=sent, headers=headers)
        found.append((response.code, b"another call" in await response.content()))
    assert found == [(200, False), (401, True), (401, True), (401, True)]


@pytest_twisted.ensureDeferred
async def test_what_is_not_json_is_refused(pair: Pair) -> None:
    """However deep it is nested."""
    for body in (b"{", b"\xff", b"[" * 900):
        response = await pair.client.send(pair.at, USAGE, body)
        assert response.code == 400


@pytest_twisted.ensureDeferred
async def test_a_stranger_is_refused(pair: Pair) -> None:
    """A key that nobody knows opens nothing, whatever name it claims."""
    for name in ("gateway:east", "gateway:west"):
        identity = Identity(name, tickets.SigningKey(b"x" * 32))
        stranger = WireClient(Agent(reactor), reactor, identity)
        with pytest.raises(Unauthenticated):
            await stranger.ask(pair.at, USAGE, ProjectQuestion("p"), Usage)
