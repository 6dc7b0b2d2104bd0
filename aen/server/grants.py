"""What gateways ask: who may do what in a project, and whether it runs."""

from attrs import frozen

from aen.model.errors import Elsewhere, Invalid, Moved, Unauthenticated
from aen.model.names import ProjectPath, parse_app_name, parse_project_path
from aen.model.permissions import Action, may, no_project
from aen.model.places import Node
from aen.model.projects import Project, State
from aen.model.users import Caller
from aen.server.access import Access
from aen.server.api_tokens import ApiTokens
from aen.server.app_tokens import AppTokens
from aen.server.centers import Centers
from aen.server.projects import Projects
from aen.server.rooms import Rooms
from aen.server.running import Running, demand_open
from aen.server.visitors import Visitors
from aen.wire.messages import (
    Credential,
    Grant,
    GrantQuestion,
    Opening,
    OpenQuestion,
    PublicPlace,
    PublicQuestion,
)


@frozen
class Grants:
    """Answers the gateways, each about the projects of its own data center only."""

    access: Access
    api_tokens: ApiTokens
    projects: Projects
    running: Running
    centers: Centers
    tokens: AppTokens
    visitors: Visitors

    @classmethod
    def of(cls, rooms: Rooms) -> "Grants":
        """Return what answers for *rooms*."""
        return cls(
            rooms.access, rooms.api_tokens, rooms.projects, rooms.running,
            rooms.centers, rooms.tokens, rooms.visitors,
        )  # fmt: skip

    async def grant(self, center: str, question: GrantQuestion) -> Grant:
        """Return what somebody may do in a project.

        :raises NotFound: there is no such project, or not for them.
        :raises Unauthenticated: their session or token has ended.
        """
        caller = await self._caller(question.credential)
        path = _path(question.owner, question.project)
        project = await self._project(center, caller, path)
        return Grant(
            project_id=project.id,
            owner=project.path.owner,
            project=project.path.name,
            user=await self._runs_as(caller),
            user_id="" if caller is None else caller.user.id,
            actions=tuple(one.value for one in Action if may(caller, one, project)),
            state=project.state,
            node=await self._node(project),
            progress=project.progress,
            problem=project.problem,
            until=_until(caller, project),
        )

    async def open(self, center: str, question: OpenQuestion) -> Opening:
        """Return how far a project is for somebody who opens an app of it.

        A stopped project is started, if they may; a failed one is left alone.

        :raises Conflict: it neither runs nor starts, and they may not start it.
        :raises Unauthenticated: visitors open nothing here.
        """
        caller = await self._caller(question.credential)
        if not await self._runs_as(caller):
            raise Unauthenticated("Sign in to open apps.")
        path = _path(question.owner, question.project)
        project = await self._project(center, caller, path)
        app = await self.running.app(project, parse_app_name(question.app))
        demand_open(caller, app, project)
        state = project.state
        if state is State.STOPPED and caller is not None:
            await self.projects.start(caller, path)
            state = State.STARTING
        token = ""
        if state is State.RUNNING:
            token = await self.tokens.make(caller, project, app, question.app)
        return Opening(
            state=state,
            node=await self._node(project),
            progress=project.progress,
            problem=project.problem,
            app_token=token,
        )

    async def public(self, center: str, question: PublicQuestion) -> PublicPlace:
        """Return where a project's public folder is, which anybody may read.

        :raises NotFound: there is no such project in this data center.
        """
        path = _path(question.owner, question.project)
        project = await self.projects.public(path)
        if project.data_center != center:
            raise await self._elsewhere(project)
        files = project.home or project.path
        node = await self._node(project)
        return PublicPlace(project.id, node, files.owner, files.name)

    async def _runs_as(self, caller: Caller | None) -> str:
        """Return whose account of the nodes apps run as; empty: they have none."""
        if caller is not None:
            return caller.user.name
        return await self.visitors.account() or ""

    async def _caller(self, credential: Credential) -> Caller | None:
        found = None
        if credential.token_hash is not None:
            found = await self.api_tokens.caller_of_token_hash(credential.token_hash)
        elif credential.session is not None:
            found = await self.access.caller_of_session_id(credential.session)
        else:
            return None
        if found is None:
            raise Unauthenticated("You have been signed out; sign in again.")
        return found

    async def _project(
        self, center: str, caller: Caller | None, path: ProjectPath
    ) -> Project:
        try:
            project = await self.projects.allowed(caller, path, Action.VIEW)
        except Moved as moved:
            # The gateway sends browsers on to where the answer says that it is.
            path = _path(moved.owner, moved.name)
            project = await self.projects.allowed(caller, path, Action.VIEW)
        if project.data_center != center:
            raise await self._elsewhere(project)
        return project

    async def _elsewhere(self, project: Project) -> Elsewhere:
        """Return what tells a gateway where a project is that it does not have.

        Only whoever may see the project, or its public folder, gets so far.
        """
        center = await self.centers.center(project.data_center)
        return Elsewhere(
            f"The project {project.path} is in the data center “{center.name}”.",
            fields={"path": str(project.path), "gateway": center.url},
        )

    async def _node(self, project: Project) -> Node | None:
        if project.node is None:
            return None
        center = await self.centers.center(project.data_center)
        return center.node(project.node)


def _until(caller: Caller | None, project: Project) -> float | None:
    member = None if caller is None else project.member(caller.user.name)
    return None if member is None else member.until


def _path(owner: str, project: str) -> ProjectPath:
    try:
        return parse_project_path(owner, project)
    except Invalid:
        raise no_project() from None
