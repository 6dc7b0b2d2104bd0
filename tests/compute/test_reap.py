"""Ending every app of an installation."""

import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from aen.compute import reap
from aen.compute.processes import boot_id, read_process
from aen.compute.records import Record, Records
from tests.compute.test_launch import LAUNCH


def records(tmp_path: Path) -> Records:
    """Return the records of an installation."""
    found = Records(tmp_path / "launches", tmp_path)
    found.prepare()
    return found


def test_nothing_to_do(tmp_path: Path) -> None:
    """An installation without apps, or that never ran, is fine."""
    assert reap.main(["--runtime", str(tmp_path / "none")]) == 0


def test_records_of_an_earlier_boot_kill_nobody(tmp_path: Path) -> None:
    """A pid from before the machine started anew is another's now."""
    kept = records(tmp_path)
    kept.write(Record(LAUNCH, "earlier", "/log", pid=1, started=0))
    assert reap.reap(tmp_path / "launches", 0.0) == 0
    assert kept.read() == []


@pytest.mark.system
def test_a_recorded_app_is_ended(tmp_path: Path) -> None:
    """Session and descendants go with it; others of the machine stay."""
    sleeper = (sys.executable, "-S", "-c", "import time; time.sleep(100)")
    ours = subprocess.Popen(sleeper, start_new_session=True)
    other = subprocess.Popen(sleeper, start_new_session=True)
    try:
        found = read_process(ours.pid)
        assert found is not None
        kept = records(tmp_path)
        record = Record(LAUNCH, boot_id(), "/log", pid=ours.pid)
        kept.write(evolve(record, started=found.started))
        assert reap.main(["--runtime", str(tmp_path / "launches")]) == 0
        assert ours.wait(5) != 0
        assert other.poll() is None
    finally:
        for one in (ours, other):
            one.kill()
            one.wait()
