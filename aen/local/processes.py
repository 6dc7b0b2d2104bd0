"""The processes of one installation: found by their mark, ended within a time."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from aen.local.files import MARK

STORE = "aen.server.store.embedded_child"
"""The program of the embedded store."""
_POLL = 0.05


def belonging(prefix: Path) -> list[psutil.Process]:
    """Return the platform's processes of the installation in *prefix*.

    Apps of projects are not among them: they have an environment of their own.
    """
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _mark(process) == str(prefix)
    ]


def stores(prefix: Path) -> list[psutil.Process]:
    """Return the embedded store of the installation in *prefix*, whoever started it.

    An operator's command does, too, and its store has no mark of ours.
    """
    return [each for each in psutil.process_iter() if _is_store(each, prefix)]


def _is_store(process: psutil.Process, prefix: Path) -> bool:
    try:
        command = process.cmdline()
    except (psutil.Error, OSError):
        return False
    return STORE in command and any(
        Path(each).is_relative_to(prefix) for each in command
    )


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):  # gone by now, or another account's
        return None


def end(processes: Iterable[psutil.Process], patience: float) -> None:
    """Ask *processes* to end, and kill those that have not after *patience* seconds."""
    asked = list(processes)
    _signal(asked, psutil.Process.terminate)
    stubborn = _left_after(patience, asked)
    _signal(stubborn, psutil.Process.kill)
    _left_after(patience, stubborn)


def _signal(
    processes: Iterable[psutil.Process], signal: Callable[[psutil.Process], None]
) -> None:
    for process in processes:
        try:
            signal(process)
        except psutil.NoSuchProcess:
            continue


def wait_gone(prefix: Path, patience: float) -> None:
    """Wait for the processes of an installation to end by themselves; then end them.

    A store that somebody's command still uses is left to it.
    """
    end(_left_after(patience, belonging(prefix)), patience)
    _left_after(patience, stores(prefix))


def _left_after(
    patience: float, processes: Iterable[psutil.Process]
) -> list[psutil.Process]:
    """Wait for *processes* to end and return those at work after *patience* seconds."""
    deadline = time.monotonic() + patience
    left = list(processes)
    while left := [each for each in left if _is_at_work(each)]:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        psutil.wait_procs(left, timeout=min(_POLL, remaining))
    return left


def _is_at_work(process: psutil.Process) -> bool:
    # Orphans become children of the system's first process. That of a container is
    # often a program that never collects them, so a zombie counts as ended.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
