"""Steps in children of their own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.programs.steps import ChildSteps
from aen.model.errors import Failed
from tests.compute.fakes import kill_clones, small_template

pytestmark = pytest.mark.system
REACTOR: Any = reactor
STEPS = ChildSteps(REACTOR, 30)


def clone(template: Path, target: Path) -> dict[str, Any]:
    """Return the arguments of a clone that copies."""
    where = {"template": str(template), "target": str(target)}
    return {**where, "prefix": str(target), "link": False}


def wide_template(tmp_path: Path, files: int, size: int) -> Path:
    """Make a template of many files."""
    prefix = small_template(tmp_path / "template")
    for number in range(files):
        (prefix / f"file-{number}").write_bytes(b"x" * size)
    return prefix


@pytest_twisted.ensureDeferred
async def test_a_step_tells_how_far_it_is(tmp_path: Path) -> None:
    """Progress while it works, a result at its end."""
    told: list[tuple[int, int]] = []
    template = wide_template(tmp_path, 50, 10)
    counts = await STEPS.run(
        "clone", clone(template, tmp_path / "clone"), lambda *one: told.append(one)
    )
    assert counts == {"shared": 0, "copied": 56}
    assert told[-1][0] == told[-1][1] > 50


@pytest_twisted.ensureDeferred
async def test_a_refusal_becomes_a_sentence(tmp_path: Path) -> None:
    """What is in the way is named."""
    (tmp_path / "ada").symlink_to("/")
    arguments = {"root": str(tmp_path), "owner": "ada", "name": "lab"}
    with pytest.raises(Failed, match="“ada” is a link"):
        await STEPS.run("settle", arguments)


@pytest_twisted.ensureDeferred
async def test_a_killed_step_fails(tmp_path: Path) -> None:
    """SIGKILL in the middle of a clone is a failure like others."""
    template = wide_template(tmp_path, 3000, 10)

    with pytest.raises(Failed, match="was killed"):
        await STEPS.run(
            "clone", clone(template, tmp_path / "clone"), lambda *_: kill_clones()
        )


@pytest_twisted.ensureDeferred
async def test_a_slow_disk_is_not_waited_for(tmp_path: Path) -> None:
    """A step has its time."""
    template = wide_template(tmp_path, 3000, 10)
    with pytest.raises(Failed, match="took too long"):
        await ChildSteps(REACTOR, 0.01).run(
            "clone", clone(template, tmp_path / "clone")
        )


def used(directory: Path) -> list[Path]:
    """Return what is in *directory*."""
    return list(directory.iterdir())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of 2 MiB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    """The step says so in plain words and leaves nothing half made."""
    template = wide_template(tmp_path, 30, 100_000)
    with pytest.raises(Failed, match="The disk of the node is full") as caught:
        await STEPS.run("clone", clone(template, small_disk / "clone"))
    assert "Remove files" in caught.value.message
    assert used(small_disk) == []
