"""What runs in a project: its apps, and what it uses."""

from attrs import frozen

from aen.model.errors import Forbidden, NotFound
from aen.model.names import ProjectPath, parse_project_path
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.records import AppLink, Page
from aen.server.rooms import Rooms
from aen.server.running import is_theirs
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.projects import ONE
from aen.server.web.api.values import AppObject, LaunchObject, app_object
from aen.wire.messages import Launch, Usage


@frozen
class RunningCalls:
    """``…/apps`` and ``…/usage`` of a project."""

    rooms: Rooms

    async def _launches(self, call: Call, path: ProjectPath) -> tuple[Launch, ...]:
        try:
            return await self.rooms.running.launches(call.caller, path)
        except Forbidden:
            return ()  # a reader sees the apps, not who runs them

    async def _apps(self, call: Call, path: ProjectPath) -> tuple[AppObject, ...]:
        links = await self.rooms.running.apps(call.caller, path)
        launches = await self._launches(call, path)
        return tuple(app_object(one, _own(call, one, launches)) for one in links)

    @operation(
        Operation(
            "GET", f"{ONE}/apps", "Apps of a project", AppObject, pages=True,
            right=in_project(Action.VIEW, visitors=True),
        )
    )  # fmt: skip
    async def apps(self, call: Call, owner: str, project: str) -> Page[AppObject]:
        """List the apps the caller may open."""
        return Page(await self._apps(call, parse_project_path(owner, project)))

    @operation(
        Operation(
            "GET",
            f"{ONE}/apps/{{app}}",
            "One app",
            AppObject,
            right=in_project(Action.VIEW, visitors=True),
        )
    )
    async def app(self, call: Call, owner: str, project: str, app: str) -> AppObject:
        """Show an app, and whether it runs."""
        for one in await self._apps(call, parse_project_path(owner, project)):
            if one.name == app:
                return one
        raise NotFound(f"There is no app “{app[:64]}”.")

    @operation(
        Operation(
            "POST",
            f"{ONE}/apps/{{app}}",
            "Open an app",
            LaunchObject,
            status=202,
            right=in_project(Action.RUN),
        )
    )
    async def launch(
        self, call: Call, owner: str, project: str, app: str
    ) -> LaunchObject:
        """Have an app launched, and its project started if need be."""
        path = parse_project_path(owner, project)
        opened = await self.rooms.launching.launch(call.person, path, app)
        return LaunchObject(opened.url, opened.state)

    @operation(
        Operation(
            "DELETE", f"{ONE}/apps/{{app}}", "Stop an app", right=in_project(Action.RUN)
        )
    )
    async def stop(self, call: Call, owner: str, project: str, app: str) -> None:
        """Stop one's own instance of an app, or the launch with that id."""
        path = parse_project_path(owner, project)
        await self.rooms.running.stop_launch(call.person, path, app)

    @operation(
        Operation(
            "GET",
            f"{ONE}/usage",
            "What a project uses",
            Usage,
            right=in_project(Action.VIEW),
        )
    )
    async def usage(self, call: Call, owner: str, project: str) -> Usage:
        """Show CPU (percent of a core), memory and disk (bytes), and processes."""
        path = parse_project_path(owner, project)
        return await self.rooms.running.usage(call.person, path)


def _own(call: Call, link: AppLink, launches: tuple[Launch, ...]) -> Launch | None:
    """Return the launch the caller would reach at the app's address."""
    caller = call.caller
    if caller is None:
        return None
    ours = (one for one in launches if one.app == link.name and is_theirs(one, caller))
    return next(ours, None)
