"""Both sides of a call, over a real loopback connection."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from klein import Klein
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import LogEvent
from twisted.web.client import Agent
from twisted.web.server import Site

from aen.model.errors import Failed, Invalid, NotFound, Unauthenticated, Unavailable
from aen.model.projects import Problem, Progress
from aen.wire import tickets
from aen.wire.call import Door, Report, call, stream
from aen.wire.client import CallLimits, Identity, Place, WireClient
from aen.wire.messages import Line, ProjectQuestion, StopLaunch, Usage
from aen.wire.routes import LAUNCH, START_PROJECT, USAGE, Route

reactor: Any = _reactor
KEY = tickets.SigningKey(b"g" * 32)


class Keys:
    async def public_key(self, issuer: str) -> str:
        if issuer != "gateway:east":
            raise Unauthenticated("Who are you?")
        return KEY.public


@define
class Node:
    """A little node: answers, refuses, breaks, streams."""

    door: Door
    finished: list[str] = field(factory=list)
    hold: Deferred[None] = field(factory=Deferred)
    app = Klein()

    @app.route(USAGE.path, methods=["POST"])
    @call(ProjectQuestion)
    async def usage(self, asker: str, asked: ProjectQuestion) -> Usage:
        assert asker == "gateway:east"
        if asked.project_id == "none":
            raise NotFound("There is no such project.")
        if asked.project_id == "bug":
            raise ZeroDivisionError
        return Usage(cpu=1.5, memory=2, disk=3, processes=4)

    @app.route(START_PROJECT.path, methods=["POST"])
    @stream(ProjectQuestion)
    async def start(self, asker: str, asked: ProjectQuestion, report: Report) -> None:
        report(Line(progress=Progress("Cloning", 1, 2)))
        if asked.project_id == "broken":
            raise Failed("It broke.", log=("a", "b"))
        if asked.project_id == "held":
            await self.hold
        self.finished.append(asked.project_id)


@define
class Pair:
    node: Node
    client: WireClient
    at: Place

    def place(self, audience: str) -> Place:
        return Place(self.at.base, audience, "The node n1")


@pytest_twisted.async_yield_fixture
async def pair() -> AsyncIterator[Pair]:
    """A node that listens, and a client of the gateway that may ask it."""
    node = Node(Door(tickets.node("n1"), Keys(), reactor, limit=1000))
    site = Site(node.app.resource())
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    limits = CallLimits(answer_seconds=2)
    client = WireClient(Agent(reactor), reactor, Identity("gateway:east", KEY), limits)
    base = f"http://127.0.0.1:{port.getHost().port}"
    yield Pair(node, client, Place(base, tickets.node("n1"), "The node n1"))
    await port.stopListening()
    for channel in list(getattr(site, "_connections", ())):
        channel.transport.abortConnection()


@pytest.fixture
def lines() -> list[Line]:
    """Return what a stream said."""
    return []


@pytest_twisted.ensureDeferred
async def test_an_answer_arrives(pair: Pair) -> None:
    """What the view returns is what the asker gets."""
    answer = await pair.client.ask(pair.at, USAGE, ProjectQuestion("p"), Usage)
    assert answer == Usage(cpu=1.5, memory=2, disk=3, processes=4)


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
async def test_silence_becomes_a_sentence(pair: Pair) -> None:
    """Where nobody listens, the asker is told who does not answer."""
    nowhere = Place("http://127.0.0.1:1", "node:n1", "The node n1")
    with pytest.raises(Unavailable, match="The node n1 does not answer"):
        await pair.client.ask(nowhere, USAGE, ProjectQuestion("p"), Usage)


@pytest_twisted.ensureDeferred
async def test_an_unknown_address_is_an_error(pair: Pair) -> None:
    """An answer that is not ours is Unavailable, not a crash."""
    with pytest.raises(Unavailable):
        await pair.client.ask(pair.at, LAUNCH, ProjectQuestion("p"), Usage)
    odd = Route("GET", USAGE.path)
    with pytest.raises(Unavailable):
        await pair.client.ask(pair.at, odd, ProjectQuestion("p"), Usage)


@pytest_twisted.ensureDeferred
async def test_a_stream_tells_its_progress(pair: Pair, lines: list[Line]) -> None:
    """Lines arrive in order, and the end is known as the end."""
    asked = ProjectQuestion("p")
    await pair.client.follow(pair.at, START_PROJECT, asked, lines.append)
    assert lines == [Line(progress=Progress("Cloning", 1, 2))]
    assert pair.node.finished == ["p"]


@pytest_twisted.ensureDeferred
async def test_a_stream_that_fails_says_why(pair: Pair, lines: list[Line]) -> None:
    """The problem and the last output reach the asker."""
    asked = ProjectQuestion("broken")
    with pytest.raises(Failed, match="It broke") as caught:
        await pair.client.follow(pair.at, START_PROJECT, asked, lines.append)
    assert caught.value.log == ("a", "b")
    assert Problem(caught.value.message, caught.value.log).log == ("a", "b")


@pytest_twisted.ensureDeferred
async def test_work_goes_on_when_the_asker_leaves(pair: Pair) -> None:
    """A start that nobody follows any more is still a whole start."""
    arrived: Deferred[Line] = Deferred()
    asking = Deferred.fromCoroutine(
        pair.client.follow(
            pair.at, START_PROJECT, ProjectQuestion("held"), arrived.callback
        )
    )
    await arrived
    asking.cancel()
    with pytest.raises(CancelledError):
        await asking
    pair.node.hold.callback(None)
    assert pair.node.finished == ["held"]
