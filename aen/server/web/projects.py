"""A project's own page: state, controls, apps, description, team; and making one."""

from collections.abc import Mapping

from attrs import frozen
from twisted.internet.defer import TimeoutError as TooSlow

from aen.model.errors import AenError, Invalid
from aen.model.names import ProjectPath, parse_project_path
from aen.model.permissions import READABLE, Action, may, who_starts
from aen.model.projects import Project, State
from aen.model.rights import in_project
from aen.model.users import Caller
from aen.runtime.tasks import start
from aen.server.projects import MAKES_PROJECTS
from aen.server.records import AppLink, NewProject
from aen.server.web.live import Live
from aen.server.web.view import Frame, not_found, view
from aen.server.web.visit import Answer, Page, Redirect, Streamed, Visit
from aen.server.web.watching import watching
from aen.wire.messages import Launch

FEW = 5
"""How many of the last acts a project's own page shows."""
PATIENCE = 2.0
"""Seconds a page waits for what a node says; it is shown without it then."""


@frozen
class Running:
    """What a data center says of one project; *silent* says why it says nothing."""

    apps: tuple[AppLink, ...] = ()
    launches: tuple[Launch, ...] = ()
    silent: str = ""


def at(owner: str, name: str) -> ProjectPath:
    """Return the path in an address, or raise `NotFound`."""
    try:
        return parse_project_path(owner, name)
    except Invalid:
        raise not_found() from None


def only_reads(caller: Caller | None, project: Project) -> str:
    """Return what is to be said to a reader of a project that does not run."""
    if project.state in READABLE or may(caller, Action.RUN, project):
        return ""
    reads = may(caller, Action.READ_FILES, project)
    return who_starts(project) if reads else ""


def rights(caller: Caller | None, project: Project) -> dict[str, bool]:
    """Return what the caller may do, for templates: ``can.run``, ``can.edit``."""
    return {action.name.lower(): may(caller, action, project) for action in Action}


_ARCHIVE = "archive"
IMPORT = "files/.aen-app/import?replace=1"
"""The page of the files app that takes an archive: docs/files.md. What a new project
begins with makes room for what is in it."""


class ProjectPages:
    """``/projects/new`` and ``/<owner>/<project>``."""

    def __init__(self, frame: Frame, live: Live) -> None:
        self._rooms = frame.rooms
        self._projects = frame.rooms.projects
        self._live = live

    # ---- making one

    @view("/projects/new", "GET", right=MAKES_PROJECTS)
    async def blank(self, visit: Visit) -> Answer:
        """Show the form for a new project."""
        usual = (await self._rooms.site.values()).default_visibility
        wanted = NewProject("", usual.value)
        return await self._form(visit, wanted)

    @view("/projects/new", "POST", right=MAKES_PROJECTS)
    async def create(self, visit: Visit) -> Answer:
        """Make a project and show it."""
        form = visit.form
        wanted = NewProject(
            name=form.line("name"),
            visibility=form.line("visibility") or None,
            summary=form.line("summary"),
            data_center=form.line("data_center") or None,
        )
        try:
            made = await self._projects.create(visit.person, wanted)
        except AenError as error:
            return await self._form(visit, wanted, error)
        if form["from"] != _ARCHIVE:
            return Redirect(f"/{made.path}")
        # A page in between ends the form's chain before the gateway, as at sign-in.
        center = await self._rooms.centers.center(made.data_center)
        to = f"{center.url}/{made.path}/{IMPORT}"
        return Page("onwards.html", {"to": to, "made": made})

    async def _form(
        self, visit: Visit, wanted: NewProject, problem: AenError | None = None
    ) -> Answer:
        places = await self._rooms.centers.data_centers()
        archive = visit.form["from"] == _ARCHIVE
        values = {"wanted": wanted, "places": places, "archive": archive}
        return Page("new_project.html", values, problem=problem)

    # ---- looking at one

    @view("/<owner>/<name>", "GET", right=in_project(Action.VIEW, visitors=True))
    async def home(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show a project."""
        return await self._home(visit, at(owner, name))

    @view("/<owner>/<name>/live", right=in_project(Action.VIEW, visitors=True))
    async def part(self, visit: Visit, owner: str, name: str) -> Answer:
        """Return the parts of a project's page that change by themselves."""
        project = await self._projects.at(visit.caller, at(owner, name))
        return await self._show(visit, project, "part/live.html")

    @view("/<owner>/<name>/team", right=in_project(Action.VIEW, visitors=True))
    async def team(self, visit: Visit, owner: str, name: str) -> Answer:
        """Return the list of a project's team."""
        project = await self._projects.at(visit.caller, at(owner, name))
        return Page("part/team.html", {"project": project})

    @view("/<owner>/<name>/events", right=in_project(Action.VIEW, visitors=True))
    async def events(self, visit: Visit, owner: str, name: str) -> Answer:
        """Stream what happens to a project."""
        path = at(owner, name)
        project = await self._projects.at(visit.caller, path)
        await self._live.serve(
            visit.request, watching(self._rooms, visit, (project,), path)
        )
        return Streamed()

    # ---- controls

    @view("/<owner>/<name>/start", "POST", right=in_project(Action.RUN))
    async def start(self, visit: Visit, owner: str, name: str) -> Answer:
        """Start the project."""
        return await self._control(visit, at(owner, name), "start")

    @view("/<owner>/<name>/stop", "POST", right=in_project(Action.RUN))
    async def stop(self, visit: Visit, owner: str, name: str) -> Answer:
        """Stop the project and every app in it."""
        return await self._control(visit, at(owner, name), "stop")

    @view("/<owner>/<name>/reset", "POST", right=in_project(Action.RUN))
    async def reset(self, visit: Visit, owner: str, name: str) -> Answer:
        """Try again what failed."""
        return await self._control(visit, at(owner, name), "reset")

    @view("/<owner>/<name>/apps/<launch>/stop", "POST", right=in_project(Action.RUN))
    async def stop_app(
        self, visit: Visit, owner: str, name: str, launch: str
    ) -> Answer:
        """Stop one running app."""
        path = at(owner, name)
        try:
            await self._rooms.running.stop_launch(visit.person, path, launch)
        except AenError as error:
            return await self._home(visit, path, error)
        return await self._after(visit, path)

    async def _control(self, visit: Visit, path: ProjectPath, what: str) -> Answer:
        acts = {
            "start": self._projects.start,
            "stop": self._projects.stop,
            "reset": self._projects.reset,
        }
        try:
            await acts[what](visit.person, path)
        except AenError as error:
            return await self._home(visit, path, error)
        return await self._after(visit, path)

    async def _after(self, visit: Visit, path: ProjectPath) -> Answer:
        return await self._home(visit, path) if visit.partial else Redirect(f"/{path}")

    async def _home(
        self, visit: Visit, path: ProjectPath, problem: AenError | None = None
    ) -> Answer:
        project = await self._projects.at(visit.caller, path)
        if visit.partial:
            return await self._show(visit, project, "part/live.html", problem)
        happened = await self._rooms.activity.of(visit.caller, project, limit=FEW)
        related = await self._rooms.related.of(visit.caller, project)
        more = {"happened": happened.items, "related": related}
        return await self._show(visit, project, "project.html", problem, more)

    async def _show(
        self,
        visit: Visit,
        project: Project,
        template: str,
        problem: AenError | None = None,
        more: Mapping[str, object] | None = None,
    ) -> Answer:
        values = {
            **(more or {}),
            "project": project,
            "running": await self._running(visit.caller, project),
            "can": rights(visit.caller, project),
            "only_reads": only_reads(visit.caller, project),
            "starred": await self._rooms.finding.has_star(visit.caller, project),
        }
        return Page(template, values, problem=problem)

    async def _running(self, caller: Caller | None, project: Project) -> Running:
        """Return what the node says, within a page's patience."""
        running, path = self._rooms.running, project.path

        async def ask() -> Running:
            found = await running.apps(caller, path)
            apps = tuple(one for one in found if not one.hidden)
            busy = project.state is State.RUNNING and may(caller, Action.RUN, project)
            launches = await running.launches(caller, path) if busy else ()
            return Running(apps, launches)

        try:
            return await start(ask()).addTimeout(PATIENCE, self._rooms.clock)
        except TooSlow:
            return Running(silent="The data center takes long to answer.")
        except AenError as error:
            return Running(silent=error.message)
