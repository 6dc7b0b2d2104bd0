"""Projects on a node's disk."""

from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred

from aen.compute.environments.provider import DEFAULT
from aen.compute.project_state import ProjectState, ProjectStates
from aen.model.errors import Failed, Invalid
from aen.model.names import (
    EnvironmentName,
    parse_project_path,
)
from tests.compute.fakes import LocalSteps
from tests.compute.project_node import Node, new_node, whole

LAB = parse_project_path("ada", "lab")


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Give a node without projects."""
    return new_node(tmp_path)


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


@pytest.mark.parametrize("survived", range(4))
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
async def test_another_environment(node: Node) -> None:
    """A clone of the default under a name of its own; by the node's provider."""
    await node.start()
    projects = node.projects()
    name = EnvironmentName("r2")
    await projects.add_environment(LAB, "p1", (), name, node.told.append)
    found = await projects.environments(LAB, "p1")
    assert [(one.name, one.active, one.provider) for one in found] == [
        (DEFAULT, True, "builtin"),
        ("r2", False, "builtin"),
    ]
    assert whole(node)


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
