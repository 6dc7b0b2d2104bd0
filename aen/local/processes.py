"""The processes of one installation: found by their mark, ended within a time."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from aen.local.files import MARK


def belonging(prefix: Path) -> list[psutil.Process]:
    """Return the platform's processes of the installation in *prefix*.

    Apps of projects are not among them: they have an environment of their own.
    """
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _mark(process) == str(prefix)
    ]


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):  # gone by now, or another account's
        return None


def end(processes: Iterable[psutil.Process], patience: float) -> None:
    """Ask *processes* to end, and kill those that have not after *patience* seconds."""
    asked = list(processes)
    _signal(asked, psutil.Process.terminate)
    _, stubborn = psutil.wait_procs(asked, timeout=patience)
    _signal(stubborn, psutil.Process.kill)
    psutil.wait_procs(stubborn, timeout=patience)


def _signal(
    processes: Iterable[psutil.Process], signal: Callable[[psutil.Process], None]
) -> None:
    for process in processes:
        try:
            signal(process)
        except psutil.NoSuchProcess:
            continue


def wait_gone(prefix: Path, patience: float) -> None:
    """Wait for the processes of an installation to end by themselves; then end them."""
    left = belonging(prefix)
    _, stubborn = psutil.wait_procs(left, timeout=patience)
    end(stubborn, patience)
