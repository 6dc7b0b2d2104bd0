"""Launching an app for a program that asks for it, before anybody opens it."""

from attrs import define, field
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import AenError
from aen.model.names import ProjectPath, parse_app_name
from aen.model.projects import Project, State
from aen.model.users import Caller
from aen.runtime.tasks import pause, spawn
from aen.server.app_tokens import AppTokens
from aen.server.projects import Projects
from aen.server.records import Opened
from aen.server.running import Running

_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 900.0


@define
class Launching:
    """Has apps launched; whoever opens the address meanwhile finds the same launch."""

    _projects: Projects
    _running: Running
    _tokens: AppTokens
    _clock: IReactorTime
    _under_way: set[tuple[str, ProjectPath, str]] = field(factory=set, init=False)
    _log: Logger = field(factory=Logger, init=False)

    async def launch(self, caller: Caller, path: ProjectPath, app: str) -> Opened:
        """Return where an app will be; it, and its project, start meanwhile.

        :raises Conflict: the project has failed; says why.
        :raises NotFound: the data center has no such app.
        """
        opened = await self._running.open(caller, path, app)
        key = (caller.user.name, path, app)
        if opened.state != "running" and key not in self._under_way:
            self._under_way.add(key)
            spawn(self._log, f"launching {app}", self._launch(caller, path, app))
        return opened

    async def _launch(self, caller: Caller, path: ProjectPath, app: str) -> None:
        try:
            project = await self._once_running(caller, path)
            if project is not None:
                summary = await self._running.app(project, parse_app_name(app))
                token = await self._tokens.make(caller, project, summary, app)
                await self._running.start_app(caller, project, app, token)
        except AenError as error:
            # The one who asked has their answer; who opens the address is told.
            self._log.warn(
                "{app} of {path}: {error}", app=app, path=path, error=error.message
            )
        finally:
            self._under_way.discard((caller.user.name, path, app))

    async def _once_running(self, caller: Caller, path: ProjectPath) -> Project | None:
        """Return the project once it runs; None if it does not come to that."""
        deadline = self._clock.seconds() + _PATIENCE_SECONDS
        while self._clock.seconds() < deadline:
            project = await self._projects.at(caller, path)
            if project.state is State.RUNNING:
                return project
            if project.state is State.FAILED:
                return None
            await pause(self._clock, _LOOK_SECONDS)
        return None
