"""A project's settings: summary and description, team, administration, details."""

from twisted.internet.defer import TimeoutError as TooSlow

from aen.model.errors import AenError, Invalid
from aen.model.names import ProjectPath
from aen.model.permissions import Action, demand, may
from aen.model.projects import Project, TeamRole
from aen.model.rights import in_project
from aen.runtime.tasks import start
from aen.server.records import ProjectChanges
from aen.server.web.days import end_of_day, first_day, last_day
from aen.server.web.markdown import render
from aen.server.web.projects import PATIENCE, at, rights
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Text, Visit
from aen.wire.messages import Usage

_BASE = "/<owner>/<name>/settings/"
_SECTIONS = {
    "project": Action.EDIT,
    "team": Action.MANAGE_TEAM,
    "resources": Action.READ_FILES,
    "admin": Action.ADMINISTER,
    "info": Action.VIEW,
}


class SettingsPages:
    """The pages under ``/<owner>/<project>/settings/``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._projects = frame.rooms.projects

    @view(_BASE, "GET", right=in_project(Action.EDIT))
    async def project(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show the summary, description and tags."""
        return await self._page(visit, at(owner, name), "project")

    @view(_BASE, "POST", right=in_project(Action.EDIT))
    async def edit(self, visit: Visit, owner: str, name: str) -> Answer:
        """Save the summary, description and tags, or show how they would look."""
        path, form = at(owner, name), visit.form
        if form.has("preview"):
            return await self._page(visit, path, "project")
        changes = ProjectChanges(
            summary=form.line("summary"),
            description=form.text("description"),
            tags=_tags(form["tags"]),
        )
        try:
            await self._projects.edit(visit.person, path, changes)
        except AenError as error:
            return await self._page(visit, path, "project", error)
        return Redirect(f"/{path}/settings/?done=saved")

    @view(_BASE + "preview", "POST", right=in_project(Action.EDIT))
    async def preview(self, visit: Visit, owner: str, name: str) -> Answer:
        """Return a description as it would look."""
        await self._projects.allowed(visit.person, at(owner, name), Action.EDIT)
        shown = render(visit.form.text("description"))
        empty = '<p class="quiet">Nothing to preview yet.</p>'
        return Text(shown or empty, "text/html; charset=utf-8")

    # ---- team

    @view(_BASE + "team", "GET", right=in_project(Action.MANAGE_TEAM))
    async def team(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show who works here."""
        return await self._page(visit, at(owner, name), "team")

    @view(_BASE + "team", "POST", right=in_project(Action.MANAGE_TEAM))
    async def set_member(self, visit: Visit, owner: str, name: str) -> Answer:
        """Add a member or change a member's role."""
        path, form = at(owner, name), visit.form
        try:
            role, until = _role(form["role"]), end_of_day(form.line("until"))
            await self._projects.set_member(
                visit.person, path, form.line("user"), role, until
            )
        except AenError as error:
            return await self._page(visit, path, "team", error)
        return Redirect(f"/{path}/settings/team?done=team")

    @view(_BASE + "team/<user>/remove", "POST", right=in_project(Action.MANAGE_TEAM))
    async def remove_member(
        self, visit: Visit, owner: str, name: str, user: str
    ) -> Answer:
        """Take a member out of the team."""
        path = at(owner, name)
        try:
            await self._projects.remove_member(visit.person, path, user)
        except AenError as error:
            return await self._page(visit, path, "team", error)
        return Redirect(f"/{path}/settings/team?done=team")

    # ---- administration

    @view(_BASE + "admin", "GET", right=in_project(Action.ADMINISTER))
    async def admin(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show visibility and deletion."""
        return await self._page(visit, at(owner, name), "admin")

    @view(_BASE + "visibility", "POST", right=in_project(Action.ADMINISTER))
    async def visibility(self, visit: Visit, owner: str, name: str) -> Answer:
        """Make the project private or public."""
        path = at(owner, name)
        changes = ProjectChanges(visibility=visit.form["visibility"])
        try:
            await self._projects.edit(visit.person, path, changes)
        except AenError as error:
            return await self._page(visit, path, "admin", error)
        return Redirect(f"/{path}/settings/admin?done=saved")

    @view(_BASE + "delete", "POST", right=in_project(Action.ADMINISTER))
    async def delete(self, visit: Visit, owner: str, name: str) -> Answer:
        """Delete the project and its files, once its name was typed."""
        path = at(owner, name)
        try:
            project = await self._projects.at(visit.person, path)
            demand(visit.person, Action.ADMINISTER, project)
            if visit.form.line("confirm") != project.path.name:
                message = f"Type “{project.path.name}” to delete it."
                raise Invalid(message, fields={"confirm": message})
            await self._projects.delete(visit.person, path)
        except AenError as error:
            return await self._page(visit, path, "admin", error)
        return Redirect("/?done=deleting")

    @view(_BASE + "info", "GET", right=in_project(Action.VIEW))
    async def info(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show where the project is and what it uses."""
        return await self._page(visit, at(owner, name), "info")

    async def _page(
        self,
        visit: Visit,
        path: ProjectPath,
        section: str,
        problem: AenError | None = None,
    ) -> Answer:
        caller = visit.person
        project = await self._projects.at(caller, path)
        if problem is None:
            demand(caller, _SECTIONS[section], project)
        values = {
            "project": project,
            "section": section,
            "sections": open_to(visit, project),
            "can": rights(caller, project),
            "form": visit.form,
            "roles": tuple(TeamRole),
            "last_day": last_day,
            "today": first_day(self._rooms.clock.seconds()),
            "usage": await self._usage(visit, project) if section == "info" else None,
        }
        return Page(f"settings_{section}.html", values, problem=problem)

    async def _usage(self, visit: Visit, project: Project) -> Usage | None:
        """Return what the project uses, when its node says so in time."""
        asked = start(self._rooms.running.usage(visit.person, project.path))
        try:
            found: Usage = await asked.addTimeout(PATIENCE, self._rooms.clock)
        except (AenError, TooSlow):
            return None
        return found


def open_to(visit: Visit, project: Project) -> tuple[str, ...]:
    """Return the sections of a project's settings that are open to the visitor."""
    return tuple(
        section
        for section, action in _SECTIONS.items()
        if may(visit.caller, action, project)
    )


def _role(text: str) -> TeamRole:
    try:
        return TeamRole(text)
    except ValueError:
        message = "Choose one of the roles."
        raise Invalid(message, fields={"role": message}) from None


def _tags(text: str) -> tuple[str, ...]:
    """Return the tags typed into one field, each once, in the order typed."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))
