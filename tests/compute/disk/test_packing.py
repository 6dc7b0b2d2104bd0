"""A project packed and unpacked: all of it, as it was, or a sentence why not."""

import os
import socket
import stat
from pathlib import Path

import pytest

from aen.compute.disk.packing import shown
from aen.compute.disk.walk import DEEPEST, Refused
from tests.compute.disk.streams import packed, unpacked

HOUR = 3600 * 10**9


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with one of everything."""
    home = tmp_path / "lab"
    (home / "envs/default/bin").mkdir(parents=True)
    (home / "public").mkdir()
    (home / "notes.txt").write_text("hello")
    (home / "empty").touch()
    (home / "run.sh").write_text("#!/bin/sh\n")
    (home / "run.sh").chmod(0o750)
    (home / "secret").write_text("mine")
    (home / "secret").chmod(0o400)
    (home / os.fsdecode(b"\xff\n")).write_text("odd")
    (home / "link").symlink_to("/etc/passwd")
    (home / "envs/default/bin/python").symlink_to("/usr/bin/python3")
    (home / "closed").mkdir()
    (home / "closed/inside").write_text("x" * 600_000)
    (home / "closed").chmod(0o500)
    return home


def told(home: Path) -> dict[str, object]:
    """Return all that a move keeps, by path."""
    found: dict[str, object] = {}
    for at, directories, files in os.walk(home):
        for name in (*directories, *files):
            path = Path(at, name)
            about = path.lstat()
            what: object = None
            if path.is_symlink():
                what = path.readlink()
            elif path.is_file():
                what = path.read_bytes()
            key = str(path.relative_to(home))
            found[key] = (about.st_mode, about.st_mtime_ns, what)
    return found


def test_all_of_it_as_it_was(project: Path, tmp_path: Path) -> None:
    """Content, modes, links and times, of directories too; any name there can be."""
    for number, name in enumerate(("notes.txt", "closed", "envs")):
        os.utime(project / name, ns=(0, number * HOUR))
    os.utime(project / "link", ns=(0, 7 * HOUR), follow_symlinks=False)
    done = unpacked(packed(project), tmp_path / "new")
    assert told(tmp_path / "new") == told(project)
    assert done == {"entries": len(told(project)), "bytes": 5 + 10 + 4 + 3 + 600_000}


def test_what_is_nobodys_file_stays_behind(project: Path, tmp_path: Path) -> None:
    """Sockets and pipes, and work under way on environments, but no other such name.

    What people have thrown away is theirs still.
    """
    before = told(project)
    os.mkfifo(project / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(project / "socket"))
    (project / ".aen-work").mkdir()
    (project / "envs/_aen-work").mkdir()
    (project / "public/.aen-mine").write_text("kept")
    (project / ".aen-trash").mkdir()
    (project / ".aen-trash/x").write_text("kept")
    unpacked(packed(project), tmp_path / "new")
    assert told(tmp_path / "new").keys() == {
        *before,
        "public/.aen-mine",
        ".aen-trash",
        ".aen-trash/x",
    }


def test_holes_stay_holes(project: Path, tmp_path: Path) -> None:
    """A file of a terabyte of nothing takes no time and no room."""
    with (project / "sparse").open("wb") as file:
        file.truncate(1 << 40)
        file.seek(1 << 30)
        file.write(b"here")
    with (project / "nothing").open("wb") as file:
        file.truncate(12_345)
    content = packed(project)
    assert len(content) < 2 * 1024 * 1024
    unpacked(content, tmp_path / "new")
    made = tmp_path / "new/sparse"
    assert made.stat().st_size == 1 << 40
    assert made.stat().st_blocks * 512 < 1024 * 1024
    with made.open("rb") as file:
        file.seek(1 << 30)
        assert file.read(5) == b"here\0"
    assert (tmp_path / "new/nothing").read_bytes() == bytes(12_345)


def test_set_id_bits_are_left(project: Path, tmp_path: Path) -> None:
    """No file of another node runs as somebody here."""
    (project / "run.sh").chmod(0o6755)
    unpacked(packed(project), tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new/run.sh").stat().st_mode) == 0o755


def test_what_is_too_deep_ends_it(project: Path) -> None:
    """It is said, rather than left behind."""
    here = os.open(project, os.O_RDONLY)
    for _ in range(DEEPEST + 1):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    with pytest.raises(Refused, match="deeper than"):
        packed(project)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_what_cannot_be_read_ends_it(project: Path) -> None:
    """Nothing is lost in silence."""
    (project / "secret").chmod(0)
    with pytest.raises(Refused, match="“secret” cannot be read"):
        packed(project)


@pytest.mark.root
def test_a_strangers_file_is_not_taken(project: Path, tmp_path: Path) -> None:
    """By a second name a member could have it given to the owner on the other node."""
    people = {os.geteuid(): "ada"}
    os.chown(project / "secret", 12_345, 12_345)
    with pytest.raises(Refused, match="“secret” belongs to somebody outside"):
        packed(project, people)
    (project / "secret").chmod(0o404)
    content = packed(project, people)
    assert b'"who": "ada"' in content
    unpacked(content, tmp_path / "new")
    assert (tmp_path / "new/secret").read_text() == "mine"


@pytest.mark.parametrize(
    ("at", "words"),
    [(("a", "b"), "a/b"), (("a\n",), "a\\n"), (("x" * 500,), "x" * 300)],
)
def test_how_a_path_is_shown(at: tuple[str, ...], words: str) -> None:
    """Nothing in a name speaks for us."""
    assert shown(at) == words
