"""The build of the front end."""

import os
import re
import stat
from pathlib import Path

import pytest

from tools import assets


def test_lock_names_no_place() -> None:
    """The lock file pins contents, not a registry to fetch them from."""
    text = (assets.FRONTEND / "package-lock.json").read_text()
    assert "integrity" in text
    assert "resolved" not in text
    assert "://" not in text


def test_outputs_are_ignored() -> None:
    """What is built is never committed."""
    ignored = (assets.ROOT / ".gitignore").read_text().splitlines()
    assert "/aen/**/static/built/" in ignored
    assert all(re.fullmatch(r"aen/.*/static/built", each) for each in assets.OUTPUTS)


@pytest.mark.parametrize(
    ("answer", "version"), [("v20.1.0", 20), ("v9.0.0", 9), ("nonsense", 0), ("", 0)]
)
def test_version(tmp_path: Path, answer: str, version: int) -> None:
    """A program counts as Node.js when it says a version like one."""
    program = tmp_path / "node"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(stat.S_IRWXU)
    assert assets.version(str(program)) == version


def test_no_such_program(tmp_path: Path) -> None:
    """A program that does not run is no Node.js."""
    assert assets.version(str(tmp_path / "node")) == 0


def test_no_system_node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Node.js without npm is not enough."""
    (tmp_path / "node").write_text("#!/bin/sh\necho v20.0.0\n")
    (tmp_path / "node").chmod(stat.S_IRWXU)
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    assert assets.system_node() is None
