"""Templates sealed."""

import json
from pathlib import Path

import pytest

from aen.compute.disk.clone import MARKER
from aen.compute.disk.template import drop, seal


def build(root: Path, name: str) -> Path:
    """Make a finished build, not yet sealed."""
    prefix = root / name
    (prefix / "bin").mkdir(parents=True)
    (prefix / "lib").mkdir()
    (prefix / "bin" / "tool").write_text(f"#!{prefix}/bin/python\n")
    (prefix / "bin" / "tool").chmod(0o755)
    (prefix / "lib" / "six.py").write_text("six")
    (prefix / "lib" / "six.py").chmod(0o600)
    return prefix


def test_a_sealed_template_cannot_be_written(tmp_path: Path) -> None:
    """Files are readable by everybody and writable by nobody; the prefix is right."""
    build(tmp_path, ".building-a-1")
    told: list[tuple[int, int]] = []
    about = {"template": "a"}
    seal(str(tmp_path), ".building-a-1", "a", about, lambda *one: told.append(one))
    prefix = tmp_path / "a"
    assert (prefix / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
    assert (prefix / "bin" / "tool").stat().st_mode & 0o777 == 0o555
    assert (prefix / "lib" / "six.py").stat().st_mode & 0o777 == 0o444
    assert json.loads((prefix / MARKER).read_text()) == about
    assert told[-1] == (4, 4)
    assert not (tmp_path / ".building-a-1").exists()


def test_what_a_broken_seal_left_is_replaced(tmp_path: Path) -> None:
    """A directory without marker at the template's place does not stop the next."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "half").write_text("")
    build(tmp_path, ".building-a-1")
    seal(str(tmp_path), ".building-a-1", "a", {}, lambda *_: None)
    assert not (tmp_path / "a" / "half").exists()


@pytest.mark.parametrize("left", [(), (".building-a-1", ".building-a-2")])
def test_remains_are_dropped(left: tuple[str, ...], tmp_path: Path) -> None:
    """Builds of the same template that came to nothing go, others stay."""
    build(tmp_path, ".building-b-1")
    for name in left:
        build(tmp_path, name)
    drop(str(tmp_path), ".building-a-")
    assert [one.name for one in tmp_path.iterdir()] == [".building-b-1"]
