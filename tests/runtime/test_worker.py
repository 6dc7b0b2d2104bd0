"""A worker's side: it serves when prepared, and ends when told or left alone."""

from functools import partial
from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.runtime import worker
from aen.runtime.worker import Membership
from aen.runtime.workers import ANSWERS, COMMANDS, READY, RETIRE


@define
class Entrance:
    """Notes what happens to it."""

    did: list[str] = field(factory=list)
    retired: Deferred[None] = field(factory=Deferred)

    def startService(self) -> None:
        self.did.append("opened")

    def stopService(self) -> None:
        self.did.append("closed")

    async def retire(self) -> None:
        self.did.append("retired")
        await self.retired


@define
class Pipe:
    """The two descriptors to the parent."""

    line: Any
    said: list[bytes] = field(factory=list)
    closed: bool = False

    def write(self, data: bytes) -> None:
        self.said.append(data)

    def loseConnection(self) -> None:  # noqa: N802 -- Twisted's name
        if not self.closed:
            self.closed = True
            self.line.connectionLost()


class Reactor(Clock):
    """A clock that can be stopped for good."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = 0

    def stop(self) -> None:
        self.stopped += 1


@define
class World:
    """One worker."""

    entrance: Entrance
    prepared: Deferred[None]
    reactor: Reactor
    pipes: list[Pipe]
    membership: Membership


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a worker that has begun."""
    pipes: list[Pipe] = []

    def connect(line: Any, commands: int, answers: int, reactor: object) -> Pipe:
        assert (commands, answers) == (COMMANDS, ANSWERS)
        pipes.append(Pipe(line))
        return pipes[-1]

    monkeypatch.setattr(worker, "_OnDescriptors", connect)
    entrance, prepared, reactor = Entrance(), Deferred[None](), Reactor()
    replaced = partial(entrance.did.append, "replaced")
    membership = Membership(entrance, prepared, replaced, reactor)
    membership.startService()
    return World(entrance, prepared, reactor, pipes, membership)


def test_it_serves_when_prepared(world: World) -> None:
    """And says so to its parent."""
    assert world.entrance.did == []
    world.prepared.callback(None)
    assert world.entrance.did == ["opened"]
    assert world.pipes[0].said == [READY]
    assert world.membership.stopService().called
    assert world.entrance.did == ["opened", "closed"]
    assert world.pipes[0].closed
    assert world.reactor.getDelayedCalls() == []


def test_it_serves_in_any_case(world: World) -> None:
    """A server that does not answer keeps nobody out for long."""
    world.reactor.advance(5.0)
    assert world.entrance.did == ["opened"]
    world.membership.stopService()


def test_stopped_before_it_began(world: World) -> None:
    """It never serves."""
    assert world.membership.stopService().called
    assert world.entrance.did == ["closed"]
    assert world.reactor.getDelayedCalls() == []


def test_retiring(world: World) -> None:
    """Told by the parent, once; it ends when everybody has been served."""
    world.prepared.callback(None)
    line = world.pipes[0].line
    line.dataReceived(RETIRE)
    line.dataReceived(RETIRE)
    assert world.entrance.did == ["opened", "replaced", "retired"]
    assert world.reactor.stopped == 0
    world.entrance.retired.callback(None)
    assert world.reactor.stopped == 1


def test_without_a_parent(world: World) -> None:
    """It ends, also while it retires."""
    world.prepared.callback(None)
    line = world.pipes[0].line
    line.dataReceived(RETIRE)
    line.connectionLost()
    assert world.reactor.stopped == 1
    world.membership.stopService()
    world.entrance.retired.callback(None)
    assert world.reactor.stopped == 1
