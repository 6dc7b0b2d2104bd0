"""Teams of projects: which change of the files' rights each start and change is."""

from pathlib import Path

import pytest
import pytest_twisted
from attrs import field, frozen

from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.project_ground import OwnGround
from aen.compute.project_state import ProjectStates
from aen.compute.projects import ProjectDirectories
from aen.model.errors import Failed
from aen.model.names import ProjectPath, UserName, parse_project_path
from aen.model.projects import Member
from tests.compute.fakes import LocalEnvironments, LocalSteps, unheard

LAB = parse_project_path("ada", "lab")


@frozen
class Shared(OwnGround):
    """A ground where teams have rights, of which only what was asked is noted."""

    asked: list[tuple[str, ...]] = field(factory=list)
    broken: list[str] = field(factory=list)
    """A word makes it so."""

    async def settle(
        self,
        path: ProjectPath,
        team: tuple[Member, ...],
        before: tuple[Member, ...] | None,
        *,
        reset: bool,
    ) -> None:
        """Note from which team to which."""
        if self.broken:
            raise Failed("The node is dead.")
        names = ["nobody knows"] if before is None else [one.user for one in before]
        how = "reset" if reset else "merge"
        self.asked.append((how, *names, "to", *(one.user for one in team)))


@pytest.fixture
def ground(tmp_path: Path) -> Shared:
    """Return the ground of a node with a skeleton."""
    (tmp_path / "skeleton").mkdir()
    (tmp_path / "root").mkdir()
    return Shared(tmp_path / "root", LocalSteps(), shared=True)


def node(ground: Shared) -> ProjectDirectories:
    """Return the node's projects."""
    root, steps = ground.root, ground.steps
    settings = EnvironmentSettings(skeleton=str(root.parent / "skeleton"))
    environments = LocalEnvironments(root, steps)
    return ProjectDirectories(root, settings, environments, steps, ground=ground)


BOB, EVE = Member(UserName("bob")), Member(UserName("eve"))


@pytest_twisted.ensureDeferred
async def test_teams_are_remembered(ground: Shared) -> None:
    """Each start and change is a change of what was applied last."""
    projects = node(ground)
    await projects.start(LAB, "p1", (BOB,), unheard)
    await projects.start(LAB, "p1", (BOB,), unheard)
    await projects.apply_team(LAB, "p1", (BOB, EVE), unheard)
    await projects.reset(LAB, "p1", (EVE,), unheard)
    ProjectStates(ground.root).forget("p1")
    await projects.apply_team(LAB, "p1", (EVE,), unheard)
    assert ground.asked == [
        ("merge", "bob", "to", "bob"),
        ("merge", "bob", "to", "bob", "eve"),
        ("reset", "bob", "eve", "to", "eve"),
        ("merge", "eve", "to", "eve"),
        ("reset", "nobody knows", "to", "eve"),
    ]


@pytest_twisted.ensureDeferred
async def test_a_team_that_could_not_be_applied(ground: Shared) -> None:
    """The next one knows of whom it is not known."""
    projects = node(ground)
    await projects.start(LAB, "p1", (BOB,), unheard)
    ground.broken.append("dead")
    with pytest.raises(Failed, match="dead"):
        await projects.apply_team(LAB, "p1", (BOB, EVE), unheard)
    ground.broken.clear()
    await projects.start(LAB, "p1", (BOB,), unheard)
    await projects.start(LAB, "p1", (BOB,), unheard)
    assert ground.asked == [
        ("merge", "bob", "eve", "to", "bob"),
        ("merge", "bob", "to", "bob"),
    ]
