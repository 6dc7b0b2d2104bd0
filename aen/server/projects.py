"""Projects: making, finding and changing them, and asking for them to run."""

import secrets
from typing import Any

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Conflict, Forbidden, Invalid, NotFound
from aen.model.names import ProjectPath, parse_project_path
from aen.model.permissions import (
    SCOPES,
    Action,
    demand,
    demand_superuser,
)
from aen.model.projects import Member, Problem, Project, State, TeamRole, Visibility
from aen.model.rights import person, takes
from aen.model.tasks import Kind, Task
from aen.model.users import Caller
from aen.server import profile
from aen.server.audit import Audit
from aen.server.centers import Centers
from aen.server.events import Events, gateway_topic, project_topic
from aen.server.records import NewProject, Page, ProjectChanges
from aen.server.settings import ServerSettings
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive
from aen.server.store.projects import Looking
from aen.server.tasks import Tasks, project_key, team_key

MAKES_PROJECTS = person("project:create")
_MOST_MINE = 500
_SILENT = (
    "The node “{node}” does not answer at the moment. What runs on it may go on;"
    " if it stays away, an administrator has to look after it."
)


@frozen
class ProjectParts:
    """What `Projects` are made of."""

    archive: Archive
    centers: Centers
    tasks: Tasks
    events: Events
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit
    site: SiteSettings


class Projects:
    """What can be done with projects; every method asks the permission table."""

    def __init__(self, parts: ProjectParts) -> None:
        self._archive = parts.archive
        self._records = parts.archive.projects
        self._centers = parts.centers
        self._tasks = parts.tasks
        self._events = parts.events
        self._settings = parts.settings
        self._clock = parts.clock
        self._audit = parts.audit
        self._site = parts.site

    # -- finding

    async def at(self, caller: Caller | None, path: ProjectPath) -> Project:
        """Return the project at *path*; to strangers it does not exist."""
        project = await self.allowed(caller, path, Action.VIEW)
        if project.state is not State.RUNNING or project.node is None:
            return project
        health = await self._centers.node_health(project.data_center, project.node)
        if health is None or health.answering:
            return project
        return evolve(project, problem=Problem(_SILENT.format(node=project.node)))

    async def allowed(
        self, caller: Caller | None, path: ProjectPath, action: Action
    ) -> Project:
        """Return the project at *path* to those who may do *action* to it.

        :raises NotFound: there is none, or *caller* is a stranger to it.
        :raises Forbidden: *caller* may see it, but not do this.
        """
        found = await self._records.at(path)
        if found is None:
            raise NotFound("There is no such project.")
        demand(caller, action, found)
        return found

    async def public(self, path: ProjectPath) -> Project:
        """Return the project at *path*, for its public folder: open to everybody.

        :raises NotFound: there is none.
        """
        return _still(await self._records.at(path))

    async def mine(self, caller: Caller) -> tuple[Project, ...]:
        """Return what the caller owns or is in the team of, changed last first."""
        found = await self._records.of_person(caller.user.name, _MOST_MINE)
        if caller.project is not None:
            found = [one for one in found if one.id == caller.project]
        return tuple(found) if _may_list(caller) else ()

    async def listing(  # noqa: PLR0913, PLR0917 -- what can be asked for
        self,
        caller: Caller | None,
        q: str = "",
        tag: str = "",
        owner: str = "",
        visibility: str = "",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Project]:
        """Return the projects the caller may see, changed last first."""
        if not _may_list(caller):
            raise Forbidden("This token may not read projects.")
        if visibility:
            _visibility(visibility)
        looking = Looking(
            reader=_reader(caller),
            only=None if caller is None else caller.project,
            q=q[:100],
            tag=tag.strip().lower()[:40],
            owner=owner[:32],
            visibility=visibility,
        )
        return await self._records.page(looking, cursor, limit)

    # -- making and changing

    async def create(self, caller: Caller, new: NewProject) -> Project:
        """Make a project; it has no files before it is started.

        :raises Taken: its owner has one of that name, in whatever case.
        """
        if not takes(MAKES_PROJECTS, caller):
            raise Forbidden("This token may not make projects.")
        owner = await self._owner(caller, new.owner)
        path = parse_project_path(owner, new.name)
        chosen = new.visibility
        if not chosen:
            chosen = (await self._site.values()).default_visibility.value
        center = await self._centers.choose(new.data_center)
        await self._centers.demand_person(center.name, owner, "owner")
        now = self._clock.seconds()
        project = Project(
            id=secrets.token_hex(12),
            path=path,
            data_center=center.name,
            visibility=_visibility(chosen),
            summary=profile.summary(new.summary),
            description=profile.description(new.description),
            tags=profile.tags(new.tags),
            created=now,
            updated=now,
        )
        await self._records.add(project)
        return project

    async def _owner(self, caller: Caller, asked: str | None) -> str:
        if asked is None or asked == caller.user.name:
            return caller.user.name
        demand_superuser(caller)
        found = await self._archive.users.named(asked)
        if found is None:
            raise _no_account("owner", asked)
        return found.name

    async def edit(
        self, caller: Caller, path: ProjectPath, changes: ProjectChanges
    ) -> Project:
        """Change what is not None in *changes*."""
        project = await self.allowed(caller, path, Action.EDIT)
        fields: dict[str, Any] = {}
        if changes.summary is not None:
            fields["summary"] = profile.summary(changes.summary)
        if changes.description is not None:
            fields["description"] = profile.description(changes.description)
        if changes.tags is not None:
            fields["tags"] = list(profile.tags(changes.tags))
        if changes.visibility is not None:
            demand(caller, Action.ADMINISTER, project)
            fields["visibility"] = _visibility(changes.visibility).value
        if not fields:
            return project
        changed = _still(await self._records.edit(project.id, fields, self._now))
        if changed.visibility is not project.visibility:
            await self._drop(changed, "The visibility of the project has changed.")
        return changed

    async def set_member(
        self, caller: Caller, path: ProjectPath, user: str, role: TeamRole
    ) -> Project:
        """Put somebody in the team, or give them another role."""
        project = await self.allowed(caller, path, Action.MANAGE_TEAM)
        found = await self._archive.users.named(user)
        if found is None:
            raise _no_account("user", user)
        if found.name == project.path.owner:
            raise Conflict(f"“{user}” owns the project and needs no place in its team.")
        await self._centers.demand_person(project.data_center, found.name, "user")
        known = project.member(found.name) is not None
        if not known and len(project.team) >= self._settings.team_size:
            raise Conflict(
                f"A team has at most {self._settings.team_size} members;"
                " remove somebody first."
            )
        member = Member(found.name, role)
        changed = await self._records.put_member(project.id, member, self._now)
        return await self._team_changed(caller, _still(changed))

    async def remove_member(
        self, caller: Caller, path: ProjectPath, user: str
    ) -> Project:
        """Take somebody out of the team; anybody may leave by themselves."""
        leaves = caller.user.name == user and caller.scopes is None
        action = Action.VIEW if leaves else Action.MANAGE_TEAM
        project = await self.allowed(caller, path, action)
        if all(one.user != user for one in project.team):
            raise NotFound(f"“{user}” is not in the team.")
        changed = await self._records.drop_member(project.id, user, self._now)
        gone = await self._archive.users.named(user)
        if gone is not None:
            await self._archive.tokens.end_apps(gone.id, project.id)
        return await self._team_changed(caller, _still(changed or project))

    async def _team_changed(self, caller: Caller, project: Project) -> Project:
        await self._drop(project, "The team of the project has changed.")
        team = [{"user": one.user, "role": one.role.value} for one in project.team]
        topic = project_topic(project.id)
        await self._events.publish(topic, "team", {"team": team})
        if project.node is not None:
            # Beside a start or stop under way: the files follow at once.
            arguments = {"project": project.id}
            key, by = team_key(project.id), caller.user.name
            await self._tasks.add_fresh(Kind.APPLY_TEAM, key, arguments, by)
        return project

    async def _drop(self, project: Project, reason: str) -> None:
        topic = gateway_topic(project.data_center)
        data: dict[str, object] = {"project_id": project.id, "reason": reason}
        await self._events.publish(topic, "drop", data)

    # -- running

    async def start(self, caller: Caller, path: ProjectPath) -> Task:
        """Have the project started; asked again meanwhile, it is the same task."""
        project = await self._startable(caller, path)
        return await self._task(Kind.START_PROJECT, caller, project)

    async def stop(self, caller: Caller, path: ProjectPath) -> Task:
        """Have everything that runs in the project ended."""
        project = await self.allowed(caller, path, Action.RUN)
        return await self._task(Kind.STOP_PROJECT, caller, project)

    async def reset(self, caller: Caller, path: ProjectPath) -> Task:
        """Have the project stopped, mended, its rights set anew; it starts again."""
        project = await self._startable(caller, path)
        return await self._task(Kind.RESET_PROJECT, caller, project)

    async def delete(self, caller: Caller, path: ProjectPath) -> Task:
        """Have the project stopped, its files removed and its record with them."""
        project = await self.allowed(caller, path, Action.ADMINISTER)
        return await self._task(Kind.DELETE_PROJECT, caller, project)

    async def _startable(self, caller: Caller, path: ProjectPath) -> Project:
        project = await self.allowed(caller, path, Action.RUN)
        user = caller.user.name
        await self._centers.demand_person(project.data_center, user, "user")
        return project

    async def _task(self, kind: Kind, caller: Caller, project: Project) -> Task:
        revision = await self._records.revision(project.id)
        arguments = {
            "project": project.id,
            # A reset of what runs, or of a start that failed, ends in a start.
            "start": project.state not in (State.STOPPED, State.STOPPING),
        }
        key = project_key(project.id)
        task = await self._tasks.add(kind, key, arguments, caller.user.name)
        shown = _shown_state(kind, project.state)
        if shown is not None and task.attempts == 0:
            # Only for the eye, and only of what no worker has taken up: one that is
            # just ending it would leave what is shown here for ever.
            await self._records.announce(project.id, revision, shown, self._now)
        return task

    @property
    def _now(self) -> float:
        return self._clock.seconds()


def _shown_state(kind: Kind, now: State) -> State | None:
    """Return the state to show until a worker takes up a task of *kind*."""
    if kind is Kind.START_PROJECT and now in (State.STOPPED, State.FAILED):
        return State.STARTING
    if kind is Kind.RESET_PROJECT and now is State.FAILED:
        return State.STARTING
    if kind in (Kind.STOP_PROJECT, Kind.RESET_PROJECT) and now in (
        State.STARTING,
        State.RUNNING,
    ):
        return State.STOPPING
    return None


def _may_list(caller: Caller | None) -> bool:
    if caller is None or caller.scopes is None:
        return True
    return any(Action.VIEW in SCOPES.get(scope, ()) for scope in caller.scopes)


def _reader(caller: Caller | None) -> str | None:
    if caller is None:
        return ""
    return None if caller.is_superuser else caller.user.name


def _visibility(text: str) -> Visibility:
    try:
        return Visibility(text)
    except ValueError:
        message = "The visibility must be “private” or “public”."
        raise Invalid(message, fields={"visibility": message}) from None


def _no_account(field: str, name: str) -> Invalid:
    message = f"There is no account “{profile.cleaned(name, 40)}”."
    return Invalid(message, fields={field: message})


def _still(project: Project | None) -> Project:
    if project is None:
        raise NotFound("There is no such project.")
    return project
