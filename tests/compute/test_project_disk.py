"""The order of the steps on one project's disk."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.provider import CLONING
from aen.compute.programs.steps import ChildSteps, Steps
from aen.compute.project_disk import ProjectDisk
from aen.compute.project_ground import OwnGround
from aen.model.errors import Failed
from aen.model.names import parse_project_path
from aen.model.projects import Progress
from tests.compute.fakes import (
    LocalEnvironments,
    LocalSteps,
    kill_clones,
    small_template,
    unheard,
)

REACTOR: Any = reactor
LAB = parse_project_path("ada", "lab")


def disk(tmp_path: Path, steps: Steps) -> ProjectDisk:
    """Return ada/lab on a root below *tmp_path*."""
    root, skeleton = tmp_path / "root", tmp_path / "skeleton"
    root.mkdir(exist_ok=True)
    skeleton.mkdir(exist_ok=True)
    environments = LocalEnvironments(root, steps)
    ground = OwnGround(root, steps)
    return ProjectDisk(root, LAB, "p1", "p1.a", skeleton, environments, steps, ground)


@pytest_twisted.ensureDeferred
async def test_the_door_is_opened_last(tmp_path: Path) -> None:
    """Nobody gets in before everything is there."""
    steps = LocalSteps()
    await disk(tmp_path, steps).make(unheard)
    assert steps.done == ["make", "clone", "finish"]


@pytest_twisted.ensureDeferred
async def test_another_environment(tmp_path: Path) -> None:
    """Beside the first, knowing itself by its own place."""
    await disk(tmp_path, LocalSteps()).make(unheard)
    await disk(tmp_path, LocalSteps()).renew_environment(unheard, "other")
    envs = tmp_path / "root" / "ada" / "lab" / "envs"
    assert sorted(one.name for one in envs.iterdir()) == ["default", "other"]
    text = (envs / "other" / "bin" / "tool").read_text()
    assert text == f"#!{envs}/other/bin/python\n"


@pytest_twisted.ensureDeferred
async def test_an_environment_that_cannot_be_renewed_stays(tmp_path: Path) -> None:
    """The old one goes when the new one is there, not before."""
    await disk(tmp_path, LocalSteps()).make(unheard)
    prefix = tmp_path / "root" / "ada" / "lab" / "envs" / "default"
    (prefix / "installed").write_text("by pip")
    steps = LocalSteps(full="clone")
    with pytest.raises(Failed, match="full"):
        await disk(tmp_path, steps).renew_environment(unheard)
    assert (prefix / "installed").exists()
    assert steps.done[-1] == "discard"


@pytest_twisted.ensureDeferred
async def test_another_environment_has_its_own_place(tmp_path: Path) -> None:
    """Beside the first one, which stays; inside it says where it is."""
    made = disk(tmp_path, LocalSteps())
    await made.make(unheard)
    await made.renew_environment(unheard, "r2")
    prefix = tmp_path / "root" / "ada" / "lab" / "envs" / "r2"
    assert (prefix / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
    assert (prefix.parent / "default").is_dir()


@pytest_twisted.ensureDeferred
async def test_the_first_reason_is_told(tmp_path: Path) -> None:
    """When cleaning up fails too, people hear what went wrong first."""
    with pytest.raises(Failed, match="dead"):
        await disk(tmp_path, LocalSteps(survives=2)).make(unheard)


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_a_killed_clone(tmp_path: Path) -> None:
    """SIGKILL in the middle leaves nothing in sight; the next start is whole."""
    template = small_template(tmp_path / "root" / ".envs" / "default-1")
    for number in range(5000):
        (template / f"file-{number}").write_text("x")

    def kill(progress: Progress) -> None:
        if progress.step == CLONING and progress.total:
            kill_clones()

    steps = ChildSteps(REACTOR, 60)
    with pytest.raises(Failed, match="was killed"):
        await disk(tmp_path, steps).make(kill)
    assert not (tmp_path / "root" / "ada").exists()
    await disk(tmp_path, steps).make(unheard)
    prefix = tmp_path / "root" / "ada" / "lab" / "envs" / "default"
    assert (prefix / "file-4999").samefile(template / "file-4999")
