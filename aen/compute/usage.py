"""What a project uses: its apps' processes and the blocks of its files."""

import os
import stat
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
from attrs import define, field, frozen
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.threads import deferToThreadPool

from aen.runtime.tasks import pause
from aen.wire.messages import Usage

CountDisk = Callable[[], Awaitable[int]]
_BLOCK = 512  # of st_blocks (stat(3type)), whatever the file system's is


@frozen
class UsageLimits:
    """Bounds of measuring; times in seconds."""

    sample: float = 0.25
    """How long CPU time is watched."""
    entries: int = 500_000
    """Files counted at most."""
    disk_seconds: float = 10.0
    fresh: float = 60.0
    """How long a measured disk usage is good."""
    projects: int = 1000
    """How many projects' disk usage is remembered."""


@frozen
class Sample:
    """CPU seconds by process, and the memory of all of them in bytes."""

    cpu: dict[tuple[int, float], float]
    memory: int


def sample(pids: Iterable[int]) -> Sample:
    """Return what these processes have used until now.

    Memory that processes share is counted for each of them.
    """
    cpu: dict[tuple[int, float], float] = {}
    memory = 0
    for pid in pids:
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                times = process.cpu_times()
                memory += process.memory_info().rss
                cpu[(pid, process.create_time())] = times.user + times.system
        except psutil.Error:
            continue
    return Sample(cpu, memory)


def cpu_percent(before: Sample, after: Sample, seconds: float) -> float:
    """Return CPU in percent of one core, of the processes in both samples."""
    used = sum(
        spent - before.cpu[one] for one, spent in after.cpu.items() if one in before.cpu
    )
    return round(100 * max(0.0, used) / seconds, 1)


def disk_usage(top: Path, entries: int, end: float) -> int:
    """Return the bytes that files below *top* occupy; linked ones share theirs.

    :param entries: how many are counted at most.
    :param end: when to stop counting, as `time.monotonic` tells it.
    """
    total = 0
    waiting = [str(top)]
    while waiting and entries > 0 and time.monotonic() < end:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    about = entry.stat(follow_symlinks=False)
                    entries -= 1
                    if stat.S_ISDIR(about.st_mode):
                        waiting.append(entry.path)
                        total += about.st_blocks * _BLOCK
                    else:
                        total += about.st_blocks * _BLOCK // max(1, about.st_nlink)
        except OSError:
            continue  # it went away, or is not ours to read
    return total


@define(eq=False)
class Meter:
    """Measures what projects use; the disk in a thread, and not too often."""

    reactor: Any
    """An `IReactorTime` and `IReactorThreads`."""
    limits: UsageLimits = field(factory=UsageLimits)
    _disks: dict[Path, tuple[float, int]] = field(factory=dict)
    _turn: DeferredLock = field(factory=DeferredLock)
    """Disks are counted one at a time: it is the disk that takes the time."""

    async def measure(self, find: Callable[[], set[int]], home: Path) -> Usage:
        """Return what the processes that *find* finds and the files at *home* use."""
        before = sample(find())
        disk, seconds = await self.between(home)
        after = sample(find())
        return Usage(
            cpu=cpu_percent(before, after, seconds),
            memory=after.memory,
            disk=disk,
            processes=len(after.cpu),
        )

    async def between(
        self, home: Path, count: CountDisk | None = None
    ) -> tuple[int, float]:
        """Let time pass between two samples; return the disk usage and the seconds.

        :param count: counts in our place, with rights that we do not have.
        """
        start = self.reactor.seconds()
        disk = await self._disk(home, count)
        passed = self.reactor.seconds() - start
        if passed < self.limits.sample:
            await pause(self.reactor, self.limits.sample - passed)
        return disk, max(self.limits.sample, self.reactor.seconds() - start)

    async def _disk(self, home: Path, count: CountDisk | None) -> int:
        await self._turn.acquire()
        try:
            return await self._count(home, count)
        finally:
            self._turn.release()

    async def _count(self, home: Path, count: CountDisk | None) -> int:
        """Count, unless who had the turn before has counted the same."""
        now = self.reactor.seconds()
        known = self._disks.get(home)
        if known is not None and now - known[0] < self.limits.fresh:
            return known[1]
        found = await (count() if count is not None else self._count_here(home))
        while len(self._disks) >= self.limits.projects:
            self._disks.pop(next(iter(self._disks)))
        self._disks[home] = (now, found)
        return found

    def _count_here(self, home: Path) -> Deferred[int]:
        return deferToThreadPool(
            self.reactor,
            self.reactor.getThreadPool(),
            disk_usage,
            home,
            self.limits.entries,
            time.monotonic() + self.limits.disk_seconds,
        )
