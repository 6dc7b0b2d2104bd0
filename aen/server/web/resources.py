"""A project's compute resources: what runs, environments and their packages, limits."""

import re
from typing import Any

from attrs import evolve, frozen
from twisted.internet.defer import TimeoutError as TooSlow

from aen.model.environments import Verb
from aen.model.errors import AenError, Conflict, Invalid
from aen.model.names import ProjectPath
from aen.model.periods import HOUR
from aen.model.permissions import Action, demand
from aen.model.projects import Project
from aen.model.rights import in_project
from aen.model.tasks import Task
from aen.runtime.tasks import start
from aen.server.environments import EnvironmentChanges, NewEnvironment
from aen.server.web.projects import at, rights
from aen.server.web.settings import open_to
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Text, Visit
from aen.wire.environments import FoundPackage
from aen.wire.messages import Environment, Launch, Resources

_BASE = "/<owner>/<name>/settings/resources"
_PATIENCE = 4.0
"""Seconds the page waits for what a node measures."""
_SHOWN_SECONDS = HOUR
"""How long a change that has ended stays on the page."""
_CHANGES = {
    "install": Verb.INSTALL,
    "remove": Verb.REMOVE,
    "update": Verb.UPDATE,
    "activate": Verb.ACTIVATE,
    "delete": Verb.DELETE,
}


@frozen
class Found:
    """What was searched for, and why there may be nothing."""

    q: str = ""
    packages: tuple[FoundPackage, ...] = ()
    silent: str = ""


@frozen
class Printed:
    """What an app has printed."""

    launch: Launch
    lines: tuple[str, ...] = ()
    silent: str = ""


@frozen
class Shown:
    """What a node says of one project; *silent* says why it says nothing."""

    resources: Resources | None = None
    silent: str = ""
    work: Task | None = None
    """The change of an environment that goes on, or has ended lately."""
    found: Found = Found()
    printed: Printed | None = None

    def environment(self, name: str) -> Environment | None:
        """Return the environment called *name*, else the active one, else any."""
        every = self.resources.environments if self.resources else ()
        by_name = (one for one in every if one.name == name)
        active = (one for one in every if one.active)
        return next(by_name, None) or next(active, None) or next(iter(every), None)


class ResourcesPages:
    """``/<owner>/<project>/settings/resources`` and its parts."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._projects = frame.rooms.projects
        self._environments = frame.rooms.environments

    # ---- looking

    @view(_BASE, "GET", right=in_project(Action.READ_FILES))
    async def page(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show what a project has and may have."""
        return await self._page(visit, at(owner, name))

    @view(f"{_BASE}/part/<part>", "GET", right=in_project(Action.READ_FILES))
    async def part(self, visit: Visit, owner: str, name: str, part: str) -> Answer:
        """Return one of the parts that change by themselves."""
        if part not in ("now", "environments", "work"):
            raise Invalid("There is no such part of the page.")
        template = f"part/resources_{part}.html"
        return await self._page(visit, at(owner, name), template=template)

    @view(f"{_BASE}/apps/<launch>/log", "GET", right=in_project(Action.READ_FILES))
    async def log(self, visit: Visit, owner: str, name: str, launch: str) -> Answer:
        """Return what an app has printed, as a part of the page."""
        path = at(owner, name)
        template = "part/resources_log.html"
        return await self._page(visit, path, template=template, log=launch)

    @view(
        f"{_BASE}/environments/<environment>/search",
        "GET",
        right=in_project(Action.RUN),
    )
    async def search(
        self, visit: Visit, owner: str, name: str, environment: str
    ) -> Answer:
        """Return the packages that were searched for, as a part of the page."""
        path = at(owner, name)
        project = await self._project(visit, path)
        demand(visit.person, Action.RUN, project)
        values = {
            "project": project,
            "can": rights(visit.caller, project),
            "chosen": environment,
            "found": await self._search(visit, path, environment),
        }
        return Page("part/resources_found.html", values)

    @view(
        f"{_BASE}/environments/<environment>/export",
        "GET",
        right=in_project(Action.READ_FILES),
    )
    async def export(
        self, visit: Visit, owner: str, name: str, environment: str
    ) -> Answer:
        """Give an environment as a file."""
        told = await self._environments.export(
            visit.person, at(owner, name), environment, visit.query["format"]
        )
        return Text(told.text, name=told.name)

    # ---- changing

    @view(f"{_BASE}/environments", "POST", right=in_project(Action.RUN))
    async def create(self, visit: Visit, owner: str, name: str) -> Answer:
        """Have an environment made: new, as a copy, or from a file."""
        path, form = at(owner, name), visit.form
        kind = form["from"] or "default"
        wanted = NewEnvironment(
            name=form.line("name"),
            source=form.line("source") if kind == "copy" else "",
            file=form.text("file") if kind == "file" else "",
        )
        try:
            if kind == "file" and not wanted.file:
                message = "Paste the text of a file, or choose one."
                raise Invalid(message, fields={"file": message})
            await self._environments.create(visit.person, path, wanted)
        except AenError as error:
            return await self._page(visit, path, error)
        return _back(path, wanted.name)

    @view(
        f"{_BASE}/environments/<environment>/change",
        "POST",
        right=in_project(Action.RUN),
    )
    async def change(
        self, visit: Visit, owner: str, name: str, environment: str
    ) -> Answer:
        """Have packages or an environment itself changed, by the button pressed."""
        path = at(owner, name)
        try:
            await self._change(visit, path, environment)
        except AenError as error:
            return await self._page(visit, path, error, chosen=environment)
        gone = visit.form["verb"] == Verb.DELETE.value
        return _back(path, "" if gone else environment)

    async def _change(self, visit: Visit, path: ProjectPath, environment: str) -> None:
        form, caller = visit.form, visit.person
        verb = _CHANGES.get(form["verb"])
        packages = (*form.all("package"), *typed(form["packages"]))
        if verb is Verb.DELETE:
            await self._environments.delete(caller, path, environment)
            return
        wanted = EnvironmentChanges(
            remove=packages if verb is Verb.REMOVE else (),
            install=packages if verb is Verb.INSTALL else (),
            update=packages if verb is Verb.UPDATE else (),
            active=verb is Verb.ACTIVATE,
        )
        await self._environments.change(caller, path, environment, wanted)

    @view(f"{_BASE}/apps/<launch>/stop", "POST", right=in_project(Action.RUN))
    async def stop(self, visit: Visit, owner: str, name: str, launch: str) -> Answer:
        """End one running app."""
        path = at(owner, name)
        try:
            await self._rooms.running.stop_launch(visit.person, path, launch)
        except AenError as error:
            return await self._page(visit, path, error)
        return Redirect(f"/{path}/settings/resources?done=stopped")

    @view(f"{_BASE}/work/cancel", "POST", right=in_project(Action.RUN))
    async def cancel(self, visit: Visit, owner: str, name: str) -> Answer:
        """End the change of an environment that goes on, after its step."""
        path = at(owner, name)
        try:
            await self._projects.allowed(visit.person, path, Action.RUN)
            work = await self._environments.last(visit.person, path)
            if work is None:
                raise Conflict("No environment is being changed.")
            await self._rooms.task_desk.cancel(visit.person, work.id)
        except AenError as error:
            return await self._page(visit, path, error)
        return Redirect(f"/{path}/settings/resources#work")

    # ---- what is shown

    async def _project(self, visit: Visit, path: ProjectPath) -> Project:
        project = await self._projects.at(visit.person, path)
        demand(visit.person, Action.READ_FILES, project)
        return project

    async def _page(
        self,
        visit: Visit,
        path: ProjectPath,
        problem: AenError | None = None,
        *,
        template: str = "settings_resources.html",
        chosen: str = "",
        log: str = "",
    ) -> Answer:
        project = await self._project(visit, path)
        shown = await self._shown(visit, project, log or visit.query["log"])
        chosen = chosen or visit.query["env"]
        if visit.query["q"]:
            one = shown.environment(chosen)
            name = one.name if one else project.environment
            shown = evolve(shown, found=await self._search(visit, path, name))
        values: dict[str, Any] = {
            "project": project,
            "section": "resources",
            "sections": open_to(visit, project),
            "can": rights(visit.caller, project),
            "form": visit.form,
            "shown": shown,
            "may_cancel": shown.work is not None
            and self._rooms.task_desk.may_cancel(visit.person, shown.work),
            "environment": shown.environment(chosen),
            "found": shown.found,
        }
        return Page(template, values, problem=problem)

    async def _shown(self, visit: Visit, project: Project, log: str) -> Shown:
        """Return what the node says, within the page's patience."""
        work = await self._work(visit, project.path)
        if project.node is None:
            return Shown(work=work)
        asked = start(self._rooms.running.resources(visit.person, project.path))
        try:
            found: Resources = await asked.addTimeout(_PATIENCE, self._rooms.clock)
        except TooSlow:
            return Shown(silent="The node takes long to answer.", work=work)
        except AenError as error:
            return Shown(silent=error.message, work=work)
        printed = await self._printed(visit, project.path, found, log)
        return Shown(found, work=work, printed=printed)

    async def _work(self, visit: Visit, path: ProjectPath) -> Task | None:
        last = await self._environments.last(visit.person, path)
        if last is None or not last.state.ended:
            return last
        recent = self._rooms.clock.seconds() - last.updated < _SHOWN_SECONDS
        return last if recent else None

    async def _printed(
        self, visit: Visit, path: ProjectPath, found: Resources, log: str
    ) -> Printed | None:
        launch = next((one.launch for one in found.apps if one.launch.id == log), None)
        if launch is None:
            return None
        try:
            lines = await self._rooms.running.log(visit.person, path, log)
        except AenError as error:
            return Printed(launch, silent=error.message)
        return Printed(launch, lines)

    async def _search(self, visit: Visit, path: ProjectPath, name: str) -> Found:
        q = visit.query.line("q")
        try:
            packages = await self._environments.search(visit.person, path, name, q)
        except AenError as error:
            return Found(q, silent=error.message)
        return Found(q, packages)


def typed(text: str) -> tuple[str, ...]:
    """Return the packages typed into one field, with blanks or commas between.

    A condition belongs to the name before it: ``numpy >= 2, < 3`` is one package.
    """
    text = re.sub(r"\s*([<>=!~]=+|[<>])\s*", r"\1", text)
    text = re.sub(r"\s*,\s*(?=[<>=!~])", ",", text)
    return tuple(one for one in re.split(r"\s+|,(?![<>=!~])", text) if one)


def _back(path: ProjectPath, environment: str) -> Redirect:
    query = f"?env={environment}" if environment else ""
    return Redirect(f"/{path}/settings/resources{query}#work")
