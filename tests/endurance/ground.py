"""Starting the programs, and looking at what a process holds."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, frozen

ROOT = Path(__file__).parents[2]
FULL = bool(os.environ.get("AEN_ENDURANCE"))
"""Whether to run with the full sizes; by default they suit a small CI machine."""


@frozen
class Held:
    """What a process holds at one moment."""

    descriptors: int
    memory: int
    """Resident, in bytes."""


@define
class Place:
    """A proxy and the application behind it."""

    address: str
    port: int
    pid: int

    def held(self) -> Held:
        """Return what the proxy holds."""
        return held(self.pid)


def held(pid: int) -> Held:
    """Return what a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Held(descriptors, pages * os.sysconf("SC_PAGESIZE"))


def program(*arguments: str) -> list[str]:
    """Return the command line of one of the programs."""
    return [sys.executable, "-m", "tests.endurance.programs", *arguments]


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program as long as this lasts."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait(30)
        if running.stdout is not None:
            running.stdout.close()


def line_of(running: subprocess.Popen[str]) -> str:
    """Return the next line it prints."""
    assert running.stdout is not None
    return running.stdout.readline().strip()


@contextmanager
def place(folder: Path, address: str = "127.0.0.1", **limits: float) -> Iterator[Place]:
    """Run a proxy with these limits before an application."""
    path = str(folder / "app")
    with started(program("app", path)) as app:
        assert line_of(app) == "ready"
        with started(program("door", address, path, json.dumps(limits))) as door:
            yield Place(address, int(line_of(door)), door.pid)
