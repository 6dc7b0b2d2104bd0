"""What all use cases of projects stand on: parts, the permission table, tasks, news."""

from collections.abc import Mapping

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid, Moved
from aen.model.names import ProjectPath
from aen.model.permissions import Action, demand, may, no_project
from aen.model.projects import Project, State
from aen.model.tasks import Kind, Task
from aen.model.users import Caller
from aen.server import profile
from aen.server.audit import Audit
from aen.server.centers import Centers
from aen.server.events import Events, gateway_topic
from aen.server.settings import ServerSettings
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive
from aen.server.tasks import Tasks, project_key


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


class ProjectDesk:
    """Finds projects for those who may, and tells what is done to them."""

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

    async def allowed(
        self, caller: Caller | None, path: ProjectPath, action: Action
    ) -> Project:
        """Return the project at *path* to those who may do *action* to it.

        :raises NotFound: there is none, or *caller* is a stranger to it.
        :raises Moved: it was there, and *caller* may see where it is now.
        :raises Forbidden: *caller* may see it, but not do this.
        """
        found = await self._records.at(path)
        if found is None:
            moved = await self._records.formerly(path)
            if moved is not None and may(caller, Action.VIEW, moved):
                raise Moved(moved.path.owner, moved.path.name)
            raise no_project()
        demand(caller, action, found)
        return found

    async def _drop(self, project: Project, reason: str) -> None:
        """Have the gateway ask anew who may do what in *project*."""
        topic = gateway_topic(project.data_center)
        data: dict[str, object] = {"project_id": project.id, "reason": reason}
        await self._events.publish(topic, "drop", data)

    async def _task(
        self,
        kind: Kind,
        caller: Caller,
        project: Project,
        more: Mapping[str, object] | None = None,
    ) -> Task:
        revision = await self._records.revision(project.id)
        arguments = {
            "project": project.id,
            # A reset of what runs, or of a start that failed, ends in a start.
            "start": project.state not in (State.STOPPED, State.STOPPING),
            **(more or {}),
        }
        key = project_key(project.id)
        task = await self._tasks.add(kind, key, arguments, caller.user.name)
        shown = _shown_state(kind, project.state)
        if shown is not None and task.attempts == 0:
            # Only for the eye, and only of what no worker has taken up: one that is
            # just ending it would leave what is shown here for ever.
            await self._records.announce(project.id, revision, shown, self._now)
        return task

    async def _noted_task(
        self, kind: Kind, act: Act, caller: Caller, project: Project
    ) -> Task:
        """Return a task; note who asked for it, unless it was under way."""
        known = await self._tasks.active(project_key(project.id))
        task = await self._task(kind, caller, project)
        if known is None or known.kind is not kind:
            await self._audit.note(act, caller, project=project)
        return task

    @property
    def _now(self) -> float:
        return self._clock.seconds()


def no_account(field: str, name: str) -> Invalid:
    """Return what to raise when there is no account called *name*."""
    message = f"There is no account “{profile.cleaned(name, 40)}”."
    return Invalid(message, fields={field: message})


def being_moved(path: ProjectPath) -> Conflict:
    """Return what to raise where files of another project still are."""
    return Conflict(
        f"The files of a project that was at {path} are still being moved; try again"
        " in a moment, or choose another name."
    )


def still(project: Project | None) -> Project:
    """Return a project that has just been changed, if it is there still."""
    if project is None:
        raise no_project()
    return project


_STOPPING = (
    Kind.STOP_PROJECT,
    Kind.RESET_PROJECT,
    Kind.MOVE_PROJECT,
    Kind.SHIP_PROJECT,
)


def _shown_state(kind: Kind, now: State) -> State | None:
    """Return the state to show until a worker takes up a task of *kind*."""
    begins = kind in (Kind.START_PROJECT, Kind.COPY_PROJECT)
    if begins and now in (State.STOPPED, State.FAILED):
        return State.STARTING
    if kind is Kind.RESET_PROJECT and now is State.FAILED:
        return State.STARTING
    if kind in _STOPPING and now in (
        State.STARTING,
        State.RUNNING,
    ):
        return State.STOPPING
    return None
