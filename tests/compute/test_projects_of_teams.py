"""Projects whose teams have rights on the disk, and their bounds."""

from pathlib import Path

import pytest
import pytest_twisted
from attrs import define, field

from aen.compute.environments.provider import DEFAULT
from aen.compute.project_ground import OwnGround
from aen.compute.project_state import ProjectStates
from aen.model.errors import Failed
from aen.model.names import (
    EnvironmentName,
    ProjectPath,
    UserName,
    parse_project_path,
)
from aen.model.projects import Member
from tests.compute.fakes import LocalSteps
from tests.compute.project_node import Node, new_node

LAB = parse_project_path("ada", "lab")


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Give a node without projects."""
    return new_node(tmp_path)


@define
class Shared(OwnGround):
    """A ground where teams have rights, of which only what was asked is noted."""

    asked: list[tuple[str, ...]] = field(factory=list)
    trouble: list[str] = field(factory=list)
    """What goes wrong next."""

    async def settle(
        self,
        path: ProjectPath,
        team: tuple[Member, ...],
        before: tuple[Member, ...] | None,
        *,
        reset: bool,
    ) -> None:
        """Note from which team to which."""
        if self.trouble:
            raise Failed("The node is dead.")
        names = ["nobody knows"] if before is None else [one.user for one in before]
        how = "reset" if reset else "merge"
        self.asked.append((how, *names, "to", *(one.user for one in team)))


BOB, EVE = Member(UserName("bob")), Member(UserName("eve"))


@pytest_twisted.ensureDeferred
async def test_teams_are_remembered(node: Node) -> None:
    """Each start and change is a change of what was applied last."""
    ground = Shared(node.root, node.steps, shared=True)
    projects = node.projects(ground=ground)
    await projects.start(LAB, "p1", (BOB,), node.told.append)
    await projects.start(LAB, "p1", (BOB,), node.told.append)
    await projects.apply_team(LAB, "p1", (BOB, EVE), node.told.append)
    await projects.reset(LAB, "p1", (EVE,), node.told.append)
    ProjectStates(node.root).forget("p1")
    await projects.apply_team(LAB, "p1", (EVE,), node.told.append)
    assert ground.asked == [
        ("merge", "bob", "to", "bob"),
        ("merge", "bob", "to", "bob", "eve"),
        ("reset", "bob", "eve", "to", "eve"),
        ("merge", "eve", "to", "eve"),
        ("reset", "nobody knows", "to", "eve"),
    ]


@pytest_twisted.ensureDeferred
async def test_a_team_that_could_not_be_applied(node: Node) -> None:
    """The next one knows of whom it is not known."""
    ground = Shared(node.root, node.steps, shared=True)
    projects = node.projects(ground=ground)
    await projects.start(LAB, "p1", (BOB,), node.told.append)
    ground.trouble.append("dead")
    with pytest.raises(Failed, match="dead"):
        await projects.apply_team(LAB, "p1", (BOB, EVE), node.told.append)
    ground.trouble.clear()
    await projects.start(LAB, "p1", (BOB,), node.told.append)
    await projects.start(LAB, "p1", (BOB,), node.told.append)
    assert ground.asked == [
        ("merge", "bob", "eve", "to", "bob"),
        ("merge", "bob", "to", "bob"),
    ]


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
