"""What an app finds when it starts."""

import json
from pathlib import Path

import pytest
import pytest_twisted
from attrs import define, evolve

from aen.compute.command import NodeValues
from aen.compute.preparing import OwnHomes, Preparation, Wanted
from aen.compute.projects import Environment
from aen.model.apps import Manifest
from aen.model.errors import Failed
from aen.model.names import (
    EnvironmentName,
    ProjectPath,
    UserName,
    parse_project_path,
)
from tests.compute.fake_directories import FakeProjects

PLAIN = Manifest("plain", "Plain", ("run", "%(socket)s"))
LAB = Manifest("lab", "Lab", ("%(jupyter)s/bin/lab", "%(socket)s"))


def wanted(tmp_path: Path, port: int = 0) -> Wanted:
    """Return a launch that has a private directory."""
    private = tmp_path / "private"
    private.mkdir(exist_ok=True)
    path = parse_project_path("ada", "lab")
    return Wanted("l1", "p1", path, UserName("bob"), private, port, token="t0ken")


def test_a_token_is_not_shown(tmp_path: Path) -> None:
    """What is logged of a launch that is prepared has no secret in it."""
    assert "t0ken" not in repr(wanted(tmp_path))


def preparation(tmp_path: Path, *, fails: bool = False) -> Preparation:
    """Return a node's preparation, with or without Jupyter."""

    async def jupyter() -> Path:
        if fails:
            raise Failed("The environment template could not be built.")
        return Path("/jupyter")

    return Preparation(
        FakeProjects(tmp_path), jupyter, OwnHomes(tmp_path / "homes"), NodeValues("py")
    )


@pytest_twisted.ensureDeferred
async def test_values_and_home(tmp_path: Path) -> None:
    """Each user has a home directory of their own, which only the account enters."""
    made = preparation(tmp_path, fails=True)
    found = await made.prepare(PLAIN, wanted(tmp_path))
    values = found.values
    assert values.home == str(tmp_path / "homes/bob")
    assert (tmp_path / "homes/bob").stat().st_mode & 0o077 == 0
    assert values.project_home == str(tmp_path / "ada/lab")
    assert values.environment == str(tmp_path / "ada/lab/envs/default")
    assert values.socket == str(tmp_path / "private/app.sock")
    assert found.node.jupyter == ""
    assert found.files == {}
    values = (await made.prepare(PLAIN, wanted(tmp_path, port=4711))).values
    assert (values.socket, values.port) == ("", 4711)


@pytest_twisted.ensureDeferred
async def test_jupyter_gets_the_projects_kernels(tmp_path: Path) -> None:
    """Only an app that asks for Jupyter waits for it, and finds the kernels."""
    made = preparation(tmp_path)
    found = await made.prepare(LAB, wanted(tmp_path))
    assert found.node.jupyter == "/jupyter"
    spec = json.loads(found.files["kernels/default/kernel.json"])
    assert spec["argv"][0] == str(tmp_path / "ada/lab/envs/default/bin/python")


@define
class WithoutKernel(FakeProjects):
    """Projects whose environment has no kernel in it."""

    async def environments(
        self, path: ProjectPath, project_id: str
    ) -> tuple[Environment, ...]:
        """Return the one environment."""
        name = EnvironmentName("default")
        return (Environment(name, "3.11.2", (("pip", "24.0"),), active=True),)


@pytest_twisted.ensureDeferred
async def test_what_has_no_kernel_is_not_offered(tmp_path: Path) -> None:
    """A kernel that cannot start would only fail when it is chosen."""
    made = evolve(preparation(tmp_path), projects=WithoutKernel(tmp_path))
    await made.prepare(LAB, wanted(tmp_path))
    assert not (tmp_path / "private" / "kernels").exists()


@pytest_twisted.ensureDeferred
async def test_no_jupyter_is_a_failure_in_words(tmp_path: Path) -> None:
    """What keeps the template from being built is what people read."""
    with pytest.raises(Failed, match="could not be built"):
        await preparation(tmp_path, fails=True).prepare(LAB, wanted(tmp_path))
