"""Projects that get another name or another owner."""

from attrs import frozen

from aen.model.names import parse_project_path
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.projects import COPIES
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import TaskObject, task_object

ONE = "/projects/{owner}/{project}"


@frozen
class RenameBody:
    """The name a project is to have."""

    name: str


@frozen
class TransferBody:
    """Whose a project is to be; `stay`: its owner becomes a maintainer."""

    owner: str
    stay: bool = False


@frozen
class ShipBody:
    """The data center that a project is to be in."""

    data_center: str


@frozen
class MoveCalls:
    """``/projects/…/rename``, ``/duplicate``, ``/transfer`` and ``/move``."""

    rooms: Rooms

    @operation(
        Operation(
            "POST", f"{ONE}/rename", "Rename a project", TaskObject, RenameBody,
            status=202, right=in_project(Action.ADMINISTER),
        )
    )  # fmt: skip
    async def rename(self, call: Call, owner: str, project: str) -> TaskObject:
        """Give a project another name; it stops, its files follow, old URLs lead on."""
        path, body = parse_project_path(owner, project), call.body
        task = await self.rooms.projects.rename(call.person, path, body.name)
        return task_object(task)

    @operation(
        Operation(
            "POST", f"{ONE}/duplicate", "Copy a project", TaskObject, RenameBody,
            status=202, right=COPIES,
        )
    )  # fmt: skip
    async def duplicate(self, call: Call, owner: str, project: str) -> TaskObject:
        """Make a private project of yours that holds what another one does."""
        path, body = parse_project_path(owner, project), call.body
        task = await self.rooms.projects.duplicate(call.person, path, body.name)
        return task_object(task)

    @operation(
        Operation(
            "POST", f"{ONE}/transfer", "Give a project to somebody else", TaskObject,
            TransferBody, status=202, right=in_project(Action.ADMINISTER),
        )
    )  # fmt: skip
    async def transfer(self, call: Call, owner: str, project: str) -> TaskObject:
        """Give a project to another owner; it stops, and its files become theirs."""
        path, body = parse_project_path(owner, project), call.body
        task = await self.rooms.projects.transfer(
            call.person, path, body.owner, stay=body.stay
        )
        return task_object(task)

    @operation(
        Operation(
            "POST", f"{ONE}/move", "Move a project to another data center", TaskObject,
            ShipBody, status=202, right=in_project(Action.ADMINISTER),
        )
    )  # fmt: skip
    async def move(self, call: Call, owner: str, project: str) -> TaskObject:
        """Bring a project to another data center; it stops, its files follow."""
        path, body = parse_project_path(owner, project), call.body
        task = await self.rooms.projects.ship(call.person, path, body.data_center)
        return task_object(task)
