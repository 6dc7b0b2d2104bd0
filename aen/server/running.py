"""What runs on nodes: apps, launches, environments, usage; asked through gateways."""

from typing import Protocol, TypeVar

from attrs import AttrsInstance, evolve

from aen.model.apps import AppSummary
from aen.model.audit import Act
from aen.model.errors import Conflict, NotFound, Unavailable
from aen.model.names import AppName, ProjectPath, parse_app_name
from aen.model.permissions import READABLE, Action, demand, may, who_starts
from aen.model.projects import Member, Project, State
from aen.model.users import Caller
from aen.server.audit import Audit
from aen.server.centers import Centers, relay
from aen.server.projects import Projects
from aen.server.records import AppLink, Opened
from aen.wire import routes
from aen.wire.client import Asks, OnLine, Place
from aen.wire.messages import (
    Environment,
    EnvironmentList,
    Launch,
    LaunchList,
    LaunchRequest,
    Log,
    LogQuestion,
    Nothing,
    ProjectOnDisk,
    ProjectQuestion,
    Resources,
    StopLaunch,
    Usage,
)
from aen.wire.routes import Route

T = TypeVar("T", bound=AttrsInstance)
_LAUNCH_SECONDS = 300.0
"""An app may have to wait for its template before it can start."""


class Nodes(Asks, Protocol):
    """How nodes are asked; `aen.wire.client.WireClient` is one."""

    async def follow(
        self, at: Place, route: Route, message: AttrsInstance, on_line: OnLine
    ) -> None:
        """Ask for a stream and hear its lines until it is done."""

    async def pass_on(self, at: Place, route: Route, body: bytes) -> bytes:
        """Ask with bytes, and return those of the answer."""
        ...


class Running:
    """Shows and ends what runs in a project, to those who may."""

    def __init__(
        self, projects: Projects, centers: Centers, nodes: Nodes, audit: Audit
    ) -> None:
        self._projects = projects
        self._centers = centers
        self._nodes = nodes
        self._audit = audit

    async def apps(
        self, caller: Caller | None, path: ProjectPath
    ) -> tuple[AppLink, ...]:
        """Return the apps the caller may open in a project."""
        project = await self._projects.at(caller, path)
        center = await self._centers.center(project.data_center)
        return tuple(
            _link(app, center.url, project)
            for app in await self._centers.apps(project.data_center)
            if may(caller, action_for(app, project), project)
        )

    async def open(self, caller: Caller, path: ProjectPath, app: str) -> Opened:
        """Return where an app is or will be, having its project started if need be.

        The state is “running” when the caller's instance of it runs, else “starting”.

        :raises Conflict: the project has failed, or the caller may not start it.
        """
        project = await self._projects.at(caller, path)
        name = parse_app_name(app)
        known = await self.app(project, name)
        demand_open(caller, known, project)
        if project.state is State.FAILED and project.problem is not None:
            raise Conflict(project.problem.message)
        if project.state is State.STOPPED:
            await self._projects.start(caller, path)
        runs = project.state is State.RUNNING and any(
            one.app == name and is_theirs(one, caller) and one.state == "running"
            for one in await self.launches(caller, path)
        )
        center = await self._centers.center(project.data_center)
        state = "running" if runs else "starting"
        return Opened(_url(center.url, project, name), state)

    async def start_app(
        self, caller: Caller, project: Project, app: str, token: str
    ) -> Launch:
        """Have the node launch an app in a running project; *token* is the app's."""
        request = LaunchRequest(on_disk(project), app, caller.user.name, token)
        return await self.ask(project, routes.LAUNCH, request, Launch, _LAUNCH_SECONDS)

    async def app(self, project: Project, name: AppName) -> AppSummary | None:
        """Return what is known of an app; None before any node has answered.

        :raises NotFound: the data center has no such app.
        """
        known = await self._centers.apps(project.data_center)
        for one in known:
            if one.name == name:
                return one
        if known:
            raise NotFound(f"There is no app “{name}”.")
        return None

    async def launches(
        self, caller: Caller | None, path: ProjectPath
    ) -> tuple[Launch, ...]:
        """Return the apps that run in a project."""
        project = await self._projects.allowed(caller, path, Action.RUN)
        if project.node is None or project.state is State.STOPPED:
            return ()
        question = ProjectQuestion(project.id)
        found = await self.ask(project, routes.LAUNCHES, question, LaunchList)
        return tuple(one for one in found.launches if one.project_id == project.id)

    async def stop_launch(
        self, caller: Caller, path: ProjectPath, app_or_launch_id: str
    ) -> None:
        """End an app: the caller's own of that name, or the launch with that id."""
        project, ours = await self._theirs(caller, path, app_or_launch_id)
        for one in ours:
            await self.ask(project, routes.STOP_LAUNCH, StopLaunch(one.id), Nothing)
            await self._audit.note(
                Act.APP_STOPPED, caller, user=one.user, project=project, app=one.app
            )

    async def log(
        self, caller: Caller, path: ProjectPath, app_or_launch_id: str
    ) -> tuple[str, ...]:
        """Return the last lines an app has printed: one's own, or a launch's.

        :raises Forbidden: it is another's, and the caller does not manage the team.
        """
        project, ours = await self._theirs(caller, path, app_or_launch_id)
        question = LogQuestion(ours[0].id)
        return (await self.ask(project, routes.LAUNCH_LOG, question, Log)).lines

    async def _theirs(
        self, caller: Caller, path: ProjectPath, app_or_launch_id: str
    ) -> tuple[Project, list[Launch]]:
        """Return what runs of that name or id, if the caller looks after it."""
        project = await self._projects.allowed(caller, path, Action.RUN)
        ours = [
            one
            for one in await self.launches(caller, path)
            if one.id == app_or_launch_id
            or (one.app == app_or_launch_id and is_theirs(one, caller))
        ]
        if not ours:
            raise NotFound(f"“{app_or_launch_id[:63]}” does not run.")
        for one in ours:
            if one.user != caller.user.name and one.instance == "user":
                demand(caller, Action.MANAGE_TEAM, project)
        return project, ours

    async def environments(
        self, caller: Caller | None, path: ProjectPath
    ) -> tuple[Environment, ...]:
        """Return the environments of a project that has been started once."""
        project = await self._projects.allowed(caller, path, Action.READ_FILES)
        if project.node is None:
            return ()
        found = await self.ask(
            project, routes.ENVIRONMENTS, on_disk(project), EnvironmentList
        )
        return found.environments

    async def usage(self, caller: Caller | None, path: ProjectPath) -> Usage:
        """Return what a project uses now."""
        project = await self._projects.allowed(caller, path, Action.VIEW)
        if project.node is None:
            return Usage(cpu=0.0, memory=0, disk=0, processes=0)
        return await self.ask(project, routes.USAGE, on_disk(project), Usage)

    async def resources(self, caller: Caller, path: ProjectPath) -> Resources:
        """Return what a project has and may have on its node.

        Who may not run it does not see who runs what in it.

        :raises Unavailable: it has not been started yet, or its node does not answer.
        """
        project = await self._projects.allowed(caller, path, Action.READ_FILES)
        found = await self.ask(project, routes.RESOURCES, on_disk(project), Resources)
        runs = may(caller, Action.RUN, project)
        apps = [
            one for one in found.apps if runs and one.launch.project_id == project.id
        ]
        return evolve(found, apps=tuple(apps))

    async def ask(
        self,
        project: Project,
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
    ) -> T:
        """Ask the node of *project* and return its answer.

        :raises Unavailable: it has none yet, or that does not answer.
        """
        if project.node is None:
            raise Unavailable("The project has not been started yet.")
        center = await self._centers.center(project.data_center)
        at = relay(center, project.node)
        return await self._nodes.ask(at, route, message, answer, seconds)


def is_theirs(launch: Launch, caller: Caller) -> bool:
    """Whether *launch* is what *caller* reaches at its app's address."""
    return launch.user == caller.user.name or launch.instance == "project"


def on_disk(project: Project) -> ProjectOnDisk:
    """Return *project* as its node needs to know it."""
    return ProjectOnDisk(
        project.id,
        project.path.owner,
        project.path.name,
        # Files know nothing of ends: who is over is not sent any more.
        tuple(Member(one.user, one.role) for one in project.team),
    )


def action_for(app: AppSummary | None, project: Project) -> Action:
    """Return what somebody must be allowed to do who opens *app*."""
    reads = _is_for_readers(app) and project.state in READABLE
    return Action.READ_FILES if reads else Action.RUN


def _is_for_readers(app: AppSummary | None) -> bool:
    return app is not None and app.permission.readers


def demand_open(
    caller: Caller | None, app: AppSummary | None, project: Project
) -> None:
    """Guard the opening of *app*.

    :raises Conflict: the caller may, but only once others have started the project.
    """
    needed = action_for(app, project)
    if _is_for_readers(app) and not may(caller, needed, project):
        demand(caller, Action.READ_FILES, project)
        raise Conflict(who_starts(project))
    demand(caller, needed, project)


def _url(gateway: str, project: Project, app: str) -> str:
    return f"{gateway}/{project.path.owner}/{project.path.name}/{app}/"


def _link(app: AppSummary, gateway: str, project: Project) -> AppLink:
    return AppLink(
        name=app.name,
        title=app.title,
        icon=app.icon,
        permission=app.permission,
        instance=app.instance,
        url=_url(gateway, project, app.name),
        hidden=app.hidden,
    )
