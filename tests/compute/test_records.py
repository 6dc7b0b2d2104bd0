"""What is on disk of each launch."""

import json
from pathlib import Path

from attrs import evolve

from aen.compute.records import Record, Records, new_id
from aen.runtime.structure import unstructure
from tests.compute.ground import LAUNCH, records

RECORD = Record(LAUNCH, "boot", "/log", pid=7, started=8)


def test_a_record_comes_back(tmp_path: Path) -> None:
    """What was written is read; the file is ours alone."""
    kept = records(tmp_path)
    kept.write(RECORD)
    kept.write(evolve(RECORD, pid=9))
    (found,) = kept.read()
    assert found == evolve(RECORD, pid=9)
    assert found.root is not None
    path = tmp_path / "launches/l1/launch.json"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    kept.remove("l1")
    assert kept.read() == []


def test_garbage_is_removed(tmp_path: Path) -> None:
    """A damaged record, or another's, is no launch and does not stay for ever."""
    kept = records(tmp_path)
    (kept.room("x") / "launch.json").write_text("{")
    (kept.room("y") / "launch.json").write_text(json.dumps(unstructure(RECORD)))
    kept.room("empty")
    assert kept.read() == []
    assert list((tmp_path / "launches").iterdir()) == []


def test_private_directories_have_short_paths(tmp_path: Path) -> None:
    """A path that leaves no room for sockets is replaced by a short one, for good."""
    deep = tmp_path / ("d" * 60)
    kept = Records(deep, tmp_path)
    kept.prepare()
    first, second = kept.private("l1"), kept.private("l2")
    assert first.parent == second.parent
    assert first.parent.parent == tmp_path
    assert first.stat().st_mode & 0o077 == 0
    assert Records(deep, tmp_path).private("l1") == first
    kept.remove("l1")
    assert not first.exists()
    assert second.exists()
    kept.clear()
    assert not second.parent.exists()
    assert kept.private("l3").exists()


def test_the_helper_makes_private_directories(tmp_path: Path) -> None:
    """With real accounts: here there is only where it will be."""
    kept = Records(tmp_path / "launches", tmp_path, tmp_path / "helped")
    kept.prepare()
    assert kept.private("l1") == tmp_path / "helped/l1"
    assert not (tmp_path / "helped").exists()


def test_a_directory_made_open_is_not_trusted(tmp_path: Path) -> None:
    """A short directory that others can enter is left alone and another made."""
    deep = tmp_path / ("d" * 60)
    kept = Records(deep, tmp_path)
    kept.prepare()
    first = kept.private("l1").parent
    first.chmod(0o755)
    assert kept.private("l2").parent != first


def test_ids_cannot_be_guessed() -> None:
    """Eighty random bits, fit for a path."""
    assert len({new_id() for _ in range(100)}) == 100
    assert all(len(new_id()) == 20 for _ in range(3))
