"""What a project uses."""

import os
from typing import Any

import pytest_twisted
from attrs import define
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it

from aen.compute.project_ground import Measured
from aen.compute.usage import Meter, Sample, UsageLimits, cpu_percent, sample
from aen.model.names import ProjectPath, parse_project_path
from aen.runtime.tasks import pause, start

reactor: Any = _reactor
LAB = parse_project_path("ada", "lab")
OTHER = parse_project_path("ada", "other")


def test_cpu_is_of_processes_seen_twice() -> None:
    """One that came or went between two samples does not count."""
    before = Sample({(1, 0.0): 1.0, (2, 0.0): 5.0}, 0)
    after = Sample({(1, 0.0): 1.5, (2, 9.0): 9.0}, 0)
    assert cpu_percent(before, after, 2.0) == 25.0


def test_our_own_sample() -> None:
    """A process that is gone is passed over."""
    found = sample([os.getpid(), 2**22 + 1])
    assert len(found.cpu) == 1
    assert found.memory > 1_000_000


@define
class Disk:
    """A disk on which every look finds one byte more."""

    looks: int = 0

    async def measure(self, path: ProjectPath) -> Measured:
        """Look; it takes a turn of the reactor."""
        self.looks += 1
        await pause(reactor, 0.0)
        return Measured(self.looks, 1, whole=True)


@pytest_twisted.ensureDeferred
async def test_the_disk_is_looked_at_once_in_a_while() -> None:
    """Time passes between two looks at processes, whether it is or not."""
    meter = Meter(reactor, Disk().measure, UsageLimits(sample=0.02, projects=1))
    assert (await meter.between(LAB))[0] == 1
    disk, seconds = await meter.between(LAB)
    assert disk == 1
    assert seconds >= 0.02


@pytest_twisted.ensureDeferred
async def test_few_disks_are_remembered() -> None:
    """The one that was measured first is forgotten."""
    meter = Meter(reactor, Disk().measure, UsageLimits(sample=0.0, projects=1))
    await meter.between(LAB)
    await meter.between(OTHER)
    assert (await meter.between(LAB))[0] == 3


@pytest_twisted.ensureDeferred
async def test_a_disk_is_measured_anew_after_a_while() -> None:
    """What was found before is not told for ever."""
    meter = Meter(reactor, Disk().measure, UsageLimits(sample=0.0, fresh=0.0))
    assert [(await meter.between(LAB))[0] for _ in range(2)] == [1, 2]


@pytest_twisted.ensureDeferred
async def test_who_asks_at_once_is_told_the_same() -> None:
    """A disk is counted once, however many people look at the page."""
    disk = Disk()
    meter = Meter(reactor, disk.measure, UsageLimits(sample=0.0))
    both = [start(meter.between(LAB)) for _ in range(2)]
    assert [(await one)[0] for one in both] == [1, 1]
    assert disk.looks == 1
