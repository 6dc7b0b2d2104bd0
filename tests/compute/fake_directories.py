"""The files of projects, of which nothing is on a disk."""

from pathlib import Path

from attrs import define, field
from twisted.internet.defer import Deferred

from aen.compute.environments.provider import Report
from aen.compute.projects import Environment
from aen.model.errors import Failed
from aen.model.names import EnvironmentName, ProjectPath
from aen.model.projects import Member, Progress

Team = tuple[Member, ...]


@define
class FakeProjects:
    """Projects that have one environment and nothing in it."""

    root: Path

    def home(self, path: ProjectPath) -> Path:
        """Return the project's directory."""
        return self.root / path.owner / path.name

    def environment(self, path: ProjectPath, name: EnvironmentName) -> Path:
        """Return an environment's prefix."""
        return self.home(path) / "envs" / name

    def active_name(self, project_id: str) -> EnvironmentName:
        """Return the active environment."""
        return EnvironmentName("default")

    async def environments(
        self, path: ProjectPath, project_id: str
    ) -> tuple[Environment, ...]:
        """Return the one environment."""
        name = EnvironmentName("default")
        return (
            Environment(
                name, "3.11.2", (("ipykernel", "7.0"), ("pip", "24.0")), active=True
            ),
        )


@define(eq=False)
class FakeDirectories(FakeProjects):
    """Notes what is done; a start waits for the test if that says so."""

    did: list[str] = field(factory=list)
    there: bool = True
    """Whether the projects have files."""
    gate: Deferred[None] | None = None
    """What starts wait for."""

    async def start(
        self, path: ProjectPath, project_id: str, team: Team, report: Report
    ) -> None:
        """Report two steps; a project that is called “full” does not start."""
        self.did.append("start")
        report(Progress("One"))
        if path.name == "full":
            raise Failed("The disk is full.", log=("no space",))
        if self.gate is not None:
            await self.gate
        report(Progress("Two", 1, 2))

    async def reset(
        self, path: ProjectPath, project_id: str, team: Team, report: Report
    ) -> None:
        """Note it."""
        self.did.append("reset")

    async def remove(self, path: ProjectPath, project_id: str) -> None:
        """Note it."""
        self.did.append("remove")

    async def narrow(self, path: ProjectPath, project_id: str, team: Team) -> bool:
        """Note it; there are files unless told otherwise."""
        self.did.append("narrow")
        return self.there

    async def apply_team(
        self, path: ProjectPath, project_id: str, team: Team, report: Report
    ) -> None:
        """Note for whom."""
        self.did.append(" ".join(["team", *(one.user for one in team)]))

    async def duplicate(
        self,
        path: ProjectPath,
        project_id: str,
        team: Team,
        source: ProjectPath,
        source_id: str,
        report: Report,
    ) -> None:
        """Note what goes where."""
        self.did.append(f"copy {source} {source_id} to {path} {project_id}")

    async def move(
        self,
        path: ProjectPath,
        before: ProjectPath,
        project_id: str,
        team: Team,
        report: Report,
    ) -> None:
        """Note what goes where."""
        self.did.append(f"move {before} to {path}")

    async def add_environment(
        self,
        path: ProjectPath,
        project_id: str,
        team: Team,
        name: EnvironmentName,
        report: Report,
    ) -> None:
        """Note its name."""
        self.did.append(f"add {name}")
