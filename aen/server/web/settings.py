"""A project's settings: summary and description, team, details."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooSlow

from aen.model.errors import AenError, Changed
from aen.model.names import ProjectPath
from aen.model.permissions import GRANTS, Action, Standing, demand, may
from aen.model.projects import Project, State, TeamRole, Visibility, edition
from aen.model.rights import in_project
from aen.model.users import Caller
from aen.runtime.tasks import start
from aen.server.choices import chosen
from aen.server.records import ProjectChanges
from aen.server.rooms import Rooms
from aen.server.web.days import end_of_day, first_day, last_day
from aen.server.web.markdown import render
from aen.server.web.projects import PATIENCE, at, only_reads, rights
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Text, Visit
from aen.wire.messages import Usage

T = TypeVar("T")
_ACTS = 10
FILES = "files"
"""The app by which files are downloaded: docs/files.md."""
BASE = "/<owner>/<name>/settings/"
_SECTIONS = {
    "project": Action.EDIT,
    "team": Action.MANAGE_TEAM,
    "resources": Action.READ_FILES,
    "admin": Action.ADMINISTER,
    "info": Action.VIEW,
}


@frozen
class Going:
    """What goes with a project that is deleted, as far as its node tells."""

    disk: int
    environments: int
    apps: int


@frozen
class SettingsFrame:
    """What all pages of a project's settings have in common."""

    rooms: Rooms

    async def page(
        self,
        visit: Visit,
        path: ProjectPath,
        section: str,
        problem: AenError | None = None,
    ) -> Answer:
        """Return a page of a project's settings, to those whom it is open to."""
        caller = visit.person
        project = await self.rooms.projects.at(caller, path)
        if problem is None:
            demand(caller, _SECTIONS[section], project)
        values: dict[str, Any] = {
            "project": project,
            "section": section,
            "sections": open_to(visit, project),
            "can": rights(caller, project),
            "form": visit.form,
            "edition": _edition(visit, project, problem),
            "roles": tuple(TeamRole),
            "last_day": last_day,
            "today": first_day(self.rooms.clock.seconds()),
            "going": None,
            "usage": None,
        }
        if section == "info":
            values["usage"] = await self._in_time(self._usage(visit, project))
            values |= await self._facts(caller, project)
            values["files"] = await self._in_time(self._files(visit, project))
            values["only_reads"] = only_reads(caller, project)
        if section == "admin":
            values["going"] = await self._in_time(self._going(visit, project))
            every = await self.rooms.centers.data_centers()
            values["centers"] = [
                one for one in every if one.name != project.data_center
            ]
        return Page(f"settings_{section}.html", values, problem=problem)

    async def _facts(self, caller: Caller, project: Project) -> dict[str, Any]:
        """Return who may what, and what was done last."""
        public = project.visibility is Visibility.PUBLIC
        hidden = {Standing.STRANGER} | (set() if public else {Standing.VISITOR})
        found = await self.rooms.activity.of(caller, project, limit=_ACTS)
        return {
            "actions": tuple(Action),
            "grants": [one for one in GRANTS.items() if one[0] not in hidden],
            "happened": found.items,
        }

    async def _files(self, visit: Visit, project: Project) -> str:
        """Return where the project's files are for the visitor; empty: nowhere."""
        apps = await self.rooms.running.apps(visit.person, project.path)
        return next((one.url for one in apps if one.name == FILES), "")

    async def _usage(self, visit: Visit, project: Project) -> Usage:
        return await self.rooms.running.usage(visit.person, project.path)

    async def _going(self, visit: Visit, project: Project) -> Going:
        """Return what goes with the project when it is deleted."""
        caller, path, running = visit.person, project.path, self.rooms.running
        usage = await running.usage(caller, path)
        seen = may(caller, Action.READ_FILES, project)
        environments = await running.environments(caller, path) if seen else ()
        busy = project.state is State.RUNNING and may(caller, Action.RUN, project)
        apps = await running.launches(caller, path) if busy else ()
        return Going(usage.disk, len(environments), len(apps))

    async def _in_time(self, asked: Coroutine[Any, Any, T]) -> T | None:
        """Return what the node says, when it says so in time."""
        waiting: Deferred[T] = start(asked)
        try:
            return await waiting.addTimeout(PATIENCE, self.rooms.clock)
        except (AenError, TooSlow):
            return None


class SettingsPages:
    """The pages under ``/<owner>/<project>/settings/``."""

    def __init__(self, frame: Frame) -> None:
        self._frame = SettingsFrame(frame.rooms)
        self._projects = frame.rooms.projects

    @view(BASE, "GET", right=in_project(Action.EDIT))
    async def project(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show the summary, description and tags."""
        return await self._frame.page(visit, at(owner, name), "project")

    @view(BASE, "POST", right=in_project(Action.EDIT))
    async def edit(self, visit: Visit, owner: str, name: str) -> Answer:
        """Save the summary, description and tags, or show how they would look."""
        path, form = at(owner, name), visit.form
        if form.has("preview"):
            return await self._frame.page(visit, path, "project")
        changes = ProjectChanges(
            summary=form.line("summary"),
            description=form.text("description"),
            tags=_tags(form["tags"]),
        )
        known = (form.line("edition"),) if form.has("edition") else None
        try:
            await self._projects.edit(visit.person, path, changes, known)
        except AenError as error:
            return await self._frame.page(visit, path, "project", error)
        return Redirect(f"/{path}/settings/?done=saved")

    @view(BASE + "preview", "POST", right=in_project(Action.EDIT))
    async def preview(self, visit: Visit, owner: str, name: str) -> Answer:
        """Return a description as it would look."""
        await self._projects.allowed(visit.person, at(owner, name), Action.EDIT)
        shown = render(visit.form.text("description"))
        empty = '<p class="quiet">Nothing to preview yet.</p>'
        return Text(shown or empty, "text/html; charset=utf-8")

    # ---- team

    @view(BASE + "team", "GET", right=in_project(Action.MANAGE_TEAM))
    async def team(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show who works here."""
        return await self._frame.page(visit, at(owner, name), "team")

    @view(BASE + "team", "POST", right=in_project(Action.MANAGE_TEAM))
    async def set_member(self, visit: Visit, owner: str, name: str) -> Answer:
        """Add a member or change a member's role."""
        path, form = at(owner, name), visit.form
        try:
            role = chosen(TeamRole, form["role"], "role")
            until = end_of_day(form.line("until"))
            await self._projects.set_member(
                visit.person, path, form.line("user"), role, until
            )
        except AenError as error:
            return await self._frame.page(visit, path, "team", error)
        return Redirect(f"/{path}/settings/team?done=team")

    @view(BASE + "team/<user>/remove", "POST", right=in_project(Action.MANAGE_TEAM))
    async def remove_member(
        self, visit: Visit, owner: str, name: str, user: str
    ) -> Answer:
        """Take a member out of the team."""
        path = at(owner, name)
        try:
            await self._projects.remove_member(visit.person, path, user)
        except AenError as error:
            return await self._frame.page(visit, path, "team", error)
        return Redirect(f"/{path}/settings/team?done=team")

    @view(BASE + "info", "GET", right=in_project(Action.VIEW))
    async def info(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show where the project is and what it uses."""
        return await self._frame.page(visit, at(owner, name), "info")


def open_to(visit: Visit, project: Project) -> tuple[str, ...]:
    """Return the sections of a project's settings that are open to the visitor."""
    return tuple(
        section
        for section, action in _SECTIONS.items()
        if may(visit.caller, action, project)
    )


def _tags(text: str) -> tuple[str, ...]:
    """Return the tags typed into one field, each once, in the order typed."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def _edition(visit: Visit, project: Project, problem: AenError | None) -> str:
    """Return the edition somebody has before them: once they are told, the newest."""
    if visit.form.has("edition") and not isinstance(problem, Changed):
        return visit.form.line("edition")
    return edition(project)
