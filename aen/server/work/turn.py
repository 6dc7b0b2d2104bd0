"""One worker's turn at a project: asking its node, and telling how far it is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from attrs import AttrsInstance, define, field, frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import AenError, Conflict, Failed, NotFound, Unavailable
from aen.model.places import DataCenter, Node, choose_node
from aen.model.projects import Problem, Progress, Project, State
from aen.model.tasks import Kind, Task
from aen.runtime.structure import unstructure
from aen.runtime.tasks import pause
from aen.server.centers import relay
from aen.server.events import Events, gateway_topic, project_topic
from aen.server.running import Nodes, on_disk
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive
from aen.server.store.tasks import Holder
from aen.server.tasks import Tasks
from aen.server.work.hands import Lost
from aen.server.work.progress import ProgressWriter
from aen.wire.client import OnLine, Place
from aen.wire.messages import Line, ProjectNews
from aen.wire.routes import Route

_WAITING = Progress("Waiting for the data center")
_TEAM = (
    "The files do not follow the changed team yet: {why} This is tried again by itself,"
    " and with the next start."
)

_STAYS = "The project could not be moved and is in “{center}” as before: {why}"
T = TypeVar("T")


class Unreached(Failed):
    """The node could not be asked, as often as it was tried."""


@frozen
class Means:
    """What a worker works with."""

    archive: Archive
    events: Events
    nodes: Nodes
    settings: ServerSettings
    clock: IReactorTime
    tasks: Tasks


@define
class Turn:
    """One worker's turn at one project, from `begin` to `finish`."""

    work: Means
    task: Task
    holder: Holder
    project: Project
    center: DataCenter | None
    state: State | None = None
    about: dict[str, object] = field(factory=dict)
    """What is done to which environment; set while it is done."""
    log: Logger = field(factory=Logger)
    writer: ProgressWriter = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.writer = ProgressWriter(self.work.clock, self._write)

    @property
    def mark(self) -> str:
        """What tells this turn from all others at the project."""
        return self.holder.mark

    async def begin(self, state: State | None) -> None:
        """Take the project; only this turn changes its state from now on."""
        now = self.work.clock.seconds()
        projects = self.work.archive.projects
        if not await projects.begin(self.project.id, self.mark, state, now):
            raise Lost
        if state is not None:
            self.state = state
            await self.tell(state, None)

    async def finish(self, state: State, problem: Problem | None = None) -> Project:
        """Let the project go, in *state*."""
        await self.writer.stop()
        projects, now = self.work.archive.projects, self.work.clock.seconds()
        key = self.project.id
        found = await projects.finish(key, self.mark, state, problem, now)
        if found is None:
            raise Lost
        self.project = found
        await self.tell(state, problem)
        return found

    async def fail(self, problem: Problem) -> None:
        """Let the project go with *problem*.

        What changes only its team or an environment leaves its state as it is.
        """
        match self.task.kind:
            case Kind.APPLY_TEAM:
                message = _TEAM.format(why=problem.message)
                await self.complain(Problem(message, problem.log))
            case Kind.CHANGE_ENVIRONMENT | Kind.CLEAR_LEFT:
                pass  # its task says it; the project is none the worse
            case Kind.SHIP_PROJECT:
                message = _STAYS.format(
                    center=self.project.data_center, why=problem.message
                )
                await self.finish(State.STOPPED, Problem(message, problem.log))
            case _:
                await self.finish(State.FAILED, problem)

    async def complain(self, problem: Problem | None) -> None:
        """Say on the project what does not hold, or that all does; it goes on."""
        project = self.project
        if problem is None and project.problem is None:
            return
        if await self.work.archive.projects.complain(project.id, problem):
            await self._publish("state", _told(project.state, problem))

    def known_center(self) -> DataCenter:
        """Return the project's data center, or raise `Failed`."""
        if self.center is None:
            raise Failed(
                f"The data center “{self.project.data_center}” is not registered"
                " any more."
            )
        return self.center

    async def choose(self) -> Node:
        """Return the node to start on and note it, or raise `Failed`."""
        center = self.known_center()
        health = await self.work.archive.centers.health(center.name)
        try:
            node = choose_node(center.nodes, health, self.project.node, center.draining)
        except Unavailable as error:
            raise Failed(error.message) from None
        projects = self.work.archive.projects
        if not await projects.place(self.project.id, self.mark, node.name):
            raise Lost
        return node

    async def follow(
        self,
        route: Route,
        node: str,
        message: AttrsInstance | None = None,
        heard: OnLine | None = None,
        *,
        at: DataCenter | None = None,
    ) -> None:
        """Have the node do something and write its progress.

        :param message: what is asked; the project as it is, unless given.
        :param heard: hears each line of the answer, too.
        :param at: the node's data center, where it is not the project's.

        :raises Failed: it did not succeed.
        :raises Unreached: the node could not be reached.
        """
        asked = on_disk(self.project) if message is None else message
        hear = self._hearing(heard)
        await self.reach(
            at or self.known_center(),
            node,
            lambda place: self.work.nodes.follow(place, route, asked, hear),
        )

    async def reach(
        self, center: DataCenter, node: str, ask: Callable[[Place], Awaitable[T]]
    ) -> T:
        """Return what a node answers to *ask*, which may be made several times.

        :raises Failed: it did not succeed.
        :raises Conflict: it is in a state in which it cannot do this.
        :raises Unreached: the node could not be reached.
        """
        for wait in (*self.work.settings.task_pauses, None):
            try:
                return await ask(relay(center, node))
            except (Unavailable, NotFound) as error:
                if wait is None:
                    raise Unreached(error.message) from None
                # A cancelled request may look like one that was not answered.
                if not await self._note(_WAITING):
                    raise Lost from None
                await pause(self.work.clock, wait)
            except (Failed, Conflict):
                raise
            except AenError as error:
                what = f"The data center “{center.name}” refuses: {error.message}"
                raise Failed(what) from None
        raise AssertionError("the last attempt returns or raises")

    def _hearing(self, heard: OnLine | None) -> OnLine:
        def hear(line: Line) -> None:
            if line.progress is not None:
                self.writer(line.progress)
            if heard is not None:
                heard(line)

        return hear

    async def _write(self, progress: Progress) -> None:
        await self._note(progress)

    async def _note(self, progress: Progress) -> bool:
        """Write *progress* and tell it; False when this turn is over."""
        archive = self.work.archive
        if not await archive.tasks.step(self.holder, progress):
            return False
        if self.about:
            told = {**self.about, "progress": unstructure(progress)}
            await self._publish("environment", told)
        if self.state is None:
            return True
        if not await archive.projects.step(self.project.id, self.mark, progress):
            return False
        await self._publish("progress", unstructure(progress))
        await self._tell_gateway(
            ProjectNews(self.project.id, self.state, None, progress)
        )
        return True

    async def tell(self, state: State, problem: Problem | None) -> None:
        """Tell watchers and the gateway that the state has changed."""
        await self._publish("state", _told(state, problem))
        node = None if self.center is None else self.center.node(self.project.node)
        news = ProjectNews(self.project.id, state, node, None, problem)
        await self._tell_gateway(news)

    async def _publish(self, kind: str, data: Mapping[str, object]) -> None:
        await self.work.events.publish(project_topic(self.project.id), kind, data)

    async def _tell_gateway(self, news: ProjectNews) -> None:
        topic = gateway_topic(self.project.data_center)
        await self.work.events.publish(topic, "project", unstructure(news))


def _told(state: State, problem: Problem | None) -> dict[str, object]:
    return {
        "state": state.value,
        "word": state.word,
        "problem": None if problem is None else problem.message,
    }
