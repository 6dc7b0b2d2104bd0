"""Modes of a project's files in single-user mode."""

import os
from pathlib import Path

import pytest

from aen.compute.disk import modes
from aen.compute.disk.walk import open_root, opened


def mode(path: Path) -> int:
    """Return the permission bits of *path*."""
    return path.lstat().st_mode & 0o7777


def settle(project: Path) -> None:
    """Do the pass and open the door."""
    with opened(open_root(str(project))) as directory:
        modes.settle(directory)
        modes.open_door(directory)


@pytest.mark.parametrize(
    ("now", "public", "then"),
    [
        (0o040700, False, 0o770),
        (0o040700, True, 0o775),
        (0o100600, False, 0o660),
        (0o100755, False, 0o770),
        (0o100600, True, 0o664),
        (0o100700, True, 0o775),
    ],
)
def test_the_rules_of_the_disk(now: int, public: bool, then: int) -> None:  # noqa: FBT001
    """Owner and group may do all; anyone may read what is public."""
    assert modes.wanted(now, public=public) == then


def test_a_project_is_settled(tmp_path: Path) -> None:
    """Everything gets its mode; what is public is readable by anyone."""
    (tmp_path / "work" / "deep").mkdir(parents=True, mode=0o700)
    (tmp_path / "work" / "deep" / "file").write_text("")
    (tmp_path / "public" / "site").mkdir(parents=True)
    (tmp_path / "public" / "site" / "index.html").write_text("")
    (tmp_path / "run.sh").write_text("")
    (tmp_path / "run.sh").chmod(0o700)
    settle(tmp_path)
    assert mode(tmp_path) == 0o771
    assert mode(tmp_path / "work" / "deep") == 0o770
    assert mode(tmp_path / "work" / "deep" / "file") == 0o660
    assert mode(tmp_path / "run.sh") == 0o770
    assert mode(tmp_path / "public" / "site") == 0o775
    assert mode(tmp_path / "public" / "site" / "index.html") == 0o664


def test_locked_directories_are_opened_again(tmp_path: Path) -> None:
    """Whoever has locked themselves out gets in again."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked" / "file").write_text("")
    (tmp_path / "locked" / "file").chmod(0)
    (tmp_path / "locked").chmod(0)
    settle(tmp_path)
    assert mode(tmp_path / "locked") == 0o770
    assert mode(tmp_path / "locked" / "file") == 0o660


def test_environments_and_shared_files_are_left_alone(tmp_path: Path) -> None:
    """A file with two names may belong to another project too."""
    project = tmp_path / "project"
    (project / "envs" / "default").mkdir(parents=True)
    (project / "envs" / "default" / "library").write_text("")
    (project / "envs" / "default" / "library").chmod(0o444)
    (tmp_path / "shared").write_text("")
    (tmp_path / "shared").chmod(0o444)
    (project / "linked").hardlink_to(tmp_path / "shared")
    settle(project)
    assert mode(project / "envs" / "default" / "library") == 0o444
    assert mode(tmp_path / "shared") == 0o444
    assert mode(project / "envs") == 0o770


def test_nothing_outside_is_reached(tmp_path: Path) -> None:
    """Links to files and directories outside change nothing there."""
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir(mode=0o700)
    (outside / "secret").write_text("")
    (outside / "secret").chmod(0o600)
    (project / "link").symlink_to(outside)
    (project / "public").symlink_to(outside)
    (project / "file").symlink_to(outside / "secret")
    os.mkfifo(project / "pipe", 0o600)
    settle(project)
    assert mode(outside) == 0o700
    assert mode(outside / "secret") == 0o600
    assert mode(project / "pipe") == 0o600


def test_the_door_is_kept(tmp_path: Path) -> None:
    """A changed mode of the project or of its public folder is put right."""
    (tmp_path / "public").mkdir(mode=0o700)
    tmp_path.chmod(0o700)
    with opened(open_root(str(tmp_path))) as directory:
        modes.open_door(directory)
        (tmp_path / "public").rmdir()
        modes.open_door(directory)  # a public folder that is gone is no mistake
    assert mode(tmp_path) == 0o771
