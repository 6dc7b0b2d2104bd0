"""Environments of projects: asking for changes, exporting, finding packages."""

from typing import Any

from attrs import frozen

from aen.model.audit import Act
from aen.model.environments import Verb
from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.names import ProjectPath, parse_environment_name
from aen.model.permissions import Action
from aen.model.projects import Project, State
from aen.model.tasks import Kind, Task
from aen.model.users import Caller
from aen.server import profile
from aen.server.audit import Audit
from aen.server.projects import Projects
from aen.server.running import Running, on_disk
from aen.server.tasks import Tasks, environments_key
from aen.wire import routes
from aen.wire.environments import (
    EnvironmentFile,
    EnvironmentQuestion,
    FoundPackage,
    FoundPackages,
    PackageSearch,
)
from aen.wire.messages import Environment

FILE_BYTES = 262_144
"""The longest file an environment is made from."""
PACKAGES = 100
"""How many packages one change may name."""
_REQUIREMENT = 200
_SEARCH_SECONDS = 20.0
_EXPORT_SECONDS = 60.0
FORMATS = ("", "requirements", "environment")
"""How an environment can be written down; empty: as its tool does."""


@frozen
class NewEnvironment:
    """An environment to make: empty, a copy of `source`, or from the text `file`."""

    name: str
    source: str = ""
    file: str = ""
    packages: tuple[str, ...] = ()


@frozen
class EnvironmentChanges:
    """What to do to an environment, in this order; at least one of it."""

    remove: tuple[str, ...] = ()
    install: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    active: bool = False


class Environments:
    """What can be done with environments; every method asks the permission table."""

    def __init__(
        self, projects: Projects, running: Running, tasks: Tasks, audit: Audit
    ) -> None:
        self._projects = projects
        self._running = running
        self._tasks = tasks
        self._audit = audit

    # -- changing

    async def create(
        self, caller: Caller, path: ProjectPath, new: NewEnvironment
    ) -> Task:
        """Have an environment made.

        :raises Invalid: a name that is none, or both a source and a file.
        :raises Conflict: the project does not run, or is being changed.
        """
        if new.source and new.file:
            message = "Give either an environment to copy or a file, not both."
            raise Invalid(message, fields={"file": message})
        if len(new.file.encode()) > FILE_BYTES:
            message = f"The file may have at most {FILE_BYTES // 1024} KiB."
            raise Invalid(message, fields={"file": message})
        if new.source:
            parse_environment_name(new.source)
        verb = Verb.CLONE if new.source else Verb.CREATE
        packages = _requirements(new.packages)
        step = _step(verb, packages, source=new.source, file=new.file)
        return await self._change(caller, path, new.name, step)

    async def change(
        self, caller: Caller, path: ProjectPath, name: str, wanted: EnvironmentChanges
    ) -> Task:
        """Have packages removed, installed, updated; have it be the active one.

        :raises Invalid: nothing is to be done, or what is named is no package.
        :raises Conflict: the project does not run, or is being changed.
        """
        steps = [
            _step(verb, _requirements(packages))
            for verb, packages in (
                (Verb.REMOVE, wanted.remove),
                (Verb.INSTALL, wanted.install),
                (Verb.UPDATE, wanted.update),
            )
            if packages
        ]
        if wanted.active:
            steps.append(_step(Verb.ACTIVATE))
        if not steps:
            message = "Name at least one package."
            raise Invalid(message, fields={"packages": message})
        return await self._change(caller, path, name, *steps)

    async def delete(self, caller: Caller, path: ProjectPath, name: str) -> Task:
        """Have an environment removed that is not the active one.

        :raises Conflict: it is active, the project does not run or is being changed.
        """
        project = await self._changeable(caller, path)
        if project.environment == name:
            raise Conflict(
                f"“{name}” is the active environment; make another one active first."
            )
        return await self._change(caller, path, name, _step(Verb.DELETE))

    async def last(self, caller: Caller, path: ProjectPath) -> Task | None:
        """Return the change under way, or the one before, if it is still known."""
        project = await self._projects.allowed(caller, path, Action.READ_FILES)
        return await self._tasks.last(environments_key(project.id))

    async def _changeable(self, caller: Caller, path: ProjectPath) -> Project:
        project = await self._projects.allowed(caller, path, Action.RUN)
        if project.state is not State.RUNNING:
            raise Conflict(
                "The environments of a project change only while it runs;"
                " start it first."
            )
        return project

    async def _change(
        self, caller: Caller, path: ProjectPath, name: str, *steps: dict[str, Any]
    ) -> Task:
        project = await self._changeable(caller, path)
        arguments = {
            "project": project.id,
            "user": caller.user.name,
            "name": parse_environment_name(name),
            "steps": list(steps),
        }
        key, by = environments_key(project.id), caller.user.name
        task = await self._tasks.add(Kind.CHANGE_ENVIRONMENT, key, arguments, by)
        if task.arguments != arguments:
            raise Conflict(
                f"The environment “{task.arguments['name']}” is being changed;"
                " wait until that is done."
            )
        if task.attempts == 0:
            await self._audit.note(
                Act.ENVIRONMENT_CHANGED,
                caller,
                project=project,
                facts=_told(task.arguments),
            )
        return task

    # -- reading

    async def named(self, caller: Caller, path: ProjectPath, name: str) -> Environment:
        """Return the environment called *name*, or raise `NotFound`."""
        for one in await self._running.environments(caller, path):
            if one.name == name:
                return one
        shown = profile.cleaned(name, 63)
        raise NotFound(f"There is no environment “{shown}”.")

    async def export(
        self, caller: Caller, path: ProjectPath, name: str, form: str = ""
    ) -> EnvironmentFile:
        """Return an environment written down, to make it again elsewhere.

        :param form: one of `FORMATS`.
        :raises Conflict: its tool cannot write it so.
        """
        if form not in FORMATS:
            message = "“format” must be “requirements” or “environment”."
            raise Invalid(message, fields={"format": message})
        project = await self._projects.allowed(caller, path, Action.READ_FILES)
        found = await self.named(caller, path, name)
        question = EnvironmentQuestion(on_disk(project), caller.user.name, found.name)
        told = await self._running.ask(
            project,
            routes.EXPORT_ENVIRONMENT,
            question,
            EnvironmentFile,
            _EXPORT_SECONDS,
        )
        return _in_form(told, found, form)

    async def search(
        self, caller: Caller, path: ProjectPath, name: str, q: str
    ) -> tuple[FoundPackage, ...]:
        """Return packages whose names begin with *q*, for an environment."""
        project = await self._projects.allowed(caller, path, Action.RUN)
        q = "".join(q.split())[:100]
        if not q:
            return ()
        user = caller.user.name
        question = PackageSearch(
            on_disk(project), user, parse_environment_name(name), q
        )
        found = await self._running.ask(
            project, routes.SEARCH_PACKAGES, question, FoundPackages, _SEARCH_SECONDS
        )
        return found.packages


def _step(
    verb: Verb, packages: tuple[str, ...] = (), *, source: str = "", file: str = ""
) -> dict[str, Any]:
    """Return one step of a task: what `environment_work` reads."""
    return {
        "verb": verb.value,
        "packages": list(packages),
        "source": source,
        "file": file,
    }


def _told(arguments: dict[str, Any]) -> dict[str, str]:
    """Return what is to be done, for the log."""
    steps = [
        " ".join(filter(None, [step["verb"], step["source"], *step["packages"]]))
        for step in arguments["steps"]
    ]
    return {"environment": str(arguments["name"]), "change": "; ".join(steps)}


def _requirements(packages: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was named, each once; the node's tool knows what is a package."""
    found = tuple(dict.fromkeys(one.strip() for one in packages if one.strip()))
    wrong = ""
    if len(found) > PACKAGES:
        wrong = f"Name at most {PACKAGES} packages at once."
    for one in found:
        if one.startswith("-") or len(one) > _REQUIREMENT or not one.isprintable():
            wrong = f"“{profile.cleaned(one, 40)}” is not the name of a package."
    if wrong:
        raise Invalid(wrong, fields={"packages": wrong})
    return found


def _in_form(told: EnvironmentFile, found: Environment, form: str) -> EnvironmentFile:
    """Return what the tool wrote, or the same packages as the other kind of file."""
    plain = told.name.endswith(".txt")
    if not form or plain == (form == "requirements"):
        return told
    if not plain:
        raise Conflict(
            f"“{found.name}” holds packages that a requirements file cannot name;"
            " export it as an environment file."
        )
    packages = [line for line in told.text.splitlines() if line and line[0] != "#"]
    text = "\n".join(
        [
            f"name: {found.name}",
            "dependencies:",
            f"  - python={found.python}",
            "  - pip",
            "  - pip:",
            *(f"      - {one}" for one in packages),
            "",
        ]
    )
    return EnvironmentFile("environment.yml", text)
