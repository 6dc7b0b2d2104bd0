"""What is done to the environments of projects: one change at a time for each."""

import secrets
from collections import defaultdict
from collections.abc import Callable

from attrs import evolve, frozen
from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from typing_extensions import override

from aen.compute.environment_ground import Change, EnvironmentGround, OnLine
from aen.compute.environment_verbs import EnvironmentVerbs, existing, parse_verb
from aen.compute.environments.inside import BASE, STAGED
from aen.compute.environments.provider import Listed, Report
from aen.compute.environments.sharing import Sharing
from aen.compute.project_work import Apps
from aen.compute.projects import Environment
from aen.compute.running import path_of
from aen.model.environments import Verb
from aen.model.errors import Conflict, Invalid
from aen.model.names import (
    EnvironmentName,
    parse_environment_name,
    parse_user_name,
)
from aen.wire.environments import (
    EnvironmentChange,
    EnvironmentFile,
    EnvironmentQuestion,
    FoundPackage,
    FoundPackages,
    PackageSearch,
)
from aen.wire.messages import Line, ProjectOnDisk

_STOPPED = (
    "The project was stopped, or the team changed, before the environment was changed."
)


class EnvironmentWork(Service):
    """Changes the environments of running projects, and answers about them."""

    _log = Logger()

    def __init__(
        self,
        ground: EnvironmentGround,
        new_token: Callable[[int], str] = lambda size: secrets.token_hex(size)[:size],
    ) -> None:
        self._ground = ground
        self._new_token = new_token
        self._verbs = EnvironmentVerbs(ground, self._staged)
        self._sharing = Sharing("changing an environment")
        self._changes: dict[str, Change] = {}
        self._waiting: dict[str, list[Deferred[None]]] = defaultdict(list)

    async def change(self, asked: EnvironmentChange, hear: OnLine) -> None:
        """Do what is *asked*; who asks for the same meanwhile waits for the same.

        :param hear: told how far it is and what tools print.
        :raises Conflict: the project does not run, or the environment is busy.
        :raises Invalid: something asked for cannot be.
        :raises Failed: it did not succeed; nothing has changed.
        """
        key = repr(evolve(asked, project=evolve(asked.project, team=())))
        change = self._changes.get(key) or self._begun(key, asked)
        change.hearing.append(hear)
        try:
            await self._sharing.do(
                key,
                lambda tell: self._work(change, tell),
                lambda progress: hear(Line(progress=progress)),
            )
        except CancelledError:
            raise Conflict(_STOPPED) from None
        finally:
            change.hearing.remove(hear)

    def _begun(self, key: str, asked: EnvironmentChange) -> Change:
        """Return a change that may begin: all that can be known now is right."""
        path = path_of(asked.project)
        if asked.user != asked.project.owner:
            parse_user_name(asked.user)
        self._ground.demand_running(asked.project)
        names = [_parse_name(asked.name)]
        if parse_verb(asked.verb) is Verb.CLONE:
            names.append(parse_environment_name(asked.source))
        for name in names:
            self._demand_idle(asked.project.id, name)
        return Change(
            key,
            asked.project,
            path,
            self._ground.directories.home(path),
            frozenset(names),
            self._new_name(asked.project.id, names[0]),
            asked,
        )

    def _new_name(self, project_id: str, name: EnvironmentName) -> str:
        """Return a name for a copy, as long as the path it takes the place of."""
        size = len(f"envs/{name}") - len(STAGED)
        taken = self._staged(project_id)
        while (staged := STAGED + self._new_token(size)) in taken:
            pass
        return staged

    def _staged(self, project_id: str) -> list[str]:
        every = self._changes.values()
        return [one.staged for one in every if one.project.id == project_id]

    def _demand_idle(self, project_id: str, name: EnvironmentName) -> None:
        for one in self._changes.values():
            if one.project.id == project_id and name in one.names:
                raise Conflict(
                    f"The environment “{name}” is being changed; wait until that is"
                    " done."
                )

    async def _work(self, change: Change, tell: Report) -> None:
        self._changes[change.key] = change
        try:
            await self._verbs.do(change, tell)
        finally:
            del self._changes[change.key]
            for one in self._waiting.pop(change.key, ()):
                one.callback(None)
        self._log.info(
            "{path}: {verb} of environment {name} by {user}",
            path=change.path,
            verb=change.asked.verb,
            name=change.name,
            user=change.user,
        )

    # ---- asking

    async def export(self, asked: EnvironmentQuestion) -> EnvironmentFile:
        """Return an environment as a file from which it can be made again.

        :raises NotFound: there is no such environment.
        """
        one = await self._one(asked.project, asked.name)
        listed = Listed(one.name, one.python, one.packages, one.by_pip)
        return EnvironmentFile(*self._ground.packages_of(one).export(listed))

    async def search(self, asked: PackageSearch) -> FoundPackages:
        """Return packages that an environment could get, by the beginning of names.

        :raises NotFound: there is no such environment.
        :raises Failed: nothing can be searched; says why.
        """
        one = await self._one(asked.project, asked.name)
        found = await self._ground.packages_of(one).search(asked.q)
        return FoundPackages(tuple(FoundPackage(p.name, p.versions) for p in found))

    async def _one(self, project: ProjectOnDisk, name: str) -> Environment:
        wished = parse_environment_name(name)
        found = await self._ground.directories.environments(
            path_of(project), project.id
        )
        return existing(wished, {one.name: one for one in found})

    # ---- ending

    async def stop_project(self, project_id: str) -> None:
        """Give up all changes in a project; returns when nothing works on it."""
        await self.end_others(project_id, frozenset())

    async def end_others(self, project_id: str, allowed: frozenset[str]) -> None:
        """Give up the changes of users who are not among the *allowed*."""
        for change in tuple(self._changes.values()):
            if change.project.id == project_id and change.user not in allowed:
                waiting: Deferred[None] = Deferred()
                self._waiting[change.key].append(waiting)
                self._sharing.cancel(change.key)
                await waiting

    @override
    def stopService(self) -> Deferred[None]:
        """Give up all changes."""
        super().stopService()
        return Deferred.fromCoroutine(self._sharing.stop())


def _parse_name(text: str) -> EnvironmentName:
    name = parse_environment_name(text)
    if name.startswith(BASE):
        raise Invalid(f"Names that begin with “{BASE}” are the platform's own.")
    return name


@frozen
class Ending:
    """Ends what works in a project, in order: changes of environments, then apps.

    A project that is stopped stays as it is; who has left the team changes nothing.
    """

    changes: EnvironmentWork
    apps: Apps

    async def stop_project(self, project_id: str) -> None:
        """End everything in a project; returns when nothing of it is left."""
        await self.changes.stop_project(project_id)
        await self.apps.stop_project(project_id)

    async def end_others(
        self,
        project_id: str,
        allowed: frozenset[str],
        readers: frozenset[str] = frozenset(),
    ) -> None:
        """End what users do who are not among the *allowed*.

        *readers* keep the apps that are for readers.
        """
        await self.changes.end_others(project_id, allowed)
        await self.apps.end_others(project_id, allowed, readers)
