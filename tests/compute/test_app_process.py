"""What a life's wishes do to processes."""

from pathlib import Path
from typing import Any

import pytest_twisted
from attrs import define, evolve
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.task import Clock
from twisted.logger import LogEvent, globalLogPublisher

from aen.compute.app_process import AppProcess, LaunchLimits
from aen.compute.processes import Root
from aen.compute.ready import Pace, free_port
from aen.compute.records import Record
from tests.compute.fake_spawner import FakeSpawner
from tests.compute.test_launch import LAUNCH

reactor: Any = _reactor
RECORD = Record(LAUNCH, "boot", "/nonexistent/log", pid=7, started=8)


@define
class Immortal:
    """Processes that do not die."""

    rounds: int = 0

    def round(self) -> int:
        """Return that two are left."""
        self.rounds += 1
        return 2


@define(eq=False)
class ImmortalSpawner(FakeSpawner):
    """Starts what does not die."""

    def hunt(self, launch: str, root: Root | None) -> Immortal:  # type: ignore[override]
        """Return what kills in vain."""
        return Immortal()


def test_killing_is_given_up_and_logged() -> None:
    """A process the kernel does not let go of holds up nobody for ever."""
    clock: Any = Clock()
    limits = LaunchLimits(kill_seconds=1.0, kill_pause=0.25)
    process = AppProcess(lambda: RECORD, ImmortalSpawner(clock), clock, limits)
    events: list[LogEvent] = []
    observer: Any = events.append
    globalLogPublisher.addObserver(observer)
    done = process.kill()
    for _ in range(10):
        clock.advance(0.25)
    globalLogPublisher.removeObserver(observer)
    assert done.called
    assert any(event.get("left") == 2 for event in events)
    assert process.tail() == ()


@pytest_twisted.ensureDeferred
async def test_anothers_listener_is_not_our_app(tmp_path: Path) -> None:
    """What answers on the port must be a process of the launch."""
    port = free_port()
    record = evolve(RECORD, launch=evolve(LAUNCH, port=port))
    limits = LaunchLimits(pace=Pace(answer=1.0))
    process = AppProcess(lambda: record, FakeSpawner(reactor), reactor, limits)
    assert not await process._answers()


def test_nothing_is_asked_of_what_never_started() -> None:
    """A record without a pid names no process."""
    spawner = FakeSpawner(None)
    record = evolve(RECORD, pid=0)
    AppProcess(lambda: record, spawner, reactor, LaunchLimits()).ask()
    assert spawner.ports == {}
