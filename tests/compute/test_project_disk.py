"""The order of the steps on one project's disk."""

from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.project_disk import ProjectDisk
from aen.model.errors import Failed
from aen.model.names import parse_project_path
from aen.model.projects import Progress
from tests.compute.fakes import LocalEnvironments, LocalSteps

LAB = parse_project_path("ada", "lab")


def disk(tmp_path: Path, steps: LocalSteps) -> ProjectDisk:
    """Return ada/lab on a root below *tmp_path*."""
    root, skeleton = tmp_path / "root", tmp_path / "skeleton"
    root.mkdir(exist_ok=True)
    skeleton.mkdir(exist_ok=True)
    environments = LocalEnvironments(root, steps)
    return ProjectDisk(root, LAB, "p1", "p1.a", skeleton, environments, steps)


def unheard(_: Progress) -> None:
    """Take a report."""


@pytest_twisted.ensureDeferred
async def test_the_door_is_opened_last(tmp_path: Path) -> None:
    """Nobody gets in before everything is there."""
    steps = LocalSteps()
    await disk(tmp_path, steps).make(unheard)
    assert steps.done == ["sweep", "make", "clone", "finish"]


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
async def test_the_first_reason_is_told(tmp_path: Path) -> None:
    """When cleaning up fails too, people hear what went wrong first."""
    with pytest.raises(Failed, match="dead"):
        await disk(tmp_path, LocalSteps(survives=2)).make(unheard)
