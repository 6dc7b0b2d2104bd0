"""A router in a world that says what a test wants, and fixtures for both."""

from random import Random
from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock

from aen.gateway.grants import Grants, Limits
from aen.gateway.nodes import Nodes
from aen.gateway.notices import Notices
from aen.gateway.opening import Openings
from aen.gateway.pages import Pages
from aen.gateway.passes import CookieNames, Pass, Passes
from aen.gateway.public import PublicFolders
from aen.gateway.router import GatewayRouter
from aen.gateway.signin import SignIn
from aen.gateway.upstreams import Upstreams
from aen.gateway.uses import UseReports
from aen.model.apps import AppSummary
from aen.model.projects import State
from aen.proxy.head import Headers, Peer, RequestHead
from aen.proxy.routing import Answer
from aen.runtime.assets import Assets
from aen.wire.client import Identity
from aen.wire.messages import (
    Grant,
    GrantQuestion,
    Line,
    NodeStatus,
    Opening,
    OpenQuestion,
    PublicPlace,
    PublicQuestion,
)
from aen.wire.tickets import Seal
from tests.gateway.fakes import GRANT, KEY, LAUNCH, NODE, SETTINGS
from tests.outcomes import outcome

PASSES = Passes.of(KEY)
PASS = PASSES.issue(Pass("s1", "ada", 5000.0))
PEER = Peer("192.0.2.1", 1, secure=False)
PAGE: Headers = ((b"Accept", b"text/html"),)
VIEWER = evolve(GRANT, actions=("view", "read files"))
COOKIE: Headers = ((b"Cookie", b"x=1; aen-pass-ab=" + PASS.encode()),)


@define
class World:
    """What the server and the node say."""

    grant_answer: Any = GRANT
    opening: Opening = field(factory=lambda: Opening(State.RUNNING, NODE))
    launch: Any = LAUNCH
    apps: tuple[AppSummary, ...] = ()
    asked: list[GrantQuestion] = field(factory=list)

    def grant(self, question: GrantQuestion) -> Deferred[Grant]:
        self.asked.append(question)
        if isinstance(self.grant_answer, Exception):
            return fail(self.grant_answer)
        return succeed(self.grant_answer)

    def public(self, _: PublicQuestion) -> Deferred[PublicPlace]:
        return succeed(PublicPlace("p1", NODE))

    def open(self, _: OpenQuestion) -> Deferred[Opening]:
        return succeed(self.opening)

    async def follow(self, _at: Any, _route: Any, _asked: Any, on_line: Any) -> None:
        status = NodeStatus("n1", "1", single_user=True, projects=0, apps=self.apps)
        on_line(Line(status=status))
        await Deferred()

    async def ask(self, *_: Any) -> Any:
        return await self.launch if isinstance(self.launch, Deferred) else self.launch


@pytest.fixture
def world() -> World:
    """Return a world in which everything runs and ada may open it."""
    return World()


@pytest.fixture
def nodes(world: World, clock: Clock) -> Nodes:
    """Return nodes, none of them followed yet."""
    return Nodes(world, clock, Random(1))


@pytest.fixture
def router(world: World, clock: Clock, nodes: Nodes) -> GatewayRouter:
    """Return the router of a gateway in that world."""
    sign_in = SignIn(
        "east", "http://gate:8089", "http://aen", CookieNames("ab", secure=False),
        PASSES, Seal(b"s" * 32), world.ask, lambda: "secret", 600.0,
    )  # fmt: skip
    grants = Grants(world.grant, clock, Limits(60, 3600, 100))
    openings = Openings(world.open, world, clock)
    upstreams = Upstreams(
        Identity("gateway:east", KEY), clock, "here", frozenset({"http://gate:8089"})
    )
    assets = Assets({"gateway.css": "g.css", "gateway.js": "g.js"}, {})
    return GatewayRouter(
        sign_in, grants, openings, nodes, upstreams,
        Pages.of(assets, "http://aen", Notices(clock)), assets, SETTINGS, clock,
        PublicFolders(world.public, upstreams, clock),
        UseReports(world, nodes.at, clock),
    )  # fmt: skip


def ask(
    router: GatewayRouter, target: bytes, *headers: Headers, method: bytes = b"GET"
) -> Any:
    """Return what the router decides at once, or what its Deferred came to."""
    head = RequestHead(method, target, "1.1", sum(headers, ()))
    decided = router.route(head, PEER)
    return outcome(decided) if isinstance(decided, Deferred) else decided


def header(answer: Answer, name: bytes) -> bytes:
    """Return the value of a header of an answer."""
    return dict(answer.headers)[name]


TARGET = b"/ada/lab/jupyterlab/lab?x=1"
