"""What a project has and may have on its node, and what its apps print."""

from attrs import frozen

from aen.model.names import parse_project_path
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.projects import ONE
from aen.server.web.api.values import stamp
from aen.wire.messages import AppUse, Environment, Limit, Log, Resources, Usage


@frozen
class AppUseObject:
    """One running app and what it uses: bytes, CPU in percent of one core."""

    launch: str
    app: str
    title: str
    user: str
    instance: str
    state: str
    started: str
    cpu: float
    memory: int
    processes: int
    last_use: str | None
    idle_until: str | None
    """When it is stopped unless it is used; null: never."""


@frozen
class ResourcesObject:
    """What a project uses, and the most that it may; 0 is no limit."""

    node: str
    single_user: bool
    usage: Usage
    quota: int
    """Bytes of disk after which the project does not start."""
    app_limit: Limit
    project_limit: Limit
    limits_by: str
    apps: tuple[AppUseObject, ...]
    environments: tuple[Environment, ...]
    messages: tuple[str, ...]
    """What does not hold on this node."""


@frozen
class ResourceCalls:
    """``…/resources`` and ``…/apps/{app}/log`` of a project."""

    rooms: Rooms

    @operation(
        Operation(
            "GET",
            f"{ONE}/resources",
            "What a project has",
            ResourcesObject,
            right=in_project(Action.READ_FILES),
        )
    )
    async def resources(self, call: Call, owner: str, project: str) -> ResourcesObject:
        """Show environments, running apps, use and limits."""
        path = parse_project_path(owner, project)
        return _shown(await self.rooms.running.resources(call.person, path))

    @operation(
        Operation(
            "GET",
            f"{ONE}/apps/{{app}}/log",
            "What an app prints",
            Log,
            right=in_project(Action.RUN),
        )
    )
    async def log(self, call: Call, owner: str, project: str, app: str) -> Log:
        """Show the last lines of one's own app, or of the launch with that id."""
        path = parse_project_path(owner, project)
        return Log(await self.rooms.running.log(call.person, path, app))


def _shown(found: Resources) -> ResourcesObject:
    return ResourcesObject(
        node=found.node,
        single_user=found.single_user,
        usage=found.usage,
        quota=found.quota,
        app_limit=found.app_limit,
        project_limit=found.project_limit,
        limits_by=found.limits_by,
        apps=tuple(app_use_object(one) for one in found.apps),
        environments=found.environments,
        messages=found.messages,
    )


def app_use_object(use: AppUse) -> AppUseObject:
    """Return a running app as the API shows it."""
    launch = use.launch
    return AppUseObject(
        launch=launch.id,
        app=launch.app,
        title=launch.title,
        user=launch.user,
        instance=launch.instance,
        state=launch.state,
        started=stamp(launch.started),
        cpu=use.cpu,
        memory=use.memory,
        processes=use.processes,
        last_use=stamp(use.last_use) if use.last_use else None,
        idle_until=stamp(use.idle_until) if use.idle_until else None,
    )
