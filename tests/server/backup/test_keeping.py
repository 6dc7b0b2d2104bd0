"""Backups made by the clock."""

import os
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Failed, Invalid
from aen.server.backup.keeping import (
    file_name,
    in_a_sentence,
    make_and_keep,
    passphrase_of,
)
from aen.server.backup.making import BackupMaker
from aen.server.store.schedule import ChoreState
from tests.server.backup.worlds import CHEAP, NOW, filled, settings_of


def test_names_sort_by_time() -> None:
    """So that the oldest is known without opening any."""
    assert file_name(NOW, sealed=False) == "aen-20231114T221320Z.tar.gz"
    assert file_name(NOW + 86_400, sealed=True) == "aen-20231115T221320Z.sealed"


@ensureDeferred
async def test_only_so_many_are_kept(tmp_path: Path) -> None:
    """The newest; what is not ours stays, and so does nothing of a killed worker."""
    world, folder = await filled(), tmp_path / "backups"
    folder.mkdir()
    settings = settings_of(tmp_path / "s", backup_keep=2)
    (folder / "mine.tar.gz").write_text("x")
    half = folder / ".aen-20231114T221320Z.tar.gz.99.partial"
    half.write_text("x")
    os.utime(half, (1.0, 1.0))
    words = ""
    for day in range(4):
        now = NOW + day * 86_400
        maker = BackupMaker(world.database, settings, lambda now=now: now)  # type: ignore[misc]
        words = await make_and_keep(maker, folder)
    assert sorted(one.name for one in folder.iterdir()) == [
        "aen-20231116T221320Z.tar.gz", "aen-20231117T221320Z.tar.gz", "mine.tar.gz",
    ]  # fmt: skip
    assert words.startswith("aen-20231117T221320Z.tar.gz: ")
    assert words.endswith("; 1 older removed.")


@ensureDeferred
async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is not made: the disk may be missing."""
    world = await filled()
    maker = BackupMaker(world.database, settings_of(tmp_path), lambda: NOW, cost=CHEAP)
    with pytest.raises(Failed, match="There is no folder"):
        await make_and_keep(maker, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def turn(**known: Any) -> ChoreState:
    """Return what the schedule knows of backups."""
    about = {"name": "backup", "title": "t", "when": "w", "due": NOW, "running": False}
    return ChoreState(**{**about, **known})


@pytest.mark.parametrize(
    ("known", "good", "words"),
    [
        (None, True, "No backups are made by the clock"),
        (turn(), True, "first backup"),
        (turn(ended=NOW - 7200, outcome="x.gz: 3 records"), True, "2 hours ago: x.gz"),
        (turn(ended=NOW - 5 * 86_400, outcome="x"), False, "5 days ago: x"),
        (turn(ended=NOW - 3700, outcome="x"), True, "1 hour ago: x"),
        (
            turn(ended=NOW - 60, good=False, outcome="No space."),
            False,
            "The backup failed less than an hour ago: No space.",
        ),
    ],
)
def test_how_they_are(known: ChoreState | None, words: str, *, good: bool) -> None:
    """One that failed, and one that is old, is something to look at."""
    found, said = in_a_sentence(known, NOW)
    assert found is good
    assert words in said


def test_the_passphrase_of_the_settings(tmp_path: Path) -> None:
    """From a private file, long enough."""
    path = tmp_path / "phrase"
    settings = settings_of(tmp_path, backup_passphrase_file=str(path))
    assert passphrase_of(settings_of(tmp_path)) is None
    path.write_text("a heron on the roof\n")
    path.chmod(0o600)
    assert passphrase_of(settings) == "a heron on the roof"
    path.chmod(0o640)
    with pytest.raises(Invalid, match="chmod 600"):
        passphrase_of(settings)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(Invalid, match="at least 12"):
        passphrase_of(settings)
