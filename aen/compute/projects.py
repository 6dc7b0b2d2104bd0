"""Projects on this node's disk: made at the first start, kept right at every other.

In single-user mode all of it belongs to the account that runs the node, and the team
has no say on the disk: whoever may open the project works as that account. With real
accounts it belongs to its owner and the team works in it by name. `Ground` is the seam.
"""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from attrs import evolve, frozen
from twisted.logger import Logger

from aen.compute.disk_check import disk_problems, skeleton_problems
from aen.compute.environments.provider import DEFAULT, EnvironmentProvider, Report
from aen.compute.environments.settings import EnvironmentSettings, skeleton_directory
from aen.compute.moves import Moves, demand_free, parse_path, where
from aen.compute.programs.steps import Steps
from aen.compute.programs.team import Team
from aen.compute.project_disk import ProjectDisk
from aen.compute.project_ground import Ground, Measured, OwnGround
from aen.compute.project_state import ProjectState, ProjectStates, check_id
from aen.model.errors import Failed
from aen.model.names import EnvironmentName, ProjectPath
from aen.model.projects import Progress

_GIB = 1024**3
COPYING = "Copying the files"

Works = Callable[[ProjectPath, Path], Awaitable[bool]]
"""Whether the environment of a project, at a prefix, can run."""


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

    _log = Logger()

    def __init__(  # noqa: PLR0913 -- what differs by node is named
        self,
        root: Path,
        settings: EnvironmentSettings,
        environments: EnvironmentProvider,
        steps: Steps,
        new_token: Callable[[], str] = lambda: secrets.token_hex(8),
        *,
        ground: Ground | None = None,
        quota: int = 0,
        works: Works | None = None,
    ) -> None:
        """Take what projects stand on.

        :param steps: the node's own; *ground* has those for what is in its place.
        :param quota: bytes after which a project is not started; 0: any number.
        :param works: tries an environment as who may run it; default: as the node.
        """
        self._root = root.absolute()  # steps run elsewhere
        self._settings = settings
        self._environments = environments
        self._steps = steps
        self._new_token = new_token
        self._ground = ground or OwnGround(self._root, steps)
        self._quota = quota
        self._works = works or self._works_here
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
        found = await self._ground.environments(path)
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
        team: Team,
        report: Report,
    ) -> None:
        """Make the project ready to work in; a later call finds it ready.

        What an earlier start left half made is made whole; files are never lost.

        :raises Failed: a step did not succeed.
        """
        disk = self._disk(path, project_id, team)
        state = self._known(path, project_id)
        found = await disk.look(state.active if state else DEFAULT, report)
        if found.project:
            await self._demand_room(path)
            if state is None:
                demand_free(self._states, path, project_id)
        if state and found.project and not found.environment:
            state = evolve(state, active=DEFAULT)
            found = await disk.look(DEFAULT, report)
        if not found.project:
            await disk.make(report)
        elif not found.environment:
            await disk.renew_environment(report)
        known = state or ProjectState(str(path))
        if found.project:
            await self._settle(disk, project_id, known, report, reset=state is None)
        else:
            self._write(project_id, known, team)

    async def narrow(self, path: ProjectPath, project_id: str, team: Team) -> bool:
        """Let nobody in who is not of the team; say whether there is a project.

        :raises Failed: the door could not be set.
        """
        check_id(project_id)
        return await self._ground.narrow(path, team)

    async def apply_team(
        self, path: ProjectPath, project_id: str, team: Team, report: Report
    ) -> None:
        """Let the files of a project that is there follow its team.

        :raises Failed: the rights of all files could not be set; again goes on.
        """
        state = self._known(path, project_id)
        if self._ground.shared:
            disk = self._disk(path, project_id, team)
            known = state or ProjectState(str(path))
            await self._settle(disk, project_id, known, report, reset=state is None)

    async def add_environment(
        self,
        path: ProjectPath,
        project_id: str,
        team: Team,
        name: EnvironmentName,
        report: Report,
    ) -> None:
        """Put another environment into the project, cloned from the default.

        :raises Failed: it cannot be made; nothing is left of it.
        """
        self._known(path, project_id)
        await self._disk(path, project_id, team).renew_environment(report, name)

    async def measure(self, path: ProjectPath) -> Measured:
        """Return what a project occupies on the disk.

        :raises Failed: it cannot be measured.
        """
        return await self._ground.measure(path)

    async def reset(
        self,
        path: ProjectPath,
        project_id: str,
        team: Team,
        report: Report,
    ) -> None:
        """Start from what is there: permissions and the environment made anew.

        The default environment is cloned again when it does not run; people's own
        files stay.

        :raises Failed: a step did not succeed.
        """
        state = self._known(path, project_id) or ProjectState(str(path))
        disk = self._disk(path, project_id, team)
        found = await disk.look(DEFAULT, report)
        if found.project:
            await self._settle(disk, project_id, state, report, reset=True)
            prefix = self.environment(path, EnvironmentName(DEFAULT))
            if found.environment and not await self._works(path, prefix):
                await disk.renew_environment(report)
        await self.start(path, project_id, team, report)

    async def remove(self, path: ProjectPath, project_id: str) -> None:
        """Take the project and all its files off the disk.

        :raises Failed: something could not be removed; trying again goes on.
        """
        state = self._states.read(project_id)
        if state is not None:
            path = where(self._root, state)  # it may not have been moved yet
        await self._disk(path, project_id, ()).remove()
        self._states.forget(project_id)

    async def move(
        self,
        path: ProjectPath,
        before: ProjectPath,
        project_id: str,
        team: Team,
        report: Report,
    ) -> None:
        """Put a project that is not running in another place, as its owner's.

        What an earlier call left half done is done; done again it does no harm.

        :param before: where it was, if this node does not know it.
        :raises Failed: a step did not succeed; trying again goes on.
        """
        moves = Moves(self._root, self._states, self._ground)
        state = await moves.move(path, before, project_id, team, report)
        if state is not None and self._ground.shared:
            disk = self._disk(path, project_id, team)
            handed = path.owner != before.owner  # group and owner are others now
            await self._settle(disk, project_id, state, report, reset=handed)

    async def duplicate(
        self,
        path: ProjectPath,
        project_id: str,
        team: Team,
        source: ProjectPath,
        source_id: str,
        report: Report,
    ) -> None:
        """Make a project that holds what another one does, its environments too.

        :raises Failed: a step did not succeed; trying again goes on.
        """
        known = self._states.read(source_id)
        await self.start(path, project_id, team, report)
        if known is None or not (self._root / known.path).is_dir():
            raise Failed(f"There are no files of {source} on this node.")
        report(Progress(COPYING))
        await self._ground.duplicate(path, parse_path(known.path))
        state = self._states.read(project_id) or ProjectState(str(path))
        self._states.write(project_id, evolve(state, active=known.active))

    async def self_check(self) -> tuple[str, ...]:
        """Return what is wrong with this node's disk and tools, a sentence each."""
        found = await self._steps.run("survey", {"root": str(self._root)})
        return (
            *await self._environments.problems(),
            *skeleton_problems(skeleton_directory(self._settings)),
            *disk_problems(
                self._root, self._settings, found, lists=self._ground.shared
            ),
        )

    async def sweep(self) -> None:
        """Remove what starts that broke long ago left in staging."""
        older = self._settings.stale_after
        arguments = {"root": str(self._root), "prefix": "", "older": older}
        await self._steps.run("sweep", arguments)

    async def _settle(
        self,
        disk: ProjectDisk,
        project_id: str,
        state: ProjectState,
        report: Report,
        *,
        reset: bool,
    ) -> None:
        """Give all files the rights of the team, and remember that they have them."""
        team = disk.team
        if self._ground.shared:
            self._states.write(project_id, state.begin(team))
        if reset or self._ground.shared:
            await disk.settle(report, state.before(team), reset=reset)
        self._write(project_id, state, team)

    def _write(self, project_id: str, state: ProjectState, team: Team) -> None:
        self._states.write(
            project_id, state.done(team) if self._ground.shared else state
        )

    async def _demand_room(self, path: ProjectPath) -> None:
        """Refuse a project that occupies more than it may.

        One that cannot be measured is let through: the quota is a soft one.
        """
        if not self._quota:
            return
        try:
            found = await self._ground.measure(path)
        except Failed as error:
            self._log.warn("{path} is not measured: {why}", path=path, why=error)
            return
        if found.bytes > self._quota:
            raise Failed(
                f"The project uses {found.bytes / _GIB:.3g} GiB of the"
                f" {self._quota / _GIB:.3g} GiB that it may use; remove files, then"
                " start it again."
            )

    async def _works_here(self, path: ProjectPath, prefix: Path) -> bool:
        return await self._environments.works(prefix)

    def _known(self, path: ProjectPath, project_id: str) -> ProjectState | None:
        """Return what is remembered, unless the files are somewhere else."""
        state = self._states.read(project_id)
        if state is None:
            return None
        if state.path == str(path):
            return state.settled()  # whoever asks us for it has it here
        if (self._root / state.path).is_dir():
            raise Failed(
                f"The files of this project are at {state.path} on the node, not at"
                f" {path}; ask the administrator to move them."
            )
        return None

    def _disk(self, path: ProjectPath, project_id: str, team: Team) -> ProjectDisk:
        return ProjectDisk(
            self._root,
            path,
            check_id(project_id),
            f"{project_id}.{self._new_token()}",
            skeleton_directory(self._settings),
            self._environments,
            self._steps,
            self._ground,
            team,
        )
