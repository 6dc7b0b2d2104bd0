"""Projects on a node's disk."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred

from aen.compute.environments.provider import DEFAULT
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.project_state import ProjectState, ProjectStates
from aen.compute.projects import ProjectDirectories
from aen.model.errors import Failed, Invalid
from aen.model.names import EnvironmentName, ProjectPath, parse_project_path
from aen.model.projects import Progress
from tests.compute.fakes import LocalEnvironments, LocalSteps

LAB = parse_project_path("ada", "lab")


@define
class Node:
    """A node's disk and what was reported of it."""

    root: Path
    steps: LocalSteps = field(factory=LocalSteps)
    told: list[Progress] = field(factory=list)

    @property
    def environments(self) -> LocalEnvironments:
        return LocalEnvironments(self.root, self.steps)

    def projects(
        self, environments: LocalEnvironments | None = None, **more: Any
    ) -> ProjectDirectories:
        """Return the node's projects, as after a restart."""
        settings = EnvironmentSettings(skeleton=str(self.root.parent / "skeleton"))
        return ProjectDirectories(
            self.root, settings, environments or self.environments, self.steps, **more
        )

    async def start(self) -> None:
        """Start ada/lab."""
        await self.projects().start(LAB, "p1", (), self.told.append)

    @property
    def staged(self) -> list[str]:
        """What is in staging."""
        return [one.name for one in (self.root / ".staging").iterdir()]

    @property
    def home(self) -> Path:
        return self.root / "ada" / "lab"


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Return a node with a skeleton of one file."""
    (tmp_path / "skeleton" / "public").mkdir(parents=True)
    (tmp_path / "skeleton" / "README.md").write_text("hello")
    (tmp_path / "root").mkdir()
    return Node(tmp_path / "root")


def whole(node: Node) -> bool:
    """Whether ada/lab is as a started project must be."""
    prefix = node.home / "envs" / DEFAULT
    return (
        node.home.stat().st_mode & 0o777 == 0o771
        and (node.home / "public").stat().st_mode & 0o777 == 0o775
        and (prefix / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
        and ProjectStates(node.root).read("p1") == ProjectState("ada/lab")
        and node.staged == []
    )


@pytest_twisted.ensureDeferred
async def test_the_first_start(node: Node) -> None:
    """Skeleton, environment, permissions; each step is told by name."""
    await node.start()
    assert whole(node)
    assert (node.home / "README.md").read_text() == "hello"
    steps = list(dict.fromkeys(one.step for one in node.told))
    assert steps == [
        "Checking the project directory",
        "Making the project directory",
        "Building the environment template",
        "Cloning the environment",
        "Setting permissions",
    ]


@pytest_twisted.ensureDeferred
async def test_later_starts_only_look(node: Node) -> None:
    """One step, nothing replaced: deleted first files do not come back."""
    await node.start()
    (node.home / "README.md").unlink()
    node.home.chmod(0o700)
    node.steps.done.clear()
    await node.start()
    assert node.steps.done == ["check"]
    assert not (node.home / "README.md").exists()
    assert whole(node)


@pytest.mark.parametrize("survived", range(5))
@pytest_twisted.ensureDeferred
async def test_a_crash_between_any_two_steps(survived: int, node: Node) -> None:
    """Nothing half made is seen, and the next start makes it whole."""
    broken = Node(node.root, LocalSteps(survives=survived))
    with pytest.raises(Failed, match="dead"):
        await broken.start()
    assert not node.home.exists()
    await node.start()
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_a_crash_before_anything_was_noted(node: Node) -> None:
    """A project that was finished and not noted is found by the next start."""
    await node.start()
    ProjectStates(node.root).forget("p1")
    await node.start()
    assert whole(node)


@pytest.mark.parametrize("verb", ["make", "clone", "finish"])
@pytest_twisted.ensureDeferred
async def test_a_full_disk_leaves_nothing(verb: str, node: Node) -> None:
    """Not even an empty directory; the next start succeeds."""
    full = Node(node.root, LocalSteps(full=verb))
    with pytest.raises(Failed, match="full"):
        await full.start()
    assert not node.home.exists()
    assert node.staged == []
    await node.start()
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_no_template_no_project(node: Node) -> None:
    """The reason is passed on; trying again really tries again."""
    environments = node.environments
    environments.refusal = Failed("no network", log=("dns error",))
    projects = node.projects(environments)
    with pytest.raises(Failed, match="no network") as caught:
        await projects.start(LAB, "p1", (), node.told.append)
    assert caught.value.log == ("dns error",)
    assert not node.home.exists()
    environments.refusal = None
    await projects.reset(LAB, "p1", (), node.told.append)
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_a_start_that_is_given_up(node: Node) -> None:
    """Nothing is left of it, and the next start does not wait for it."""
    environments = node.environments
    environments.building = Deferred()
    start = Deferred.fromCoroutine(
        node.projects(environments).start(LAB, "p1", (), node.told.append)
    )
    assert node.told[-1].step == "Building the environment template"
    start.cancel()
    with pytest.raises(CancelledError):
        await start
    assert node.staged == []
    await node.start()
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_files_that_are_there_are_kept(node: Node) -> None:
    """A directory brought from elsewhere gets an environment and right modes."""
    node.home.mkdir(parents=True)
    (node.home / "public").mkdir()
    (node.home / "thesis").write_text("ten years")
    (node.home / "thesis").chmod(0o600)
    await node.start()
    assert (node.home / "thesis").read_text() == "ten years"
    assert (node.home / "thesis").stat().st_mode & 0o777 == 0o660
    assert not (node.home / "README.md").exists()
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_a_missing_environment_comes_back(node: Node) -> None:
    """Whoever deletes it gets a new one at the next start."""
    await node.start()
    (node.home / "thesis").write_text("ten years")
    (node.home / "envs").rename(node.root / "gone")
    await node.start()
    assert whole(node)
    assert (node.home / "thesis").exists()


@pytest.mark.parametrize("working", [True, False])
@pytest_twisted.ensureDeferred
async def test_reset_renews_what_does_not_run(working: bool, node: Node) -> None:  # noqa: FBT001
    """An environment that runs is kept with what people installed into it."""
    await node.start()
    (node.home / "thesis").write_text("ten years")
    (node.home / "envs" / DEFAULT / "installed").write_text("by pip")
    environments = node.environments
    environments.working = working
    await node.projects(environments).reset(LAB, "p1", (), node.told.append)
    assert whole(node)
    assert (node.home / "envs" / DEFAULT / "installed").exists() is working
    assert (node.home / "thesis").read_text() == "ten years"


@pytest_twisted.ensureDeferred
async def test_another_active_environment(node: Node) -> None:
    """It stays active while it is there; when it is gone, the default is."""
    await node.start()
    projects, envs = node.projects(), node.home / "envs"
    (envs / DEFAULT).rename(envs / "other")
    ProjectStates(node.root).write("p1", ProjectState("ada/lab", "other"))
    await node.start()
    assert projects.active_name("p1") == "other"
    (envs / "other").rename(node.root / "gone")
    await node.start()
    assert projects.active_name("p1") == DEFAULT
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_environments_are_listed(node: Node) -> None:
    """By name, with Python and packages, the active one marked."""
    assert await node.projects().environments(LAB, "p1") == ()
    await node.start()
    (one,) = await node.projects().environments(LAB, "p1")
    assert (one.name, one.python, one.active) == (DEFAULT, "3.11.2", True)
    assert one.packages == (("six", "1.17.0"),)


@pytest_twisted.ensureDeferred
async def test_removal(node: Node) -> None:
    """Nothing is left, nothing is remembered; a new project begins afresh."""
    await node.start()
    await node.projects().remove(LAB, "p1")
    assert not node.home.exists()
    assert ProjectStates(node.root).read("p1") is None
    assert node.staged == []
    await node.start()
    assert whole(node)


@pytest_twisted.ensureDeferred
async def test_files_elsewhere_are_not_forgotten(node: Node) -> None:
    """A project whose files are at another path is not begun anew."""
    await node.start()
    other = parse_project_path("ada", "renamed")
    with pytest.raises(Failed, match="files of this project are at ada/lab"):
        await node.projects().start(other, "p1", (), node.told.append)
    assert not (node.root / "ada" / "renamed").exists()


@pytest.mark.parametrize("where", ["ada", "ada/lab", "ada/lab/envs"])
@pytest_twisted.ensureDeferred
async def test_links_lead_nowhere(where: str, node: Node) -> None:
    """A link in the way is refused by name and nothing is written behind it."""
    outside = node.root.parent / "outside"
    outside.mkdir()
    (node.root / where).parent.mkdir(parents=True, exist_ok=True)
    (node.root / where).symlink_to(outside)
    with pytest.raises(Failed, match="is a link"):
        await node.start()
    assert list(outside.iterdir()) == []


@pytest_twisted.ensureDeferred
async def test_ids_are_checked_first(node: Node) -> None:
    """Nothing happens for an id that could be a path."""
    projects = node.projects()
    for work in (
        projects.start(LAB, "../p1", (), node.told.append),
        projects.reset(LAB, "../p1", (), node.told.append),
        projects.remove(LAB, "../p1"),
    ):
        with pytest.raises(Invalid):
            await work
    assert node.steps.done == []


@pytest_twisted.ensureDeferred
async def test_the_self_check(node: Node) -> None:
    """A healthy node has nothing to say; a sick one says all of it."""
    environments = node.environments
    assert await node.projects(environments).self_check() == ()
    environments.trouble = ("There is no Python.",)
    (node.root.parent / "skeleton").rename(node.root.parent / "gone")
    messages = await node.projects(environments).self_check()
    assert len(messages) == 2
    assert "skeleton" in messages[1]


@pytest_twisted.ensureDeferred
async def test_a_project_that_is_too_large(node: Node) -> None:
    """It does not start until files are removed; a new one always does."""
    projects = node.projects(quota=2**20)
    await projects.start(LAB, "p1", (), node.told.append)
    (node.home / "data").write_bytes(b"x" * 2**21)
    words = r"uses 0\.0\d+ GiB of the 0\.000977 GiB that it may use; remove files"
    with pytest.raises(Failed, match=words):
        await projects.start(LAB, "p1", (), node.told.append)
    (node.home / "data").unlink()
    await projects.start(LAB, "p1", (), node.told.append)


@pytest_twisted.ensureDeferred
async def test_a_project_that_cannot_be_measured(node: Node) -> None:
    """It starts all the same."""
    await node.start()
    lame = Node(node.root, LocalSteps(full="measure"))
    await lame.projects(quota=1).start(LAB, "p1", (), node.told.append)
    assert "measure" in lame.steps.done


@pytest_twisted.ensureDeferred
async def test_an_environment_more(node: Node) -> None:
    """It is listed beside the default, which stays active."""
    await node.start()
    name = EnvironmentName("other")
    await node.projects().add_environment(LAB, "p1", (), name, node.told.append)
    found = await node.projects().environments(LAB, "p1")
    assert [(one.name, one.active) for one in found] == [
        ("default", True),
        ("other", False),
    ]


@pytest_twisted.ensureDeferred
async def test_who_tries_an_environment(node: Node) -> None:
    """With real accounts it is not the node."""
    await node.start()
    tried: list[Path] = []

    async def works(path: ProjectPath, prefix: Path) -> bool:
        tried.append(prefix)
        return True

    await node.projects(works=works).reset(LAB, "p1", (), node.told.append)
    assert tried == [node.home / "envs" / DEFAULT]
