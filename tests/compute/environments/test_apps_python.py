"""The interpreter of AEN's own apps is one that every account can use."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- a thread needs it

from aen.compute.environments import apps_python
from aen.compute.environments.apps_python import (
    SharedPython,
    copy_modules,
    packages,
    reachable,
)
from aen.model.errors import Failed

REACTOR: Any = reactor


def test_versions_are_those_that_run_here() -> None:
    """What apps import is pinned to what the platform itself runs with."""
    assert any(one.startswith("Twisted==") for one in packages())
    assert all("==" in one for one in packages())


@pytest.mark.parametrize(
    ("folder", "file", "expected"),
    [(0o755, 0o644, True), (0o700, 0o644, False), (0o755, 0o600, False)],
)
def test_reachable(tmp_path: Path, folder: int, file: int, *, expected: bool) -> None:
    """A file counts only if it and every folder above it are open to anybody."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "file").touch()
    (place / "file").chmod(file)
    place.chmod(folder)
    above = all(one.stat().st_mode & 0o001 for one in tmp_path.resolve().parents)
    tmp_path.chmod(0o755)
    assert reachable(place / "file") is (expected and above)
    assert not reachable(place / "nothing")


@pytest.mark.parametrize(
    "app", ["terminal", "files", "viewer", "viewer.rendering", "workbench"]
)
def test_the_copy_runs_our_apps(tmp_path: Path, app: str) -> None:
    """Our modules, copied, are enough for our apps; made twice, they are one."""
    tmp_path.chmod(0o755)
    place = copy_modules(tmp_path)
    assert copy_modules(tmp_path) == place
    assert [one.name for one in tmp_path.iterdir()] == [place.name]
    assert all(one.stat().st_mode & 0o005 for one in place.rglob("*"))
    assert not any(one.stat().st_mode & 0o022 for one in place.rglob("*"))
    done = subprocess.run(
        (sys.executable, "-P", "-m", f"aen.compute.apps.{app}", "--help"),
        env={"PYTHONPATH": str(place)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("--memory" if app == "viewer.rendering" else "--socket") in done.stdout


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """It is said in a sentence which one."""
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Failed, match="cannot write to the project root"):
        copy_modules(file)


@pytest_twisted.ensureDeferred
async def test_our_own_where_everybody_can_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing is built; else the template is, once for all who wait."""
    asked: list[str] = []

    async def build() -> Path:
        asked.append("apps")
        return tmp_path / "prefix"

    monkeypatch.setattr(apps_python, "reachable", lambda _: True)
    shared = SharedPython(REACTOR, build, tmp_path, "/checkout")
    assert (await shared.ready()).python == sys.executable
    assert (await shared.ready()).modules == "/checkout"
    monkeypatch.setattr(apps_python, "reachable", lambda _: False)
    other = SharedPython(REACTOR, build, tmp_path)
    first, second = await other.ready(), await other.ready()
    assert first is second
    assert first.python == str(tmp_path / "prefix/bin/python")
    assert Path(first.modules).is_relative_to(tmp_path)
    assert asked == ["apps"]
