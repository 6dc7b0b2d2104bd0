"""Ending every app of an installation."""

import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from aen.compute import reap
from aen.compute.helper.processes import boot_id, read_process
from aen.compute.records import Record
from tests.compute.accounts import processes_of
from tests.compute.ground import LAUNCH, records
from tests.compute.helper.helped import L1, PYTHON, Helped


class Immortal:
    """Processes that do not die."""

    def __init__(self, *_: object) -> None:
        """Take any launch."""

    def round(self) -> int:
        """Return that one is left."""
        return 1


def test_nothing_to_do(tmp_path: Path) -> None:
    """An installation without apps, or that never ran, is fine."""
    assert reap.main(["--runtime", str(tmp_path / "none")]) == 0


def test_records_of_an_earlier_boot_kill_nobody(tmp_path: Path) -> None:
    """A pid from before the machine started anew is another's now."""
    kept = records(tmp_path)
    kept.write(Record(LAUNCH, "earlier", "/log", pid=1, started=0))
    assert reap.reap(tmp_path / "launches", 0.0) == 0
    assert kept.read() == []


@pytest.mark.root
def test_what_the_helper_started_ends_too(helped: Helped, tmp_path: Path) -> None:
    """Apps of people's own accounts, and the directory of their sockets."""
    one = helped.people[0]
    said = helped.spawn(L1, one, PYTHON, "-S", "-c", "import time; time.sleep(99)")
    assert "result" in said
    given = ["--runtime", str(tmp_path / "none"), "--helper", str(helped.settings)]
    assert reap.main(given) == 0
    assert processes_of(one.uid) == []
    assert not helped.runtime.exists()


def test_what_cannot_be_killed_is_told_and_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command fails with a sentence, and the next one tries again."""
    kept = records(tmp_path)
    kept.write(Record(LAUNCH, boot_id(), "/log"))
    monkeypatch.setattr(reap, "Hunt", Immortal)
    monkeypatch.setattr(reap, "_KILL_SECONDS", 0.0)
    assert reap.main(["--runtime", str(tmp_path / "launches")]) == 1
    assert "1 apps have processes that cannot be killed" in capsys.readouterr().err
    assert len(kept.read()) == 1


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
