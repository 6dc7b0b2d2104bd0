"""News close what is no longer allowed, and leave the rest in peace."""

from random import Random
from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.gateway.grants import Grants, Limits, grant_tag
from aen.gateway.health import Health
from aen.gateway.news import News
from aen.gateway.nodes import Nodes
from aen.gateway.notices import Notices
from aen.gateway.opening import Openings
from aen.gateway.public import PublicFolders
from aen.gateway.upstreams import Upstreams
from aen.model.errors import NotFound, Unavailable
from aen.wire.client import Identity
from aen.wire.messages import Down, Drop, Opening, OpenQuestion, Up
from tests.gateway.fakes import ADA, GRANT, KEY, NODE, PATH, Server


@define
class Connections:
    """Notes what is closed, and what is in doubt."""

    closed: list[tuple[str, int, str]] = field(factory=list)
    doubted: set[str] = field(factory=set)

    def close_tagged(self, tag: str, code: int = 1008, reason: str = "") -> int:
        self.closed.append((tag, code, reason))
        return 1

    def doubt_tagged(self, tag: str, *, doubted: bool = True) -> None:
        (self.doubted.add if doubted else self.doubted.discard)(tag)


@define
class End:
    """The server's end; keeps what it is told."""

    said: list[Up] = field(factory=list)

    def say(self, message: Any) -> None:
        self.said.append(message)


@define
class World:
    """What a gateway knows, and the connections it could close."""

    server: Server
    grants: Grants
    health: Health
    news: News
    connections: Connections

    def known(self) -> None:
        """Let ada's grant be known."""
        self.grants.find(ADA, PATH)
        self.server.answer(GRANT)


class Nobody:
    """No node answers."""

    async def follow(self, *_: Any) -> None:
        raise Unavailable("no node here")

    async def ask(self, *_: Any) -> Any:
        raise Unavailable("no node here")


def never(_: OpenQuestion) -> Deferred[Opening]:
    """Answer nothing: no app is opened here."""
    return Deferred()


@pytest.fixture
def world(clock: Clock) -> World:
    """Return a gateway's knowledge, with nobody behind it."""
    server = Server()
    grants = Grants(server.grant, clock, Limits(60, 3600, 10))
    nodes = Nodes(Nobody(), clock, Random(1))
    health = Health(nodes)
    openings = Openings(never, Nobody(), clock)
    upstreams = Upstreams(Identity("gateway:east", KEY), clock, "here", frozenset())
    public = PublicFolders(lambda _: Deferred(), upstreams, clock)
    news = News(grants, nodes, openings, health, public, Notices(clock))
    nodes.tell = news.tell_server
    connections = Connections()
    news.attach(connections)
    return World(server, grants, health, news, connections)


TAG = grant_tag(ADA, PATH)
DROP = Down(drop=Drop(project_id="p1", reason="You are no longer in the team."))


def test_who_is_out_is_closed_out(world: World) -> None:
    """A refusal closes what is open, with the reason."""
    world.known()
    world.news.heard(DROP)
    world.server.answer(NotFound("There is no such project."))
    assert world.connections.closed == [(TAG, 1008, "You are no longer in the team.")]


def test_who_may_neither_run_nor_read_is_closed_out(world: World) -> None:
    """A grant that opens no app is as good as none."""
    world.known()
    world.news.heard(DROP)
    world.server.answer(evolve(GRANT, actions=("view",)))
    assert world.connections.closed


def test_who_still_may_is_left_in_peace(world: World) -> None:
    """Nobody's notebook is closed because somebody else left the team."""
    world.known()
    world.news.heard(DROP)
    assert world.connections.doubted == {TAG}
    world.server.answer(GRANT)
    assert not world.connections.closed
    assert not world.connections.doubted


def test_a_silent_server_closes_nothing(world: World) -> None:
    """Without an answer the grace holds; the channel's return asks again."""
    world.known()
    world.news.heard(DROP)
    world.server.answer(Unavailable("down"))
    assert not world.connections.closed


def test_an_opened_channel_checks_everything(world: World) -> None:
    """What was missed while the channel was closed is found out."""
    world.known()
    end = End()
    world.news.opened(end)
    assert world.health.server_answers
    world.server.answer(NotFound("There is no such project."))
    assert world.connections.closed == [(TAG, 1008, "There is no such project.")]
    world.news.closed(end, "bye")
    assert not world.health.server_answers


def test_nodes_come_with_the_news(world: World, clock: Clock) -> None:
    """The data center's nodes are followed as the server says, and no longer."""
    end = End()
    world.news.opened(end)
    world.news.heard(Down(nodes=(NODE,)))
    assert end.said == [Up(silent="n1")]
    world.news.heard(Down(nodes=()))
    clock.advance(60)
    assert end.said == [Up(silent="n1")]
