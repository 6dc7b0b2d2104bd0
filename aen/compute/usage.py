"""What a project uses: its apps' processes and the disk."""

from collections.abc import Awaitable, Callable, Iterable

import psutil
from attrs import define, field, frozen
from twisted.internet.defer import DeferredLock
from twisted.internet.interfaces import IReactorTime

from aen.compute.project_ground import Measured
from aen.model.names import ProjectPath
from aen.runtime.tasks import pause

MeasureDisk = Callable[[ProjectPath], Awaitable[Measured]]


@frozen
class UsageLimits:
    """Bounds of measuring; times in seconds."""

    sample: float = 0.25
    """How long CPU time is watched."""
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


@define(eq=False)
class Meter:
    """Measures what projects use; the disk not too often."""

    clock: IReactorTime
    measure: MeasureDisk
    limits: UsageLimits = field(factory=UsageLimits)
    _disks: dict[ProjectPath, tuple[float, int]] = field(factory=dict)
    _turn: DeferredLock = field(factory=DeferredLock)
    """Disks are counted one at a time: it is the disk that takes the time."""

    async def between(self, path: ProjectPath) -> tuple[int, float]:
        """Let time pass between two samples.

        :returns: the bytes of disk that the project occupies, and the seconds.
        :raises Failed: the disk cannot be measured.
        """
        start = self.clock.seconds()
        disk = await self._disk(path)
        passed = self.clock.seconds() - start
        if passed < self.limits.sample:
            await pause(self.clock, self.limits.sample - passed)
        return disk, max(self.limits.sample, self.clock.seconds() - start)

    async def _disk(self, path: ProjectPath) -> int:
        """Count, unless who had the turn before has counted the same."""
        async with self._turn:
            now = self.clock.seconds()
            known = self._disks.get(path)
            if known is not None and now - known[0] < self.limits.fresh:
                return known[1]
            found = (await self.measure(path)).bytes
            while len(self._disks) >= self.limits.projects:
                self._disks.pop(next(iter(self._disks)))
            self._disks[path] = (now, found)
            return found
