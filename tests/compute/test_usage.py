"""What a project uses."""

import os
import time
from pathlib import Path
from typing import Any

import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it

from aen.compute.usage import (
    Meter,
    Sample,
    UsageLimits,
    cpu_percent,
    disk_usage,
    sample,
)
from aen.runtime.tasks import start

reactor: Any = _reactor


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


def test_disk_usage_is_bounded_and_follows_no_links(tmp_path: Path) -> None:
    """Linked files share their blocks; what lies outside is not counted."""
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "out").write_bytes(b"x" * 1_000_000)
    (tmp_path / "in/deep/file").write_bytes(b"x" * 100_000)
    (tmp_path / "in/link").symlink_to(tmp_path / "out")
    end = time.monotonic() + 10
    alone = disk_usage(tmp_path / "in", 1000, end)
    assert 100_000 <= alone < 200_000
    os.link(tmp_path / "in/deep/file", tmp_path / "shared")
    assert disk_usage(tmp_path / "in", 1000, end) < alone
    assert disk_usage(tmp_path / "in", 1, end) < alone
    assert disk_usage(tmp_path / "in", 1000, time.monotonic()) == 0
    assert disk_usage(tmp_path / "none", 1000, end) == 0


@pytest_twisted.ensureDeferred
async def test_measuring(tmp_path: Path) -> None:
    """The disk is looked at once in a while, processes every time."""
    meter = Meter(reactor, UsageLimits(sample=0.02, projects=1))
    (tmp_path / "one").mkdir()
    first = await meter.measure(lambda: {os.getpid()}, tmp_path / "one")
    (tmp_path / "one/file").write_bytes(b"x" * 100_000)
    second = await meter.measure(set, tmp_path / "one")
    assert first.processes == 1
    assert second.processes == 0
    assert first.disk == second.disk
    await meter.measure(set, tmp_path)
    third = await meter.measure(set, tmp_path / "one")
    assert third.disk > first.disk


@pytest_twisted.ensureDeferred
async def test_a_disk_is_measured_anew_after_a_while(tmp_path: Path) -> None:
    """What was found before is not told for ever."""
    meter = Meter(reactor, UsageLimits(sample=0.01, fresh=0.0))
    before = await meter.measure(set, tmp_path)
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    assert (await meter.measure(set, tmp_path)).disk > before.disk


@pytest_twisted.ensureDeferred
async def test_who_asks_at_once_is_told_the_same(tmp_path: Path) -> None:
    """A disk is counted once, however many people look at the page."""
    meter = Meter(reactor, UsageLimits(sample=0.0))
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    both = [start(meter.measure(set, tmp_path)) for _ in range(2)]
    first = await both[0]
    (tmp_path / "more").write_bytes(b"x" * 100_000)
    assert (await both[1]).disk == first.disk
