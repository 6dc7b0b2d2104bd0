"""The two programs at the ends of a project's way, where all is one account's."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aen.compute.disk.freight import MAGIC
from aen.compute.programs.steps import ChildSteps
from tests.compute.shipped import REACTOR


def step(verb: str, root: Path, content: bytes = b"", **more: str) -> Any:
    """Run a step; return what it wrote, and its last line."""
    arguments = {"root": str(root), "owner": "ada", "name": "lab", **more}
    command = ChildSteps(REACTOR, 60).command(verb, arguments)
    done = subprocess.run(
        command.argv, input=content, capture_output=True, env={}, check=False
    )
    lines = done.stderr or done.stdout
    return done.stdout, json.loads(lines.splitlines()[-1])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project root with a project."""
    home = tmp_path / "here/ada/lab"
    (home / "public").mkdir(parents=True)
    (home / "notes").write_text("hello")
    (tmp_path / "there").mkdir()
    return tmp_path / "here"


def test_from_one_root_to_another(root: Path, tmp_path: Path) -> None:
    """The stream on one descriptor, what is told on another; nothing left staged."""
    content, said = step("send", root)
    assert said == {"result": {"entries": 2, "bytes": 5, "left": 0}}
    there = tmp_path / "there"
    _, said = step("receive", there, content, staging="p1.a")
    assert said == {"result": {"entries": 2, "bytes": 5}}
    assert (there / "ada/lab/notes").read_text() == "hello"
    assert (there / "ada/lab/public").stat().st_mode & 0o777 == 0o775
    assert list((there / ".staging").iterdir()) == []


@pytest.mark.parametrize("part", [0, 5, 40, -1])
def test_less_than_all_of_it(root: Path, tmp_path: Path, part: int) -> None:
    """Nothing appears, and nothing is left."""
    content, _ = step("send", root)
    there = tmp_path / "there"
    _, said = step("receive", there, content[:part], staging="p1.a")
    assert "error" in said
    assert not (there / "ada").exists()
    assert list((there / ".staging").iterdir()) == []


def test_files_that_are_there_stay(root: Path, tmp_path: Path) -> None:
    """They are never replaced."""
    content, _ = step("send", root)
    there = tmp_path / "there"
    (there / "ada/lab").mkdir(parents=True)
    (there / "ada/lab/theirs").write_text("x")
    _, said = step("receive", there, content, staging="p1.a")
    assert "There are files at ada/lab already" in said["error"]
    assert (there / "ada/lab/theirs").read_text() == "x"


def test_a_project_that_is_not_there(root: Path) -> None:
    """It is said, and nothing sent."""
    content, said = step("send", root, name="hall")
    assert not content.startswith(MAGIC)
    assert "There are no files of ada/hall" in said["error"]
