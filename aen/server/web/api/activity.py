"""What happened in a project."""

from attrs import frozen

from aen.model.audit import Entry
from aen.model.names import parse_project_path
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.projects import ONE
from aen.server.web.api.values import stamp


@frozen
class ActivityObject:
    """One act in a project."""

    id: str
    at: str
    act: str
    by: str
    """Empty: the platform, or its operator."""
    user: str
    """Whom it was done to, if anybody."""
    details: dict[str, str]


@frozen
class ActivityCalls:
    """``…/activity``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", f"{ONE}/activity", "What happened in a project", ActivityObject,
            query=("topic",), pages=True,
            right=in_project(Action.VIEW, visitors=True),
        )
    )  # fmt: skip
    async def activity(
        self, call: Call, owner: str, project: str
    ) -> Page[ActivityObject]:
        """List acts, the newest first; `topic` is changes, team or use.

        Who is not of the team sees when a public project was made and changed.
        """
        path, query = parse_project_path(owner, project), call.query
        _, found = await self.rooms.activity.feed(
            call.caller, path, query.cursor, query.limit, query["topic"]
        )
        return Page(tuple(_object(one) for one in found.items), found.next)


def _object(entry: Entry) -> ActivityObject:
    return ActivityObject(
        id=entry.id,
        at=stamp(entry.at),
        act=entry.act.value,
        by=entry.by,
        user=entry.user,
        details=dict(entry.details),
    )
