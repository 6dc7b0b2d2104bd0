"""Nodes are followed for as long as they belong to the data center."""

from random import Random
from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.gateway.nodes import Nodes
from aen.model.errors import NotFound, Unavailable
from aen.model.names import PlaceName
from aen.wire.client import OnLine
from aen.wire.messages import Launch, Line, NodeStatus, Up
from tests.gateway.fakes import LAB, LAUNCH, NODE

STATUS = NodeStatus("n1", "1", single_user=True, projects=0, apps=(LAB,))


@define
class Streams:
    """Streams of nodes' events, under the test's control."""

    open: list[tuple[OnLine, Deferred[None]]] = field(factory=list)

    async def follow(self, _at: Any, _route: Any, _asked: Any, on_line: OnLine) -> None:
        ended: Deferred[None] = Deferred()
        self.open.append((on_line, ended))
        await ended


@pytest.fixture
def streams() -> Streams:
    """Return the streams that have been opened."""
    return Streams()


@pytest.fixture
def told() -> list[Up]:
    """Return what the server was told."""
    return []


@pytest.fixture
def nodes(streams: Streams, clock: Clock, told: list[Up]) -> Nodes:
    """Return a data center with one node."""
    nodes = Nodes(streams, clock, Random(1))
    nodes.tell = told.append
    nodes.set((NODE,))
    return nodes


def test_a_node_tells_what_it_has(
    nodes: Nodes, streams: Streams, told: list[Up]
) -> None:
    """Its status and its apps are known, and told to the server."""
    assert nodes.offers("anything")
    streams.open[0][0](Line(status=STATUS))
    assert nodes.app(PlaceName("n1"), "jupyterlab") == LAB
    assert nodes.app(None, "jupyterlab") == LAB
    assert nodes.app(PlaceName("n2"), "jupyterlab") is None
    assert nodes.app(PlaceName("n1"), "other") is None
    assert (nodes.offers("jupyterlab"), nodes.offers("other")) == (True, False)
    assert nodes.silent() == ()
    assert told == [Up(status=STATUS)]


def test_launches_are_told_to_all(
    nodes: Nodes, streams: Streams, told: list[Up]
) -> None:
    """An app that starts or ends is news for the gateway and for the server."""
    heard: list[Launch] = []
    nodes.on_launch(heard.append)
    ended = evolve(LAUNCH, state="stopped")
    streams.open[0][0](Line(launch=LAUNCH))
    streams.open[0][0](Line(launch=ended))
    assert heard == [LAUNCH, ended]
    assert told == [Up(launch=LAUNCH), Up(launch=ended)]


def test_a_lost_node_is_looked_for(
    nodes: Nodes, streams: Streams, clock: Clock, told: list[Up]
) -> None:
    """It counts as silent at once, and is asked again after growing pauses."""
    streams.open[0][0](Line(status=STATUS))
    streams.open[0][1].errback(Unavailable("gone"))
    assert nodes.silent() == ("n1",)
    assert told[-1] == Up(silent="n1")
    clock.advance(0.4)
    assert len(streams.open) == 2
    streams.open[1][1].errback(Unavailable("gone"))
    clock.advance(0.3)
    assert len(streams.open) == 2
    clock.advance(0.5)
    assert len(streams.open) == 3


def test_a_node_that_left_is_left_alone(
    nodes: Nodes, streams: Streams, clock: Clock
) -> None:
    """Its stream is closed, and nothing is asked of it any more."""
    ((_, following),) = streams.open
    nodes.set(())
    assert following.called
    clock.advance(60)
    assert len(streams.open) == 1
    with pytest.raises(NotFound):
        nodes.at("n1")
