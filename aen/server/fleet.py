"""All projects and all that runs, for administrators: what there is, and ending it."""

from attrs import frozen
from twisted.internet.defer import DeferredSemaphore

from aen.model.administration import Area, demand_area
from aen.model.audit import Act
from aen.model.errors import AenError, NotFound
from aen.model.projects import Project, State
from aen.model.tasks import Task
from aen.model.users import Caller
from aen.runtime.tasks import start, together
from aen.server.audit import Audit
from aen.server.projects import Projects
from aen.server.records import Page
from aen.server.running import Running, on_disk
from aen.server.store.archive import Archive
from aen.server.store.project_search import ProjectsWanted
from aen.wire import routes
from aen.wire.messages import AppUse, Nothing, Resources, StopLaunch

_AT_ONCE = 8
"""So many nodes are asked side by side for one page."""
_PATIENCE = 5.0
"""Seconds a node may take to say what runs on it."""


@frozen
class Busy:
    """A project that runs, and its apps; *problem*: why they are not known."""

    project: Project
    apps: tuple[AppUse, ...] = ()
    problem: str = ""


class Fleet:
    """What administrators see and end of others' work; never what is in files."""

    def __init__(
        self, archive: Archive, projects: Projects, running: Running, audit: Audit
    ) -> None:
        self._archive = archive
        self._projects = projects
        self._running = running
        self._audit = audit

    async def projects(
        self,
        caller: Caller,
        wanted: ProjectsWanted,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Project]:
        """Return the projects that are *wanted*, whoever they belong to."""
        demand_area(caller, Area.PROJECTS)
        return await self._archive.project_search.page(wanted, cursor, limit)

    async def busy(
        self,
        caller: Caller,
        owner: str = "",
        cursor: str | None = None,
        limit: int = 20,
    ) -> Page[Busy]:
        """Return projects that run with their apps, as their nodes tell now."""
        demand_area(caller, Area.APPS)
        wanted = ProjectsWanted(owner=owner, state=State.RUNNING)
        page = await self._archive.project_search.page(wanted, cursor, limit)
        places = DeferredSemaphore(_AT_ONCE)

        async def asked(project: Project) -> Busy:
            found: Busy = await places.run(lambda: start(self._apps(project)))
            return found

        return Page(tuple(await together(map(asked, page.items))), page.next)

    async def _apps(self, project: Project) -> Busy:
        try:
            found = await self._running.ask(
                project, routes.RESOURCES, on_disk(project), Resources, _PATIENCE
            )
        except AenError as error:
            return Busy(project, problem=error.message)
        ours = [one for one in found.apps if one.launch.project_id == project.id]
        return Busy(project, tuple(ours))

    async def stop_app(self, caller: Caller, project: str, launch: str) -> None:
        """End an app of anybody.

        :raises NotFound: there is no such project, or nothing of that id runs in it.
        """
        demand_area(caller, Area.APPS)
        found = await self._project(project)
        busy = await self._apps(found)
        ours = [one.launch for one in busy.apps if one.launch.id == launch]
        if not ours:
            raise NotFound(busy.problem or "It does not run any more.")
        stop = StopLaunch(ours[0].id)
        await self._running.ask(found, routes.STOP_LAUNCH, stop, Nothing)
        await self._audit.note(
            Act.APP_STOPPED,
            caller,
            user=ours[0].user,
            project=found,
            app=ours[0].title,
        )

    async def stop_project(self, caller: Caller, project: str) -> Task:
        """Have everything that runs in a project ended."""
        found = await self._project(project)
        return await self._projects.end(caller, found.id)

    async def _project(self, key: str) -> Project:
        found = await self._archive.projects.with_id(key)
        if found is None:
            raise NotFound("This project is gone.")
        return found
