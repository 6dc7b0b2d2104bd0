"""Control groups: what a launch may use, what it has used, and its sure end.

``<hierarchy>/aen/<project id>/<launch>``: version 2 where it has the controllers,
else version 1 (cgroups(7)). A machine may have both: then version 1 limits, and the
empty version 2 still kills. What cannot be written is as good as not there.
"""

import os
import re
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from aen.compute.helper.processes import signal_all

BASE = "aen"
_LIMITING = ("memory", "cpu", "pids")
_FIRST = (*_LIMITING, "cpuacct", "freezer")
"""The controllers of version 1 that are of use."""
_PERIOD = 100_000  # microseconds
_OCTAL = re.compile(r"\\([0-7]{3})")
_FREEZING = 0.5  # seconds
_PAUSE = 0.005
_REMOVING = 20  # tries: the kernel needs a moment after the last process


@dataclass(frozen=True)
class Limit:
    """The most that may be used; 0: no limit. Bytes, cores, counts."""

    memory: int = 0
    cpu: float = 0.0
    processes: int = 0
    files: int = 0


NO_LIMIT = Limit()


@dataclass(frozen=True)
class Use:
    """What the processes of a launch have used: CPU of ended ones too."""

    cpu_seconds: float
    memory: int
    processes: int


@dataclass(frozen=True)
class Mounts:
    """Where this machine has its hierarchies."""

    unified: str = ""
    """Version 2; empty where it is not mounted."""
    first: Mapping[str, str] = field(default_factory=dict)
    """Version 1: where each controller is."""


def parse_mounts(mountinfo: str) -> Mounts:
    """Return the hierarchies that ``/proc/self/mountinfo`` tells of (proc(5))."""
    unified, first = "", {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind, options = before.split(" "), *_kind_and_options(after)
        if "rw" not in fields[5].split(","):
            continue
        place = _OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4])
        if kind == "cgroup2":
            unified = unified or place
        elif kind == "cgroup":
            first.update(
                {one: place for one in options if one in _FIRST and one not in first}
            )
    return Mounts(unified, first)


def _kind_and_options(after: str) -> tuple[str, list[str]]:
    parts = after.split(" ")
    return parts[0], parts[-1].split(",")


def read_mounts() -> Mounts:
    """Return the hierarchies of this machine."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return parse_mounts(file.read())


class Cgroups:
    """The groups of this machine's launches."""

    def __init__(self, mounts: Mounts, base: str = BASE) -> None:
        self._mounts = mounts
        self._base = base

    def flavour(self) -> str:
        """Return what limits launches: ``cgroup v2``, ``cgroup v1`` or ``rlimits``."""
        if self._second_limits():
            return "cgroup v2"
        first = self._mounts.first
        if all(one in first and self._made(first[one]) for one in _LIMITING):
            return "cgroup v1"
        return "rlimits"

    def kills(self) -> bool:
        """Whether a launch can be ended at one blow."""
        return any(
            os.path.exists(f"{place}/{self._base}/cgroup.kill")
            or os.path.exists(f"{place}/{self._base}/freezer.state")
            for place in self._places()
            if self._made(place)
        )

    def make(self, project: str, launch: str, limits: Mapping[str, Limit]) -> list[str]:
        """Make a launch's groups with its limits; return those it is to join.

        Where a group cannot be made the launch runs without.

        :param limits: of ``app``, ``project`` and ``node``.
        """
        second, wanted = self._second_limits(), _nested(limits)
        joined = []
        for place in self._places():
            for _ in range(2):  # the project's may just be going with its last launch
                try:
                    group = self._make(place, (project, launch), wanted, second=second)
                except OSError:
                    continue
                joined.append(group)
                break
        return joined

    def _make(
        self,
        place: str,
        names: tuple[str, str],
        limits: tuple[Limit, Limit, Limit],
        *,
        second: bool,
    ) -> str:
        group = f"{place}/{self._base}"
        for name, limit in zip(("", *names), limits, strict=True):
            if name:
                if place == self._mounts.unified:
                    _delegate(group)
                group = f"{group}/{name}"
            os.makedirs(group, exist_ok=True)
            self._limit(place, group, limit, second=second)
        return group

    def kill(self, project: str, launch: str) -> None:
        """Kill all that is in a launch's groups; escaping is not possible."""
        for group in self.groups(project, launch):
            if _write(f"{group}/cgroup.kill", "1"):
                return
        for group in self.groups(project, launch):
            if os.path.exists(f"{group}/freezer.state"):
                _kill_frozen(group)

    def remove(self, project: str, launch: str) -> None:
        """Remove a launch's groups, and its project's when those were the last."""
        for group in self.groups(project, launch):
            for _ in range(_REMOVING):
                try:
                    os.rmdir(group)
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(_PAUSE)
                else:
                    break
            with suppress(OSError):
                os.rmdir(os.path.dirname(group))

    def pids(self, project: str, launch: str) -> set[int]:
        """Return the processes in a launch's groups."""
        found: set[int] = set()
        for group in self.groups(project, launch):
            found.update(_pids(group))
        return found

    def usage(self, project: str, launch: str) -> Use | None:
        """Return what a launch has used; None where no group tells."""
        groups = {place: f"{place}/{self._base}/{project}/{launch}"
                  for place in self._places()}  # fmt: skip
        second = groups.get(self._mounts.unified, "")
        if os.path.exists(f"{second}/memory.current"):
            return _second_use(second)
        first = {one: groups[place] for one, place in self._mounts.first.items()}
        needed = ("cpuacct", "memory", "pids")
        if all(os.path.isdir(first.get(one, "")) for one in needed):
            return _first_use(first)
        return None

    def groups(self, project: str, launch: str) -> Iterator[str]:
        """Yield a launch's groups that are there."""
        for place in self._places():
            group = f"{place}/{self._base}/{project}/{launch}"
            if os.path.isdir(group):
                yield group

    def _places(self) -> tuple[str, ...]:
        """Return each hierarchy once; several controllers may share one."""
        unified = (self._mounts.unified,) if self._mounts.unified else ()
        return tuple(dict.fromkeys((*unified, *self._mounts.first.values())))

    def _made(self, place: str) -> bool:
        try:
            os.makedirs(f"{place}/{self._base}", exist_ok=True)
        except OSError:
            return False
        return os.access(f"{place}/{self._base}", os.W_OK)

    def _second_limits(self) -> bool:
        """Whether version 2 has the controllers, given on to our own groups."""
        place = self._mounts.unified
        if not place or not self._made(place):
            return False
        _delegate(place)
        _delegate(f"{place}/{self._base}")
        given = _read(f"{place}/{self._base}/cgroup.subtree_control").split()
        return set(_LIMITING) <= set(given)

    def _limit(self, place: str, group: str, limit: Limit, *, second: bool) -> None:
        files = _second_limit(limit) if second else _first_limit(limit)
        if second != (place == self._mounts.unified):
            return
        for name, content in files:
            if os.path.exists(f"{group}/{name}"):
                _write(f"{group}/{name}", content)


def _nested(limits: Mapping[str, Limit]) -> tuple[Limit, Limit, Limit]:
    """Return the limits from outer to inner; no inner CPU is above an outer one.

    Version 1 does not take such a quota.
    """
    found, least = [], 0.0
    for level in ("node", "project", "app"):
        one = limits.get(level, NO_LIMIT)
        cpu = min(filter(None, (one.cpu, least)), default=0.0)
        least = cpu
        found.append(Limit(one.memory, cpu, one.processes, one.files))
    return found[0], found[1], found[2]


def _second_limit(limit: Limit) -> list[tuple[str, str]]:
    quota = str(int(limit.cpu * _PERIOD)) if limit.cpu else "max"
    return [
        ("memory.max", str(limit.memory or "max")),
        ("memory.swap.max", "0" if limit.memory else "max"),
        ("cpu.max", f"{quota} {_PERIOD}"),
        ("pids.max", str(limit.processes or "max")),
    ]


def _first_limit(limit: Limit) -> list[tuple[str, str]]:
    memory = str(limit.memory or -1)
    # With swap counted the second must never be below the first: raise it before,
    # lower it after.
    swap = ("memory.memsw.limit_in_bytes", memory)
    return [
        swap,
        ("memory.limit_in_bytes", memory),
        swap,
        ("cpu.cfs_period_us", str(_PERIOD)),
        ("cpu.cfs_quota_us", str(int(limit.cpu * _PERIOD) if limit.cpu else -1)),
        ("pids.max", str(limit.processes or "max")),
    ]


def _delegate(group: str) -> None:
    for controller in _LIMITING:
        _write(f"{group}/cgroup.subtree_control", f"+{controller}")


def _write(path: str, content: str) -> bool:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.write(file, content.encode())
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def _pids(group: str) -> set[int]:
    return {int(one) for one in _read(f"{group}/cgroup.procs").split()} - {0}


def _kill_frozen(group: str) -> None:
    """Stop them all first, so that none is born meanwhile (freezer-subsystem.txt)."""
    state = f"{group}/freezer.state"
    try:
        end = time.monotonic() + _FREEZING
        while _read(state).strip() != "FROZEN" and time.monotonic() < end:
            _write(state, "FROZEN")
            time.sleep(_PAUSE)
        signal_all(_pids(group), signal.SIGKILL)
    finally:
        _write(state, "THAWED")


def _number(text: str, key: str = "") -> int:
    """Return the number in a file, or of the line of it that begins with *key*."""
    for line in text.splitlines():
        name, _, number = line.rpartition(" ")
        if name == key and number.isdecimal():
            return int(number)
    return 0


def _second_use(group: str) -> Use:
    cached = _number(_read(f"{group}/memory.stat"), "inactive_file")
    memory = _number(_read(f"{group}/memory.current"))
    return Use(
        _number(_read(f"{group}/cpu.stat"), "usage_usec") / 1e6,
        max(0, memory - cached),
        _number(_read(f"{group}/pids.current")),
    )


def _first_use(groups: Mapping[str, str]) -> Use:
    cached = _number(_read(f"{groups['memory']}/memory.stat"), "total_inactive_file")
    memory = _number(_read(f"{groups['memory']}/memory.usage_in_bytes"))
    return Use(
        _number(_read(f"{groups['cpuacct']}/cpuacct.usage")) / 1e9,
        max(0, memory - cached),
        _number(_read(f"{groups['pids']}/pids.current")),
    )


def rlimits(limit: Limit, flavour: str) -> str:
    """Return what setrlimit(2) is to hold, as `supervise` takes it.

    Without control groups it stands in for them: memory by process, processes by
    account, CPU not at all.
    """
    parts = ["CORE=0"]
    if limit.files:
        parts.append(f"NOFILE={limit.files}")
    if flavour == "rlimits" and limit.memory:
        parts.append(f"DATA={limit.memory}")
    if flavour == "rlimits" and limit.processes:
        parts.append(f"NPROC={limit.processes}")
    return ",".join(parts)
