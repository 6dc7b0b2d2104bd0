"""Packages of conda environments."""

import json
import os
from pathlib import Path

import pytest
import pytest_twisted
from attrs import define, field

from aen.compute.disk.listing import environments
from aen.compute.environments.condapackages import (
    CondaPackages,
    bounded,
    read_found,
)
from aen.compute.environments.provider import FoundOne, Listed
from aen.compute.environments.tool import Hands, OwnTool
from aen.model.errors import Failed, Invalid
from aen.model.names import UserName, parse_project_path
from tests.compute.conda_world import REACTOR, CondaWorld
from tests.compute.digests import names_in
from tests.compute.fakes import unheard

pytestmark = pytest.mark.system


@define(eq=False)
class Lab:
    """A project with a conda environment, and ada's hands in it."""

    world: CondaWorld
    heard: list[str] = field(factory=list)

    @property
    def packages(self) -> CondaPackages:
        """What is tested."""
        return CondaPackages(self.world.provider)

    @property
    def home(self) -> Path:
        """The project's directory."""
        return self.world.root / "ada" / "lab"

    @property
    def prefix(self) -> Path:
        """The environment."""
        return self.home / "envs" / "default"

    @property
    def hands(self) -> Hands:
        """Whose hands."""
        world = self.world
        tool = OwnTool(REACTOR, world.root, world.directory / "homes", 60.0)
        path = parse_project_path("ada", "lab")
        return Hands(tool, UserName("ada"), path, self.home, self.heard.append)

    async def make(self) -> None:
        """Clone the template into the project."""
        provider = self.world.provider
        template = await provider.ready("default", unheard)
        self.prefix.parent.mkdir(parents=True)
        await provider.clone(template, self.prefix, self.prefix, unheard)

    @property
    def listed(self) -> dict[str, str]:
        """What the environment has."""
        (found,) = environments(str(self.world.root), "ada", "lab")
        return dict(found["packages"])  # type: ignore[call-overload, no-any-return]


@pytest.fixture(params=["scripted", "real"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    """Return a project by the scripted conda, then one by the real one."""
    return Lab(CondaWorld(tmp_path, real=request.param == "real"))


@pytest_twisted.ensureDeferred
async def test_install_update_remove(lab: Lab) -> None:
    """The tool's words are heard; the listing follows."""
    await lab.make()
    assert lab.listed == {"ipykernel": "3.11.4", "python": "3.11.4", "tiny": "1.0"}
    await lab.packages.install(lab.hands, lab.prefix, ("tinier",))
    assert lab.listed["tinier"] == "0.1"
    text = (lab.prefix / "share/tinier/text").read_text()
    assert text == f"{lab.prefix}/share"
    await lab.packages.update(lab.hands, lab.prefix, ("tiny",))
    assert lab.listed["tiny"] == "2.0"
    await lab.packages.remove(lab.hands, lab.prefix, ("tinier",))
    assert "tinier" not in lab.listed
    assert not (lab.prefix / "share" / "tinier" / "text").exists()


@pytest_twisted.ensureDeferred
async def test_in_a_copy_that_takes_the_place(lab: Lab) -> None:
    """As changes are made: what conda bakes in is the place's path afterwards."""
    await lab.make()
    staged, named = ".aen-0123456", {"source": "default", "name": "default"}
    copied = await lab.hands.step("copy", **named, staged=staged)
    await lab.packages.install(lab.hands, lab.home / staged, ("tinier",))
    place = {"name": "default", "staged": staged, "mark": copied["mark"]}
    await lab.hands.step("end", **place, new=False)
    assert lab.listed["tinier"] == "0.1"
    binary = (lab.prefix / "share/tinier/binary").read_bytes()
    assert binary.startswith(b"\0" + os.fsencode(lab.prefix) + b"/lib\0")
    await lab.packages.remove(lab.hands, lab.prefix, ("tinier",))
    assert names_in(lab.home) == ["envs"]


@pytest_twisted.ensureDeferred
async def test_what_fails_says_why(lab: Lab) -> None:
    """In words, with the tool's last lines."""
    await lab.make()
    with pytest.raises(Failed, match="in none of the channels") as caught:
        await lab.packages.install(lab.hands, lab.prefix, ("nosuch",))
    assert caught.value.log
    with pytest.raises(Invalid):
        await lab.packages.remove(lab.hands, lab.prefix, ("tiny=1.0",))
    assert lab.packages.check(("tiny =1.0",), lab.home) == ("tiny=1.0",)


@pytest_twisted.ensureDeferred
async def test_create_and_clone(lab: Lab) -> None:
    """From what a file asks for, with what notebooks need; from another one."""
    await lab.make()
    staged = lab.home / ".aen-012345678"
    await lab.packages.create(lab.hands, staged, "dependencies:\n- tiny=1.0\n")
    await lab.hands.step("end", name="from-file", staged=staged.name, mark=0, new=True)
    prefix = lab.home / "envs" / "from-file"
    assert (prefix / "share/tiny/text").read_text() == f"{prefix}/share"
    assert (prefix / "share" / "ipykernel").exists()
    staged = lab.home / ".aen-012"
    await lab.packages.clone(lab.hands, "from-file", "two", staged)
    await lab.hands.step("end", name="two", staged=".aen-012", mark=0, new=True)


@pytest_twisted.ensureDeferred
async def test_search(lab: Lab) -> None:
    """The very one first, the newest version first."""
    await lab.make()
    found = await lab.packages.search("Tin")
    assert found == (FoundOne("tinier", ("0.1",)), FoundOne("tiny", ("2.0", "1.0")))
    assert (await lab.packages.search("tiny"))[0].name == "tiny"
    assert await lab.packages.search("nosuch") == ()
    with pytest.raises(Invalid, match="beginning of a package's name"):
        await lab.packages.search("a b")


@pytest_twisted.ensureDeferred
async def test_pip_does_the_pip_part(tmp_path: Path) -> None:
    """After conda, with the environment's own; its failure is told."""
    lab = Lab(CondaWorld(tmp_path, real=False))
    await lab.make()
    file = "channels:\n- forge\ndependencies:\n- tiny\n- pip:\n  - six==1.17.0\n"
    with pytest.raises(Failed, match="environment could not be made"):
        await lab.packages.create(lab.hands, lab.home / ".aen-x", "nosuch==1\n")
    with pytest.raises(Failed, match="environment could not be made"):
        await lab.packages.create(lab.hands, lab.home / ".aen-y", file)
    words = next(call[0] for call in lab.world.calls if "forge" in call[0])
    assert words[5:] == ["-c", "forge", "python", "tiny", "ipykernel", "pip"]


@pytest_twisted.ensureDeferred
async def test_a_clone_by_addresses(tmp_path: Path) -> None:
    """Where the program cannot clone."""
    lab = Lab(CondaWorld(tmp_path, real=False))
    lab.world.mode("no-clone")
    await lab.make()
    await lab.packages.clone(lab.hands, "default", "two", lab.home / ".aen-012")
    assert (lab.home / ".aen-012" / "share" / "tiny").is_dir()


def test_export() -> None:
    """A file that creates the same: conda's, and what pip put there."""
    packages = (("python", "3.11.4"), ("six", "1.17.0"), ("numpy", "1.26.4"))
    listed = Listed("lab", "3.11.4", packages, (("six", "1.17.0"),))
    name, text = CondaPackages.export(None, listed)  # type: ignore[arg-type]
    assert name == "environment.yml"
    assert text == (
        "name: lab\ndependencies:\n- numpy=1.26.4\n- python=3.11.4\n- pip:\n"
        "  - six==1.17.0\n"
    )


def test_answers_of_searches() -> None:
    """Conda's and mamba's; noise before, errors, nonsense."""
    conda = {"a": [{"name": "a", "version": "1"}, {"name": "a", "version": "2"}]}
    mamba = {"result": {"pkgs": [{"name": "a", "version": "1"}]}}
    assert read_found(["Loading", *json.dumps(conda, indent=1).splitlines()]) == {
        "a": ["1", "2"]
    }
    assert read_found([json.dumps(mamba)]) == {"a": ["1"]}
    assert read_found(['{"exception_name": "PackagesNotFoundError"}']) == {}
    assert read_found(['{"error": "CondaHTTPError"}']) is None
    assert read_found(["nonsense"]) is None


def test_a_flood_is_cut() -> None:
    """Memory is bounded."""
    said: list[str] = []
    hear = bounded(said)
    for _ in range(40):
        hear("x" * 1024 * 1024)
    assert len(said) == 31
