"""Projects on the disk of one node, for tests."""

from pathlib import Path
from typing import Any

from attrs import define, field

from aen.compute.environments.provider import DEFAULT
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.project_state import ProjectState, ProjectStates
from aen.compute.projects import ProjectDirectories
from aen.model.names import (
    parse_project_path,
)
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


def new_node(tmp_path: Path) -> Node:
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
