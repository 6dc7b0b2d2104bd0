"""What a life's wishes do to processes."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, evolve, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from aen.compute.app_process import AppProcess, LaunchLimits
from aen.compute.helper.processes import Root
from aen.compute.ready import Pace
from aen.compute.records import Record
from aen.compute.spawn import Spawned
from tests.compute.fake_spawner import FakeSpawner, Fine
from tests.compute.ground import LAUNCH

reactor: Any = _reactor
RECORD = Record(LAUNCH, "boot", "/nonexistent/log", pid=7, started=8)


class Immortal:
    """Processes that do not die."""

    async def round(self) -> int:
        """Return that two are left."""
        return 2


@define(eq=False)
class OddSpawner(FakeSpawner):
    """Its apps are deaf and do not die; says that *owns* ports are theirs."""

    owns: bool = True
    asked: list[Root | None] = field(factory=list)

    async def ask(self, one: Spawned) -> None:
        """Note it."""
        self.asked.append(one.root)

    def hunt(self, one: Spawned) -> Immortal:
        """Return what kills in vain."""
        return Immortal()

    def owns_port(self, one: Spawned, port: int) -> bool:
        """Return what the test wants."""
        return self.owns


def test_killing_is_given_up_and_logged(logged: list[LogEvent]) -> None:
    """A process the kernel does not let go of holds up nobody for ever."""
    clock: Any = Clock()
    limits = LaunchLimits(kill_seconds=1.0, kill_pause=0.25)
    done = AppProcess(lambda: RECORD, OddSpawner(clock), clock, limits).kill()
    clock.pump([0.25] * 4)
    assert logged == []
    clock.pump([0.25] * 2)
    assert done.called
    assert [event["left"] for event in logged] == [2]


@pytest.mark.parametrize("ours", [True, False])
@pytest_twisted.ensureDeferred
async def test_anothers_listener_is_not_our_app(ours: bool) -> None:  # noqa: FBT001
    """What answers on the port must be a process of the launch."""
    port = reactor.listenTCP(0, Factory.forProtocol(Fine), interface="127.0.0.1")
    record = evolve(RECORD, launch=evolve(LAUNCH, port=port.getHost().port))
    limits = LaunchLimits(pace=Pace(answer=5.0))
    spawner = OddSpawner(reactor, owns=ours)
    process = AppProcess(lambda: record, spawner, reactor, limits)
    assert await process._answers() is ours
    await port.stopListening()


def test_an_app_is_asked_to_end() -> None:
    """By its supervisor; a record without a pid names none."""
    spawner = OddSpawner(reactor)
    unstarted = evolve(RECORD, pid=0)
    AppProcess(lambda: unstarted, spawner, reactor, LaunchLimits()).ask()
    AppProcess(lambda: RECORD, spawner, reactor, LaunchLimits()).ask()
    assert spawner.asked == [None, Root(7, 8)]


def test_the_output_of_this_start_is_told(tmp_path: Path) -> None:
    """As many last lines as the node's settings say; none without a log."""
    log = tmp_path / "app.log"
    log.write_text("earlier\none\ntwo\nthree\n")
    record = evolve(RECORD, log=str(log), log_start=8)
    for limit, said in ((2, ("two", "three")), (9, ("one", "two", "three"))):
        limits = LaunchLimits(log_tail=limit)
        process = AppProcess(lambda: record, OddSpawner(reactor), reactor, limits)
        assert process.tail() == said
    missing = AppProcess(lambda: RECORD, OddSpawner(reactor), reactor, LaunchLimits())
    assert missing.tail() == ()
