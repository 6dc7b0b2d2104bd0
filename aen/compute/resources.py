"""What a project has on this node and what it uses: the compute resources page."""

from collections.abc import Callable
from typing import Protocol

from attrs import define, field, frozen

from aen.compute.helper.cgroups import Use
from aen.compute.preparing import Projects
from aen.compute.projects import Environment as OnDisk
from aen.compute.running import path_of
from aen.compute.usage import Meter, Sample, cpu_percent, sample
from aen.wire.messages import (
    AppUse,
    Environment,
    Launch,
    Limit,
    NodeStatus,
    ProjectOnDisk,
    Resources,
    Usage,
)


class Apps(Protocol):
    """The launches; `aen.compute.launches.Launches`."""

    def list(self, project_id: str = "") -> tuple[Launch, ...]:
        """Return those that have not ended."""
        ...

    def pids_of(self, launch_id: str) -> set[int]:
        """Return the processes of one."""
        ...


class Idle(Protocol):
    """Who knows when apps were used; `aen.compute.culling.Culling`."""

    def last_use(self, launch: Launch) -> float:
        """Return when it was last used."""
        ...

    def until(self, launch: Launch) -> float:
        """Return when it may be stopped; 0: never."""
        ...


@frozen
class NodeLimits:
    """What a node allows, and by what means."""

    by: str = ""
    app: Limit = Limit()
    project: Limit = Limit()
    quota: int = 0


@frozen
class _Seen:
    """One look at an app: by its control group, else by its processes."""

    group: Use | None
    processes: Sample


@define(eq=False)
class ResourceBoard:
    """Puts together what is known of a project."""

    _apps: Apps
    _projects: Projects
    _meter: Meter
    _idle: Idle
    _status: Callable[[], NodeStatus]
    _limits: NodeLimits = field(factory=NodeLimits)
    _group_use: Callable[[Launch], Use | None] = lambda _: None

    async def usage(self, asked: ProjectOnDisk) -> Usage:
        """Return what a project uses."""
        return (await self._measure(asked))[0]

    async def look(self, asked: ProjectOnDisk) -> Resources:
        """Return all that the page shows."""
        usage, apps = await self._measure(asked)
        found = await self._projects.environments(path_of(asked), asked.id)
        status, limits = self._status(), self._limits
        return Resources(
            usage=usage,
            apps=apps,
            environments=tuple(told(one) for one in found),
            node=status.name,
            single_user=status.single_user,
            limits_by=limits.by,
            app_limit=limits.app,
            project_limit=limits.project,
            quota=limits.quota,
            messages=status.messages,
        )

    async def _measure(self, asked: ProjectOnDisk) -> tuple[Usage, tuple[AppUse, ...]]:
        """Look twice, the disk between; what ended meanwhile is left out."""
        before = self._look(asked.id)
        disk, seconds = await self._meter.between(path_of(asked))
        after = self._look(asked.id)
        apps = tuple(
            self._app(launch, before.get(launch.id), after[launch.id], seconds)
            for launch in self._apps.list(asked.id)
            if launch.id in after
        )
        usage = Usage(
            cpu=round(sum(one.cpu for one in apps), 1),
            memory=sum(one.memory for one in apps),
            disk=disk,
            processes=sum(one.processes for one in apps),
        )
        return usage, apps

    def _look(self, project_id: str) -> dict[str, _Seen]:
        return {one.id: self._see(one) for one in self._apps.list(project_id)}

    def _see(self, launch: Launch) -> _Seen:
        group = self._group_use(launch)
        if group is not None:
            return _Seen(group, Sample({}, 0))
        return _Seen(None, sample(self._apps.pids_of(launch.id)))

    def _app(
        self, launch: Launch, before: _Seen | None, after: _Seen, seconds: float
    ) -> AppUse:
        last, until = self._idle.last_use(launch), self._idle.until(launch)
        if after.group is not None:
            group = after.group
            earlier = before.group if before is not None else None
            used = group.cpu_seconds - earlier.cpu_seconds if earlier else 0.0
            cpu = round(100 * max(0.0, used) / seconds, 1)
            return AppUse(launch, cpu, group.memory, group.processes, last, until)
        seen = after.processes
        cpu = cpu_percent(before.processes, seen, seconds) if before else 0.0
        return AppUse(launch, cpu, seen.memory, len(seen.cpu), last, until)


def told(one: OnDisk) -> Environment:
    """Return an environment on disk as the wire tells of it."""
    packages = tuple(f"{name}=={version}" for name, version in one.packages)
    return Environment(one.name, one.python, one.active, packages, one.provider)
