"""A little node and a client that may ask it, over a real loopback connection."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_twisted
from attrs import define, field
from klein import Klein
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.internet.defer import Deferred
from twisted.protocols.policies import WrappingFactory
from twisted.web.client import Agent
from twisted.web.server import Site

from aen.model.errors import Failed, NotFound, Unauthenticated
from aen.model.projects import Progress
from aen.runtime.tasks import pause
from aen.wire import tickets
from aen.wire.call import Door, call
from aen.wire.client import CallLimits, Identity, Place, WireClient
from aen.wire.messages import Line, ProjectQuestion, Usage
from aen.wire.routes import START_PROJECT, USAGE, Route
from aen.wire.streaming import Report, stream

reactor: Any = _reactor
WATCH = Route("POST", "/watch")
"""A stream that only tells what happens."""
KEY = tickets.SigningKey(b"g" * 32)


class Keys:
    """Knows one gateway."""

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
        if asked.project_id == "gone":
            raise NotFound("There is no such project.")
        if asked.project_id == "bug":
            raise ZeroDivisionError
        if asked.project_id == "held":
            await self.hold
        self.finished.append(asked.project_id)

    @app.route(WATCH.path, methods=["POST"])
    @stream(ProjectQuestion, endless=True)
    async def watch(self, asker: str, asked: ProjectQuestion, report: Report) -> None:
        report(Line(progress=Progress("Watching")))
        await self.hold


@define
class Pair:
    """The node, and who asks it."""

    node: Node
    client: WireClient
    at: Place
    _site: WrappingFactory

    async def nobody_asks(self) -> None:
        """Return when the node has noticed that all connections are gone."""
        while self._site.protocols:
            await pause(reactor, 0.01)

    def place(self, audience: str) -> Place:
        """Return where the node is, under another name."""
        return Place(self.at.base, audience, "The node n1")


@pytest_twisted.async_yield_fixture
async def pair() -> AsyncIterator[Pair]:
    """A node that listens, and a client of the gateway that may ask it."""
    node = Node(Door(tickets.node("n1"), Keys(), reactor, limit=1000))
    site = WrappingFactory(Site(node.app.resource()))
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    limits = CallLimits(answer_seconds=2)
    client = WireClient(Agent(reactor), reactor, Identity("gateway:east", KEY), limits)
    base = f"http://127.0.0.1:{port.getHost().port}"
    made = Pair(node, client, Place(base, tickets.node("n1"), "The node n1"), site)
    yield made
    await port.stopListening()
    for connection in tuple(site.protocols):
        connection.transport.abortConnection()
    await made.nobody_asks()
