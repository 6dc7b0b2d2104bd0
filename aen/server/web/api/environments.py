"""Environments of a project: making and changing them, their packages, exporting."""

from attrs import frozen

from aen.model.names import parse_project_path
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.environments import EnvironmentChanges, NewEnvironment
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.projects import ONE
from aen.server.web.api.values import TaskObject, task_object
from aen.wire.environments import EnvironmentFile, FoundPackage
from aen.wire.messages import Environment

ALL = f"{ONE}/environments"
NAMED = f"{ALL}/{{name}}"


@frozen
class EnvironmentCalls:
    """``…/environments`` and what is below one."""

    rooms: Rooms

    @operation(
        Operation(
            "GET",
            ALL,
            "Environments of a project",
            Environment,
            pages=True,
            right=in_project(Action.READ_FILES),
        )
    )
    async def environments(
        self, call: Call, owner: str, project: str
    ) -> Page[Environment]:
        """List a project's environments with their packages."""
        path = parse_project_path(owner, project)
        return Page(await self.rooms.running.environments(call.person, path))

    @operation(
        Operation(
            "POST",
            ALL,
            "Make an environment",
            TaskObject,
            NewEnvironment,
            status=202,
            right=in_project(Action.RUN),
        )
    )
    async def create(self, call: Call, owner: str, project: str) -> TaskObject:
        """Make an environment: a new one, a copy of `source`, or from a `file`."""
        path = parse_project_path(owner, project)
        environments = self.rooms.environments
        return task_object(await environments.create(call.person, path, call.body))

    @operation(
        Operation(
            "GET",
            NAMED,
            "One environment",
            Environment,
            right=in_project(Action.READ_FILES),
        )
    )
    async def environment(
        self, call: Call, owner: str, project: str, name: str
    ) -> Environment:
        """Show an environment."""
        path = parse_project_path(owner, project)
        return await self.rooms.environments.named(call.person, path, name)

    @operation(
        Operation(
            "PATCH", NAMED, "Change an environment", TaskObject, EnvironmentChanges,
            202,
            right=in_project(Action.RUN),
        )
    )  # fmt: skip
    async def change(
        self, call: Call, owner: str, project: str, name: str
    ) -> TaskObject:
        """Remove, install and update packages; make it the active environment."""
        path = parse_project_path(owner, project)
        environments = self.rooms.environments
        task = await environments.change(call.person, path, name, call.body)
        return task_object(task)

    @operation(
        Operation(
            "DELETE",
            NAMED,
            "Remove an environment",
            TaskObject,
            status=202,
            right=in_project(Action.RUN),
        )
    )
    async def delete(
        self, call: Call, owner: str, project: str, name: str
    ) -> TaskObject:
        """Remove an environment that is not the active one."""
        path = parse_project_path(owner, project)
        return task_object(
            await self.rooms.environments.delete(call.person, path, name)
        )

    @operation(
        Operation(
            "GET", f"{NAMED}/export", "An environment, written down",
            query=("format",), text=True,
            right=in_project(Action.READ_FILES),
        )
    )  # fmt: skip
    async def export(
        self, call: Call, owner: str, project: str, name: str
    ) -> EnvironmentFile:
        """Give a file from which the environment can be made again."""
        path = parse_project_path(owner, project)
        form = call.query["format"]
        return await self.rooms.environments.export(call.person, path, name, form)

    @operation(
        Operation(
            "GET", f"{NAMED}/search", "Packages to install", FoundPackage,
            query=("q",), pages=True,
            right=in_project(Action.RUN),
        )
    )  # fmt: skip
    async def search(
        self, call: Call, owner: str, project: str, name: str
    ) -> Page[FoundPackage]:
        """Find packages whose names begin with `q`."""
        path = parse_project_path(owner, project)
        q = call.query["q"]
        return Page(await self.rooms.environments.search(call.person, path, name, q))
