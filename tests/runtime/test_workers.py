"""The parent of several workers, with processes that only seem to be."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import define, field
from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from aen.model.errors import Invalid
from aen.runtime import workers
from aen.runtime.workers import COMMANDS, READY, RETIRE, Crew, Plan, Worker


@define(eq=False)
class Process:
    """What a worker's protocol sees of its process."""

    worker: Worker
    command: list[str]
    descriptors: dict[int, Any]
    pid: int
    told: list[str] = field(factory=list)
    alive: bool = True
    piped: bool = True

    def writeToChild(self, descriptor: int, data: bytes) -> None:  # noqa: N802
        assert descriptor == COMMANDS
        if not self.piped:
            raise KeyError(descriptor)
        self.told.append(data.decode().strip())

    def signalProcess(self, name: str) -> None:  # noqa: N802 -- Twisted's name
        if not self.alive:
            raise ProcessExitedAlready
        self.told.append(name)

    def ready(self) -> None:
        """Say that it serves."""
        self.worker.childDataReceived(4, READY)

    def end(self, status: int = 0) -> None:
        """Be gone."""
        self.alive = False
        reason = ProcessTerminated(status) if status else ProcessDone(0)
        self.worker.processEnded(Failure(reason))


class Reactor(Clock):
    """A clock that starts processes."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Process] = []
        self.full = False

    def spawnProcess(  # noqa: N802 -- Twisted's name
        self,
        worker: Any,
        executable: str,
        args: Any,
        env: Any,
        childFDs: Any,  # noqa: N803
    ) -> None:
        if self.full:
            raise BlockingIOError("too many processes")
        process = Process(worker, args, childFDs, 100 + len(self.started))
        self.started.append(process)
        worker.makeConnection(process)


@define
class Held:
    """A socket that seems to listen."""

    where: str
    open: dict[str, int]
    descriptor: int = 55

    def release(self) -> None:
        """Close it."""
        del self.open[self.where]


@define
class World:
    """A crew, and what it does."""

    reactor: Reactor = field(factory=Reactor)
    open: dict[str, int] = field(factory=dict)
    gone: list[int] = field(factory=list)
    count: int = 2
    listen: tuple[str, ...] = ("tcp:1",)
    wrong: bool = False

    def plan(self) -> Plan:
        """Return what the settings say at the moment."""
        if self.wrong:
            raise Invalid("no such thing")
        return Plan(
            self.count, self.listen, lambda number: ("run", str(number)), {}, 60.0, 3.0,
            self.gone.append,
        )  # fmt: skip

    def hold(self, where: str, _reactor: object) -> Held:
        """Seem to listen."""
        if where == "tcp:taken":
            raise Invalid("in use")
        self.open[where] = 55
        return Held(where, self.open)

    @property
    def alive(self) -> list[Process]:
        """The processes there are."""
        return [one for one in self.reactor.started if one.alive]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Give a world in which a crew begins."""
    made = World()
    monkeypatch.setattr(workers, "hold", made.hold)
    yield made
    assert made.reactor.getDelayedCalls() == []


def begin(world: World) -> Crew:
    """Return a crew that runs and serves."""
    crew = Crew(world.plan, world.reactor)
    crew.privilegedStartService()
    crew.startService()
    for process in world.alive:
        process.ready()
    return crew


def end(world: World, crew: Crew) -> None:
    """Stop it, and see that it waits for its workers."""
    stopped = crew.stopService()
    for process in world.alive:
        assert process.told[-1] == "TERM"
        assert not stopped.called
        process.end()
    assert stopped.called
    assert world.open == {}


def test_workers_get_the_socket(world: World) -> None:
    """And are told where it is."""
    crew = begin(world)
    first, second = world.reactor.started
    assert first.command == ["run", "0", "--adopt", "tcp:1=5"]
    assert second.descriptors == {0: 0, 1: 1, 2: 2, 3: "w", 4: "r", 5: 55}
    end(world, crew)
    assert world.gone == [100, 101]


def test_a_dead_worker_is_started_again(world: World) -> None:
    """After pauses that grow while it dies at once, to a bound."""
    crew = begin(world)
    world.alive[0].end(9)
    pauses = []
    for _ in range(9):
        before, count = world.reactor.seconds(), len(world.reactor.started)
        while len(world.reactor.started) == count:
            world.reactor.advance(0.1)
        pauses.append(round(world.reactor.seconds() - before, 1))
        world.alive[-1].end(1)
    assert pauses[0] == 0.1
    assert pauses[-2:] == pytest.approx([5.0, 5.0], abs=0.2)
    world.reactor.advance(5.1)
    world.alive[-1].ready()
    world.reactor.advance(11.0)
    world.alive[-1].end(9)
    world.reactor.advance(0.11)
    assert len(world.alive) == 2
    end(world, crew)


def test_a_worker_that_never_serves_is_ended(world: World) -> None:
    """Its beginning has a time limit."""
    crew = begin(world)
    world.alive[0].end(9)
    world.reactor.advance(0.2)
    stuck = world.alive[-1]
    world.reactor.advance(60.0)
    assert stuck.told == ["KILL"]
    stuck.end(9)
    end(world, crew)


def test_a_stubborn_worker_is_killed(world: World) -> None:
    """When its time is up, so that stopping has an end."""
    crew = begin(world)
    stopped = crew.stopService()
    world.reactor.advance(13.1)
    for process in world.alive:
        assert process.told == ["TERM", "KILL"]
        process.end(9)
    assert stopped.called


def test_reloading(world: World) -> None:
    """The old ones are retired when all new ones serve, and not before."""
    crew = begin(world)
    old = world.alive
    world.count, world.listen = 3, ("tcp:2",)
    crew.reload()
    new = [one for one in world.alive if one not in old]
    assert [one.command[1] for one in new] == ["0", "1", "2"]
    for process in new:
        assert [one.told for one in old] == [[], []]
        assert set(world.open) == {"tcp:1", "tcp:2"}
        process.ready()
    assert [one.told for one in old] == [["retire"], ["retire"]]
    assert RETIRE == b"retire\n"
    assert set(world.open) == {"tcp:2"}
    old[0].end()
    assert len(world.reactor.started) == 5
    world.reactor.advance(70.1)
    assert old[1].told == ["retire", "KILL"]
    old[1].end(9)
    end(world, crew)


def test_a_reload_that_cannot_be(world: World) -> None:
    """Wrong settings, an address in use, workers that die: all stays as it was."""
    crew = begin(world)
    old = world.alive
    world.wrong = True
    crew.reload()
    world.wrong, world.listen = False, ("tcp:1", "tcp:3", "tcp:taken")
    crew.reload()
    assert world.alive == old
    assert set(world.open) == {"tcp:1"}
    world.listen = ("tcp:1", "tcp:3")
    crew.reload()
    new = world.alive[2:]
    new[0].ready()
    old[0].end(9)
    new[1].end(1)
    assert new[0].told == ["TERM"]
    new[0].end()
    assert set(world.open) == {"tcp:1"}
    assert [one.command for one in world.alive[1:]] == [
        ["run", "0", "--adopt", "tcp:1=5"]
    ]
    world.alive[1].ready()
    assert [one.told for one in world.alive] == [[], []]
    end(world, crew)


def test_reloads_do_not_pile_up(world: World) -> None:
    """One after the other; of old generations a few may linger."""
    world.count = 1
    crew = begin(world)
    crew.reload()
    crew.reload()
    crew.reload()
    assert len(world.alive) == 2
    world.alive[-1].ready()
    assert len(world.alive) == 3
    for _ in range(3):
        world.alive[-1].ready()
        crew.reload()
    world.alive[-1].ready()
    told = [one.told for one in world.alive]
    assert told[0] == ["retire", "TERM"]
    assert told[-2:] == [["retire"], []]
    for process in world.alive[:-1]:
        process.end()
    end(world, crew)
    crew.reload()
    assert world.alive == []


def test_a_machine_that_is_full(world: World) -> None:
    """A worker that cannot be started is tried again."""
    crew = begin(world)
    world.reactor.full = True
    world.alive[0].end(9)
    world.reactor.advance(0.2)
    assert len(world.alive) == 1
    world.reactor.full = False
    world.reactor.advance(1.0)
    assert len(world.alive) == 2
    end(world, crew)


def test_one_that_ends_while_it_is_replaced(world: World) -> None:
    """Its pipe may be gone before its end is known."""
    crew = begin(world)
    old = world.alive
    old[0].piped = False
    crew.reload()
    for process in world.alive[2:]:
        process.ready()
    assert old[1].told == ["retire"]
    old[0].end(1)
    old[1].end()
    end(world, crew)
