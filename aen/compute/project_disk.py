"""The order of the steps on one project's disk."""

from contextlib import suppress
from pathlib import Path

from attrs import frozen

from aen.compute.environments.provider import DEFAULT, EnvironmentProvider, Report
from aen.compute.programs.steps import Steps
from aen.compute.programs.team import Team
from aen.compute.project_ground import Ground
from aen.model.errors import Failed
from aen.model.names import ProjectPath
from aen.model.projects import Progress

CHECKING = "Checking the project directory"
MAKING = "Making the project directory"
SETTING = "Setting permissions"


@frozen
class Found:
    """Whether a project and the environment asked for are there."""

    project: bool
    environment: bool


@frozen
class ProjectDisk:
    """One project, for the duration of one start, reset or removal."""

    root: Path
    path: ProjectPath
    project_id: str
    staging: str
    """The name of this work's directory in staging; begins with the project's id."""

    skeleton: Path
    environments: EnvironmentProvider
    steps: Steps
    """For what is staged: the node's own."""
    ground: Ground
    """For what is in its place."""
    team: Team = ()

    async def look(self, environment: str, report: Report) -> Found:
        """Say what is there, and keep its door as it must be.

        :raises Failed: a link stands where a directory belongs.
        """
        report(Progress(CHECKING))
        return Found(**await self.ground.check(self.path, environment, self.team))

    async def make(self, report: Report) -> None:
        """Make the project in staging and put it in its place when it is whole.

        :raises Failed: a step did not succeed; nothing is left of it.
        """
        report(Progress(MAKING))
        try:
            await self._staged("make", skeleton=str(self.skeleton))
            await self._clone(Path("project", "envs", DEFAULT), report)
            report(Progress(SETTING))
            await self.ground.finish(self.path, self.staging, self.team)
        except Exception:
            await self._discard()
            raise

    async def renew_environment(self, report: Report, name: str = DEFAULT) -> None:
        """Clone the default environment anew as *name*; what is there goes away.

        :raises Failed: a step did not succeed; what was there is still there.
        """
        try:
            await self._staged("stage")
            await self._clone(Path("environment"), report, name)
            await self.ground.place(self.path, self.staging, name, self.team)
        except Exception:
            await self._discard()
            raise

    async def settle(
        self, report: Report, before: Team | None = None, *, reset: bool
    ) -> None:
        """Set the rights of all files as the team has them.

        :param before: the team whose rights they have; None: nobody knows.
        :param reset: whether what people set themselves goes too.
        """
        report(Progress(SETTING))
        await self.ground.settle(self.path, self.team, before, reset=reset)

    async def remove(self) -> None:
        """Take the project off the disk, and what broken work on it left in staging."""
        prefix = f"{self.project_id}."  # no id has a dot
        arguments = {"root": str(self.root), "prefix": prefix, "older": 0}
        await self.steps.run("sweep", arguments)
        await self.ground.remove(self.path, self.staging)

    async def _clone(self, target: Path, report: Report, name: str = DEFAULT) -> None:
        template = await self.environments.ready(DEFAULT, report)
        prefix = self.root / self.path.owner / self.path.name / "envs" / name
        staged = self.root / ".staging" / self.staging / target
        await self.environments.clone(template, staged, prefix, report)

    async def _discard(self) -> None:
        """Leave nothing half made; what cannot go now goes with the next start."""
        with suppress(Failed):
            await self._staged("discard")

    async def _staged(self, verb: str, **more: str) -> None:
        arguments = {"root": str(self.root), "staging": self.staging, **more}
        await self.steps.run(verb, arguments)
