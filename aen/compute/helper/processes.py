"""Processes as the kernel tells of them, and who belongs to a launch.

A launch's processes are those that descend from its supervisor, are in its session,
or carry its mark in their environment. Each way of hiding (double fork, new session,
cleaned environment) escapes at most some of them.
"""

import os
import signal
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "AEN_LAUNCH"
"""The variable that every process of a launch inherits, with the launch's id."""
_PROC = Path("/proc")
_ENVIRONMENT_BYTES = 256 * 1024
_GENTLE = 2.0
"""Seconds for which the supervisor is left alone: it ends when its app has."""


@dataclass(frozen=True)
class Process:
    """One line of the process table. `started` is in clock ticks since boot."""

    pid: int
    parent: int
    session: int
    started: int
    ended: bool = False
    """A zombie: it runs no more and waits to be noticed by its parent."""


Table = Mapping[int, Process]


@dataclass(frozen=True)
class Root:
    """The supervisor of a launch: a pid alone may mean another process by now."""

    pid: int
    started: int


def parse_stat(text: str) -> Process:
    """Return the process described by ``/proc/<pid>/stat`` (proc(5))."""
    pid, _, rest = text.partition(" (")
    fields = rest.rpartition(")")[2].split()  # a name may hold anything, also ")"
    return Process(
        int(pid), int(fields[1]), int(fields[3]), int(fields[19]), fields[0] in "ZX"
    )


def read_process(pid: int) -> Process | None:
    """Return the process with this pid, if there is one."""
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
        return parse_stat(text)
    except (OSError, ValueError, IndexError):
        return None


def process_table() -> Table:
    """Return all processes of this machine (or container)."""
    pids = (int(name) for name in os.listdir(_PROC) if name.isdecimal())
    found = (read_process(pid) for pid in pids)
    return {one.pid: one for one in found if one is not None}


def read_mark(pid: int) -> str:
    """Return the launch whose mark a process carries; empty when none."""
    try:
        with (_PROC / str(pid) / "environ").open("rb") as file:
            content = file.read(_ENVIRONMENT_BYTES)
    except OSError:
        return ""
    start = MARK.encode() + b"="
    for variable in content.split(b"\0"):
        if variable.startswith(start):
            return variable[len(start) :].decode("ascii", "replace")
    return ""


def boot_id() -> str:
    """Return what changes when the machine starts anew."""
    return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()


def alive(root: Root) -> bool:
    """Whether the very process that *root* names still runs."""
    found = read_process(root.pid)
    return found is not None and found.started == root.started and not found.ended


def members(
    table: Table, marks: Mapping[int, str], launch: str, root: Root | None
) -> set[int]:
    """Return the pids of a launch's processes, its supervisor included.

    :param marks: the mark of each process, by pid.
    """
    found = {pid for pid, mark in marks.items() if mark == launch and pid in table}
    if root is not None:
        holder = table.get(root.pid)
        if holder is None or holder.started == root.started:
            # A pid is not given out again while a session bears its number.
            found |= {pid for pid, one in table.items() if one.session == root.pid}
        if holder is not None and holder.started == root.started:
            found.add(root.pid)
    return _with_descendants(table, found)


def _with_descendants(table: Table, found: set[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for one in table.values():
        children.setdefault(one.parent, []).append(one.pid)
    waiting = list(found)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def find_members(launches: Mapping[str, Root | None]) -> set[int]:
    """Return the pids of launches that run now; never our own.

    :param launches: the supervisor of each, by the launch's id.
    """
    table = process_table()
    marks = {pid: read_mark(pid) for pid, one in table.items() if not one.ended}
    found: set[int] = set()
    for launch, root in launches.items():
        found |= members(table, marks, launch, root)
    return {pid for pid in found - {os.getpid()} if not table[pid].ended}


def signal_root(root: Root, number: signal.Signals) -> bool:
    """Send a signal to the very process that *root* names; False when it is gone."""
    try:
        descriptor = os.pidfd_open(root.pid)
    except OSError:
        return False
    try:
        if not alive(root):  # only now is the pid sure to stay its own
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process; one that is gone, or not ours, is passed over."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


class Hunt:
    """Kills every process of one launch, in rounds until none is left."""

    def __init__(self, launch: str, root: Root | None) -> None:
        self._launch = launch
        self._root = root
        self._gentle_until = 0.0

    def round(self) -> int:
        """Kill what is there; return how many processes were."""
        found = find_members({self._launch: self._root})
        now = time.monotonic()
        self._gentle_until = self._gentle_until or now + _GENTLE
        keep = self._root.pid if self._root is not None else 0
        if now < self._gentle_until:
            # While the supervisor lives, whatever is orphaned comes back to it, and it
            # misses none: we may, of those that flee by forking while we look.
            signal_all(found - {keep}, signal.SIGKILL)
        else:
            signal_all(found, signal.SIGKILL)
        return len(found)
