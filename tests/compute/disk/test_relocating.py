"""Environments that moved: their files name the new place; nothing else changes."""

import os
from pathlib import Path

import pytest

from aen.compute.disk.relocating import relocate, replaced

OLD, NEW, LONGER = b"/p/ada/lab", b"/p/bob/x", b"/p/ada/laboratory"


SIMILAR = b"/p/ada/lab2 /p/ada/lab-a /p/ada/lab.b"
TEXTS = [
    (b"#!/p/ada/lab/envs/a/bin/python", NEW, b"#!/p/bob/x/envs/a/bin/python"),
    (b"'/p/ada/lab'", LONGER, b"'/p/ada/laboratory'"),
    (SIMILAR, NEW, SIMILAR),
    (b"\\1 /p/ada/lab", NEW, b"\\1 /p/bob/x"),
    (b"\0/p/ada/lab/lib\0", NEW, None),
]
PROGRAMS = [
    (b"a\0/p/ada/lab/lib\0\0b", NEW, b"a\0/p/bob/x/lib\0\0\0\0b"),
    (b"\0/p/ada/lab:/p/ada/lab/b\0c", NEW, b"\0/p/bob/x:/p/bob/x/b\0\0\0\0\0c"),
    (b"/p/ada/lab/l\0\0\0\0\0\0\0\0b", LONGER, b"/p/ada/laboratory/l\0b"),
    (b"/p/ada/lab/lib\0b", LONGER, None),
]


@pytest.mark.parametrize(("content", "new", "made"), TEXTS)
def test_a_path_in_a_text(content: bytes, new: bytes, made: bytes | None) -> None:
    """It is replaced where it is a whole path; what is no text is left alone."""
    assert replaced(content, OLD, new) == made


@pytest.mark.parametrize(("content", "new", "made"), PROGRAMS)
def test_a_path_in_a_program(content: bytes, new: bytes, made: bytes | None) -> None:
    """The program stays as long as it was, or is left alone."""
    assert replaced(content, OLD, new, binary=True) == made


def make(root: Path) -> Path:
    """Make a project of bob's with an environment that was made at ada/lab."""
    prefix = root / "bob" / "x" / "envs" / "py"
    (prefix / "bin").mkdir(parents=True)
    old = root / "ada" / "lab"
    tool = prefix / "bin" / "tool"
    tool.write_text(f"#!{old}/envs/py/bin/python\n")
    tool.chmod(0o555)
    os.utime(tool, (5, 5))
    (prefix / "pyvenv.cfg").write_text("home = /usr\n")
    (prefix / "bin" / "own").symlink_to(f"{old}/envs/py/bin/tool")
    (prefix / "bin" / "python").symlink_to("/bin/sh")
    shared = root / "shared.pth"
    shared.write_text(f"{old}\n")
    (prefix / "shared.pth").hardlink_to(shared)
    (prefix / "mod.pyc").write_bytes(b"%s/x.py" % os.fsencode(old))
    (prefix / "lib.so").write_bytes(b"\0%s/lib\0" % os.fsencode(old))
    return prefix


def test_an_environment_follows_its_project(tmp_path: Path) -> None:
    """Modes and times stay; what is shared, compiled or not ours to change, too."""
    prefix = make(tmp_path)
    places = (str(tmp_path), "bob", "x", "ada", "lab")
    assert relocate(*places) == {"changed": 2, "left": 1}
    new = tmp_path / "bob" / "x"
    tool = prefix / "bin" / "tool"
    assert tool.read_text() == f"#!{new}/envs/py/bin/python\n"
    assert (tool.stat().st_mode & 0o777, tool.stat().st_mtime) == (0o555, 5)
    assert (prefix / "bin" / "own").readlink() == new / "envs/py/bin/tool"
    assert (prefix / "bin" / "python").readlink() == Path("/bin/sh")
    assert "ada" in (tmp_path / "shared.pth").read_text()
    assert relocate(*places) == {"changed": 0, "left": 1}


def test_what_broke_off_is_cleared(tmp_path: Path) -> None:
    """A file that was being written when all ended does not stay."""
    prefix = make(tmp_path)
    (prefix / ".aen-moved-1").write_text("half")
    relocate(str(tmp_path), "bob", "x", "ada", "lab")
    assert not (prefix / ".aen-moved-1").exists()


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """Neither a link in place of an environment nor one of a directory is followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text(f"{tmp_path}/ada/lab\n")
    prefix = make(tmp_path)
    (prefix.parent / "link").symlink_to(outside)
    (prefix / "link").symlink_to(outside)
    relocate(str(tmp_path), "bob", "x", "ada", "lab")
    assert "ada" in (outside / "file").read_text()


def test_a_project_without_environments(tmp_path: Path) -> None:
    """There is nothing to do."""
    (tmp_path / "bob" / "x").mkdir(parents=True)
    found = relocate(str(tmp_path), "bob", "x", "ada", "lab")
    assert found == {"changed": 0, "left": 0}
