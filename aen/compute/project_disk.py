"""The order of the steps on one project's disk."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.compute.environments.provider import DEFAULT, EnvironmentProvider, Report
from aen.compute.steps import Steps
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

    async def look(self, environment: str, report: Report) -> Found:
        """Say what is there, and keep its door as it must be.

        :raises Failed: a link stands where a directory belongs.
        """
        report(Progress(CHECKING))
        return Found(**await self._run("check", environment=environment))

    async def make(self, report: Report) -> None:
        """Make the project in staging and put it in its place when it is whole.

        :raises Failed: a step did not succeed; nothing is left of it.
        """
        report(Progress(MAKING))
        await self._sweep()
        try:
            await self._staged("make", skeleton=str(self.skeleton))
            await self._clone(Path("project", "envs", DEFAULT), report)
            report(Progress(SETTING))
            await self._run("finish", staging=self.staging)
        except Exception:
            await self._discard()
            raise

    async def renew_environment(self, report: Report, name: str = DEFAULT) -> None:
        """Clone the default environment anew as *name*; what is there goes away.

        :raises Failed: a step did not succeed; what was there is still there.
        """
        await self._sweep()
        try:
            await self._staged("stage")
            await self._clone(Path("environment"), report, name)
            await self._run("place", staging=self.staging, environment=name)
        except Exception:
            await self._discard()
            raise

    async def settle(self, report: Report) -> None:
        """Set the modes of all files to what they are at first."""
        report(Progress(SETTING))
        await self._run("settle")

    async def remove(self) -> None:
        """Take the project off the disk."""
        await self._sweep()
        await self._run("remove", staging=self.staging)

    async def _clone(self, target: Path, report: Report, name: str = DEFAULT) -> None:
        template = await self.environments.ready(DEFAULT, report)
        prefix = self.root / self.path.owner / self.path.name / "envs" / name
        staged = self.root / ".staging" / self.staging / target
        await self.environments.clone(template, staged, prefix, report)

    async def _sweep(self) -> None:
        """Remove what earlier, broken work on this project left in staging."""
        prefix = f"{self.project_id}."  # no id has a dot
        arguments = {"root": str(self.root), "prefix": prefix, "older": 0}
        await self.steps.run("sweep", arguments)

    async def _discard(self) -> None:
        """Leave nothing half made; what cannot go now goes with the next start."""
        with suppress(Failed):
            await self._staged("discard")

    async def _staged(self, verb: str, **more: str) -> None:
        arguments = {"root": str(self.root), "staging": self.staging, **more}
        await self.steps.run(verb, arguments)

    async def _run(self, verb: str, **more: str) -> Any:
        owner, name = self.path.owner, self.path.name
        arguments = {"root": str(self.root), "owner": owner, "name": name, **more}
        return await self.steps.run(verb, arguments)
