"""Finding and ending the processes of one installation."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.local.files import MARK
from aen.local.processes import STORE, belonging, end, stores, wait_gone
from aen.server.store.embedded import PROGRAM

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('ready', flush=True); time.sleep(60)"
)

CARELESS = (
    "import subprocess, sys, time;"
    "subprocess.Popen((sys.executable, '-c', 'import time; time.sleep(60)'),"
    f" env={{{MARK!r}: sys.argv[1]}});"
    "print('ready', flush=True); time.sleep(60)"
)
"""A parent that never learns of its child's end."""


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process of the installation in *tmp_path* that ignores SIGTERM."""
    with subprocess.Popen(
        (sys.executable, "-c", STUBBORN),
        env={**os.environ, MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_only_its_own(tmp_path: Path, stubborn: subprocess.Popen[str]) -> None:
    """Processes of another installation are not touched."""
    assert [each.pid for each in belonging(tmp_path)] == [stubborn.pid]
    assert belonging(tmp_path / "other") == []


def test_stubborn_is_killed(tmp_path: Path, stubborn: subprocess.Popen[str]) -> None:
    """A process that does not end when asked is killed after its patience."""
    end(belonging(tmp_path), patience=0.1)
    assert belonging(tmp_path) == []


def test_a_store_without_our_mark(tmp_path: Path) -> None:
    """One that an operator's command has started is waited for, and not killed."""
    assert STORE == PROGRAM
    script = tmp_path / "store.py"
    script.write_text("import time; print('ready', flush=True); time.sleep(1)")
    where = str(tmp_path / "var/store")
    with subprocess.Popen(
        (sys.executable, script, "-m", STORE, where, "2.0"), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert [each.pid for each in stores(tmp_path)] == [process.pid]
        assert stores(tmp_path / "other") == []
        assert belonging(tmp_path) == []
        wait_gone(tmp_path, patience=0.1)
        assert stores(tmp_path) != []
        wait_gone(tmp_path, patience=30.0)
        assert stores(tmp_path) == []
        assert process.wait() == 0


def test_wait_is_bounded(tmp_path: Path, stubborn: subprocess.Popen[str]) -> None:
    """Waiting for a process that does not end by itself ends it."""
    wait_gone(tmp_path, patience=0.1)
    assert belonging(tmp_path) == []


def test_nothing_to_end(tmp_path: Path) -> None:
    """Where nothing runs there is nothing to wait for."""
    began = time.monotonic()
    wait_gone(tmp_path, patience=60.0)
    assert time.monotonic() - began < 30


def test_nobody_collects(tmp_path: Path) -> None:
    """A process that has ended is not waited for, whether its parent knows or not."""
    with subprocess.Popen(
        (sys.executable, "-c", CARELESS, str(tmp_path)),
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        began = time.monotonic()
        end(belonging(tmp_path), patience=30.0)
        took = time.monotonic() - began
        assert belonging(tmp_path) == []
        parent.kill()
    assert took < 10.0
