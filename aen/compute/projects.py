"""Projects on this node's disk: made at the first start, kept right at every other.

In single-user mode, as here, all of it belongs to the account that runs the node, and
the team has no say on the disk: whoever may open the project works as that account.
"""

import secrets
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from aen.compute.disk_check import disk_problems, skeleton_problems
from aen.compute.environments.provider import DEFAULT, EnvironmentProvider, Report
from aen.compute.environments.settings import EnvironmentSettings, skeleton_directory
from aen.compute.project_disk import ProjectDisk
from aen.compute.project_state import ProjectState, ProjectStates, check_id
from aen.compute.steps import Steps
from aen.model.errors import Failed
from aen.model.names import EnvironmentName, ProjectPath
from aen.model.projects import Member


@frozen
class Environment:
    """One environment of a project, as its files tell."""

    name: EnvironmentName
    python: str
    packages: tuple[tuple[str, str], ...]
    """Name and version of each."""

    active: bool
    provider: str = "builtin"
    by_pip: tuple[tuple[str, str], ...] = ()
    """Those of `packages` that pip put into a conda environment."""


class ProjectDirectories:
    """The projects below one project root.

    Whoever calls does one thing at a time for each project: see `ProjectWork`.
    """

    def __init__(
        self,
        root: Path,
        settings: EnvironmentSettings,
        environments: EnvironmentProvider,
        steps: Steps,
        new_token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._root = root.absolute()  # steps run elsewhere
        self._settings = settings
        self._environments = environments
        self._steps = steps
        self._new_token = new_token
        self._states = ProjectStates(self._root)

    def home(self, path: ProjectPath) -> Path:
        """Return the project's directory."""
        return self._root / path.owner / path.name

    def active_name(self, project_id: str) -> EnvironmentName:
        """Return the name of the active environment."""
        state = self._states.read(project_id)
        return EnvironmentName(state.active if state else DEFAULT)

    def environment(self, path: ProjectPath, name: EnvironmentName) -> Path:
        """Return the prefix of an environment of the project."""
        return self.home(path) / "envs" / name

    async def environments(
        self, path: ProjectPath, project_id: str
    ) -> tuple[Environment, ...]:
        """Return the project's environments; none before the first start."""
        found = await self._steps.run(
            "environments",
            {"root": str(self._root), "owner": path.owner, "name": path.name},
        )
        active = self.active_name(project_id)
        return tuple(
            Environment(
                EnvironmentName(one["name"]),
                one["python"],
                tuple((name, version) for name, version in one["packages"]),
                one["name"] == active,
                one["provider"],
                tuple((name, version) for name, version in one.get("by_pip", ())),
            )
            for one in found
        )

    async def start(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Make the project ready to work in; a later call finds it ready.

        What an earlier start left half made is made whole; files are never lost.

        :raises Failed: a step did not succeed.
        """
        disk, state = self._disk(path, project_id), self._known(path, project_id)
        found = await disk.look(state.active if state else DEFAULT, report)
        if state and found.project and not found.environment:
            state = ProjectState(str(path))
            found = await disk.look(DEFAULT, report)
        if not found.project:
            await disk.make(report)
        elif not found.environment:
            await disk.renew_environment(report)
        if found.project and not state:
            await disk.settle(report)
        self._states.write(project_id, state or ProjectState(str(path)))

    async def add_environment(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        name: EnvironmentName,
        report: Report,
    ) -> None:
        """Put another environment into the project, cloned from the default.

        :raises Failed: it cannot be made; nothing is left of it.
        """
        self._known(path, project_id)
        await self._disk(path, project_id).renew_environment(report, name)

    async def reset(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Start from what is there: permissions and the environment made anew.

        The default environment is cloned again when it does not run; people's own
        files stay.

        :raises Failed: a step did not succeed.
        """
        self._known(path, project_id)
        disk = self._disk(path, project_id)
        found = await disk.look(DEFAULT, report)
        if found.project:
            await disk.settle(report)
            prefix = self.environment(path, EnvironmentName(DEFAULT))
            if found.environment and not await self._environments.works(prefix):
                await disk.renew_environment(report)
        await self.start(path, project_id, team, report)

    async def remove(self, path: ProjectPath, project_id: str) -> None:
        """Take the project and all its files off the disk.

        :raises Failed: something could not be removed; trying again goes on.
        """
        await self._disk(path, project_id).remove()
        self._states.forget(project_id)

    async def self_check(self) -> tuple[str, ...]:
        """Return what is wrong with this node's disk and tools, a sentence each."""
        found = await self._steps.run("survey", {"root": str(self._root)})
        return (
            *await self._environments.problems(),
            *skeleton_problems(skeleton_directory(self._settings)),
            *disk_problems(self._root, self._settings, found),
        )

    async def sweep(self) -> None:
        """Remove what starts that broke long ago left in staging."""
        older = self._settings.stale_after
        arguments = {"root": str(self._root), "prefix": "", "older": older}
        await self._steps.run("sweep", arguments)

    def _known(self, path: ProjectPath, project_id: str) -> ProjectState | None:
        """Return what is remembered, unless the files are somewhere else."""
        state = self._states.read(project_id)
        if state is None or state.path == str(path):
            return state
        if (self._root / state.path).is_dir():
            raise Failed(
                f"The files of this project are at {state.path} on the node, not at"
                f" {path}; ask the administrator to move them."
            )
        return None

    def _disk(self, path: ProjectPath, project_id: str) -> ProjectDisk:
        return ProjectDisk(
            self._root,
            path,
            check_id(project_id),
            f"{project_id}.{self._new_token()}",
            skeleton_directory(self._settings),
            self._environments,
            self._steps,
        )
