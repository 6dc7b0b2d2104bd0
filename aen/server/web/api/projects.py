"""Projects: finding, making, changing, starting, their teams and their news."""

from attrs import frozen

from aen.model.errors import AenError, Unavailable
from aen.model.names import ProjectPath, parse_project_path
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.events import project_topic
from aen.server.projects import MAKES_PROJECTS
from aen.server.records import NewProject, Page, ProjectChanges
from aen.server.rooms import Rooms
from aen.server.web.api import tags
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.times import moment_or_none
from aen.server.web.api.values import (
    MemberBody,
    ProjectObject,
    TaskObject,
    edition_of,
    project_object,
    task_object,
)
from aen.server.web.http import client_address
from aen.server.web.live import Live, Subject

ONE = "/projects/{owner}/{project}"


@frozen
class ProjectCalls:
    """``/projects`` and what is below one."""

    rooms: Rooms
    live: Live

    @operation(
        Operation(
            "GET", "/projects", "Projects you may see", ProjectObject,
            query=("q", "tag", "owner", "visibility"), pages=True,
            right=in_project(Action.VIEW, visitors=True),
        )
    )  # fmt: skip
    async def projects(self, call: Call) -> Page[ProjectObject]:
        """List the projects that are open to the caller."""
        query = call.query
        page = await self.rooms.projects.listing(
            call.caller,
            q=query["q"],
            tag=query["tag"],
            owner=query["owner"],
            visibility=query["visibility"],
            cursor=query.cursor,
            limit=query.limit,
        )
        return Page(tuple(project_object(one) for one in page.items), page.next)

    @operation(
        Operation(
            "POST",
            "/projects",
            "Make a project",
            ProjectObject,
            NewProject,
            201,
            right=MAKES_PROJECTS,
        )
    )
    async def create(self, call: Call) -> ProjectObject:
        """Make a project; it is stopped at first."""
        return project_object(await self.rooms.projects.create(call.person, call.body))

    @operation(
        Operation(
            "GET",
            ONE,
            "One project",
            ProjectObject,
            right=in_project(Action.VIEW, visitors=True),
            edition=edition_of,
        )
    )
    async def project(self, call: Call, owner: str, project: str) -> ProjectObject:
        """Show a project."""
        path = parse_project_path(owner, project)
        return project_object(await self.rooms.projects.at(call.caller, path))

    @operation(
        Operation(
            "PATCH",
            ONE,
            "Change a project",
            ProjectObject,
            ProjectChanges,
            right=in_project(Action.EDIT),
            edition=edition_of,
        )
    )
    async def edit(self, call: Call, owner: str, project: str) -> ProjectObject:
        """Change what is sent, and leave the rest; see `tags` for ``If-Match``."""
        path = parse_project_path(owner, project)
        changed = await self.rooms.projects.edit(
            call.person, path, call.body, tags.expected(call.request)
        )
        return project_object(changed)

    @operation(
        Operation(
            "DELETE",
            ONE,
            "Delete a project",
            TaskObject,
            status=202,
            right=in_project(Action.ADMINISTER),
        )
    )
    async def delete(self, call: Call, owner: str, project: str) -> TaskObject:
        """Stop a project and remove it with all its files."""
        path = parse_project_path(owner, project)
        return task_object(await self.rooms.projects.delete(call.person, path))

    @operation(
        Operation(
            "POST",
            f"{ONE}/start",
            "Start a project",
            TaskObject,
            status=202,
            right=in_project(Action.RUN),
        )
    )
    async def start(self, call: Call, owner: str, project: str) -> TaskObject:
        """Start a project; one that is starting is not started twice."""
        path = parse_project_path(owner, project)
        return task_object(await self.rooms.projects.start(call.person, path))

    @operation(
        Operation(
            "POST",
            f"{ONE}/stop",
            "Stop a project",
            TaskObject,
            status=202,
            right=in_project(Action.RUN),
        )
    )
    async def stop(self, call: Call, owner: str, project: str) -> TaskObject:
        """Stop a project and everything that runs in it."""
        path = parse_project_path(owner, project)
        return task_object(await self.rooms.projects.stop(call.person, path))

    @operation(
        Operation(
            "POST",
            f"{ONE}/reset",
            "Reset a project",
            TaskObject,
            status=202,
            right=in_project(Action.RUN),
        )
    )
    async def reset(self, call: Call, owner: str, project: str) -> TaskObject:
        """Stop what is left of a project, mend it and start it again."""
        path = parse_project_path(owner, project)
        return task_object(await self.rooms.projects.reset(call.person, path))

    @operation(
        Operation(
            "PUT", f"{ONE}/team/{{user}}", "Put somebody in the team", ProjectObject,
            MemberBody,
            right=in_project(Action.MANAGE_TEAM),
        )
    )  # fmt: skip
    async def set_member(
        self, call: Call, owner: str, project: str, user: str
    ) -> ProjectObject:
        """Add somebody to the team, or change what they may do and until when."""
        path = parse_project_path(owner, project)
        body: MemberBody = call.body
        until = moment_or_none(body.until, "until")
        changed = await self.rooms.projects.set_member(
            call.person, path, user, body.role, until
        )
        return project_object(changed)

    @operation(
        Operation(
            "DELETE",
            f"{ONE}/team/{{user}}",
            "Take somebody off the team",
            ProjectObject,
            right=in_project(Action.MANAGE_TEAM),
        )
    )
    async def remove_member(
        self, call: Call, owner: str, project: str, user: str
    ) -> ProjectObject:
        """Take somebody off the team; what they have open is closed."""
        path = parse_project_path(owner, project)
        return project_object(
            await self.rooms.projects.remove_member(call.person, path, user)
        )

    @operation(
        Operation(
            "GET", f"{ONE}/events", "A project's news as server-sent events",
            streams=True,
            right=in_project(Action.VIEW, visitors=True),
        )
    )  # fmt: skip
    async def events(self, call: Call, owner: str, project: str) -> None:
        """Send `state`, `progress`, `apps`, `team`, `environment` as they happen."""
        path = parse_project_path(owner, project)
        found = await self.rooms.projects.at(call.caller, path)
        subject = Subject(
            key=_listener(call),
            user_id=call.caller.user.id if call.caller else "",
            topics={project_topic(found.id): {"project": str(found.path)}},
            allowed=lambda: self._still_allowed(call, path),
        )
        await self.live.serve(call.request, subject)

    async def _still_allowed(self, call: Call, path: ProjectPath) -> bool:
        """Whether the one who listens still may: asked while the stream goes on."""
        try:
            caller = await call.renew()
            if caller is None and call.caller is not None:
                return False
            await self.rooms.projects.at(caller, path)
        except Unavailable:
            return True  # nothing was taken away; the store is down
        except AenError:
            return False
        return True


def _listener(call: Call) -> str:
    if call.caller is None:
        return f"visitor {client_address(call.request)}"
    return call.caller.session or call.caller.token or ""
