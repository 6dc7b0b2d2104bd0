"""What is done to whole projects: started, stopped, reset, removed; in order.

Those who ask for a start that is under way join it and hear how far it is.
"""

from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Protocol

from attrs import define, field
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger

from aen.compute.environments.provider import Report
from aen.compute.environments.sharing import Sharing
from aen.compute.running import RunningProjects, path_of
from aen.model.names import ProjectPath, parse_project_path
from aen.model.projects import Member, Progress, TeamRole
from aen.wire.messages import ProjectCopy, ProjectMove, ProjectOnDisk

STOPPING = "Stopping apps"
ENDING = "Ending apps of those who left"
REMOVING = "Removing the project's files"


Quiet = Callable[[ProjectPath, Report], Awaitable[None]]


class Directories(Protocol):
    """What is done to a project's files."""

    async def start(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Make them ready to work in."""
        ...

    async def reset(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Make them ready anew."""
        ...

    async def narrow(
        self, path: ProjectPath, project_id: str, team: tuple[Member, ...]
    ) -> bool:
        """Let only the team in; say whether there are any files."""
        ...

    async def apply_team(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Let them follow the team."""
        ...

    async def remove(self, path: ProjectPath, project_id: str) -> None:
        """Take them off the disk."""
        ...

    async def duplicate(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        source: ProjectPath,
        source_id: str,
        report: Report,
    ) -> None:
        """Make them those of another project."""
        ...

    async def move(
        self,
        path: ProjectPath,
        before: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Put them in another place."""
        ...


class Apps(Protocol):
    """What is done to a project's apps."""

    async def stop_project(self, project_id: str) -> None:
        """End them all; returns when nothing of them is left."""
        ...

    async def end_others(
        self,
        project_id: str,
        allowed: frozenset[str],
        readers: frozenset[str] = frozenset(),
    ) -> None:
        """End those of users who are not among the *allowed*.

        *readers* keep the apps that are for readers.
        """
        ...


@define(eq=False)
class ProjectWork:
    """One thing at a time for each project."""

    directories: Directories
    apps: Apps
    running: RunningProjects
    changed: Callable[[], None]
    """Called when a project has begun or ceased to run."""
    _sharing: Sharing = field(factory=lambda: Sharing("work on a project"))
    _numbers: Iterator[int] = field(factory=count)
    _locks: dict[str, DeferredLock] = field(factory=dict)
    _log: Logger = field(factory=Logger)

    async def start(self, project: ProjectOnDisk, report: Report) -> None:
        """Make a project ready and let apps run in it.

        :raises Failed: a step did not succeed.
        """
        path = path_of(project)

        async def work(tell: Report) -> None:
            await self.directories.start(path, project.id, project.team, tell)
            self._note(project)

        await self._share("start", project, work, report)

    async def stop(self, project: ProjectOnDisk, report: Report) -> None:
        """End all apps of a project; nothing of them is left."""
        path_of(project)

        async def work(tell: Report) -> None:
            await self._quiet(project, tell)

        await self._share("stop", project, work, report)

    async def reset(self, project: ProjectOnDisk, report: Report) -> None:
        """End all apps of a project and make it ready anew; it runs afterwards.

        :raises Failed: a step did not succeed.
        """
        path = path_of(project)

        async def work(tell: Report) -> None:
            await self._quiet(project, tell)
            await self.directories.reset(path, project.id, project.team, tell)
            self._note(project)

        await self._share("reset", project, work, report)

    async def apply_team(self, project: ProjectOnDisk, report: Report) -> None:
        """Let files and apps follow the team; the project need not run.

        Who may do less than before can do so at once: the door is narrowed and their
        apps are ended before the files are looked at.

        :raises Failed: a step did not succeed; trying again goes on.
        """
        path = path_of(project)

        async def work(tell: Report) -> None:
            if not await self.directories.narrow(path, project.id, project.team):
                return
            tell(Progress(ENDING))
            await self.apps.end_others(project.id, workers(project), viewers(project))
            await self.directories.apply_team(path, project.id, project.team, tell)
            if project.id in self.running:
                self.running.add(project)

        # each has its own team: none may join another, the last one counts
        verb = f"apply team {next(self._numbers)} to"
        await self._share(verb, project, work, report)

    async def remove(self, project: ProjectOnDisk, report: Report) -> None:
        """End all apps of a project and take its files off the disk.

        :raises Failed: something could not be removed.
        """
        path = path_of(project)

        async def work(tell: Report) -> None:
            await self._quiet(project, tell)
            tell(Progress(REMOVING))
            await self.directories.remove(path, project.id)

        await self._share("remove", project, work, report)

    async def duplicate(self, asked: ProjectCopy, report: Report) -> None:
        """Make a project that holds what another one does.

        :raises Failed: a step did not succeed; trying again goes on.
        """
        project, source = asked.project, asked.source
        path, other = path_of(project), path_of(source)

        async def work(tell: Report) -> None:
            await self.directories.duplicate(
                path, project.id, project.team, other, source.id, tell
            )

        await self._share("duplicate", project, work, report)

    async def move(self, asked: ProjectMove, report: Report) -> None:
        """End all apps of a project and put its files where it is now.

        :raises Failed: a step did not succeed; trying again goes on.
        """
        project = asked.project
        path, before = path_of(project), parse_project_path(asked.owner, asked.name)

        async def work(tell: Report) -> None:
            await self._quiet(project, tell)
            await self.directories.move(path, before, project.id, project.team, tell)

        verb = f"move {next(self._numbers)} of"  # each has its own place
        await self._share(verb, project, work, report)

    async def quietly(
        self, verb: str, project: ProjectOnDisk, work: Quiet, report: Report
    ) -> None:
        """End all apps of a project, then do *work* while nothing else is done to it.

        :param verb: what it is: the same, asked for twice, is done once.
        :raises Failed: a step did not succeed.
        """
        path = path_of(project)

        async def alone(tell: Report) -> None:
            await self._quiet(project, tell)
            await work(path, tell)

        await self._share(verb, project, alone, report)

    async def _quiet(self, project: ProjectOnDisk, tell: Report) -> None:
        """From now on nothing is launched; what runs is ended."""
        self.running.remove(project.id)
        self.changed()
        tell(Progress(STOPPING))
        await self.apps.stop_project(project.id)
        self._log.info("{owner}/{name} runs no more", **_named(project))

    def _note(self, project: ProjectOnDisk) -> None:
        self.running.add(project)
        self.changed()
        self._log.info("{owner}/{name} runs", **_named(project))

    async def _share(
        self,
        verb: str,
        project: ProjectOnDisk,
        work: Callable[[Report], Awaitable[None]],
        report: Report,
    ) -> None:
        lock = self._locks.setdefault(project.id, DeferredLock())

        async def alone(tell: Report) -> None:
            await lock.acquire()
            try:
                await work(tell)
            finally:
                lock.release()
                if not lock.locked:
                    self._locks.pop(project.id, None)

        await self._sharing.do(f"{verb} {project.id}", alone, report)


def workers(project: ProjectOnDisk) -> frozenset[str]:
    """Return who may run apps in a project: its owner, and its team but viewers."""
    others = (one.user for one in project.team if one.role is not TeamRole.VIEWER)
    return frozenset((project.owner, *others))


def viewers(project: ProjectOnDisk) -> frozenset[str]:
    """Return who may read in a project, and open the apps for that."""
    found = (one.user for one in project.team if one.role is TeamRole.VIEWER)
    return frozenset(found)


def _named(project: ProjectOnDisk) -> dict[str, str]:
    return {"owner": project.owner, "name": project.name}
