"""What a worker does to projects: start, stop, reset, delete, apply the team.

Each step may be done twice without harm: a worker that dies leaves its task to
another, which begins at the beginning and finds done what is done.
"""

from collections.abc import Awaitable, Callable, Mapping

from attrs import define, field, frozen
from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import AenError, Failed, NotFound, Unavailable
from aen.model.places import DataCenter, Node, choose_node
from aen.model.projects import Problem, Progress, Project, State
from aen.model.tasks import Kind, Task
from aen.runtime.structure import unstructure
from aen.runtime.tasks import pause
from aen.server.centers import relay
from aen.server.events import GATEWAYS, Events, gateway_topic, project_topic
from aen.server.progress import ProgressWriter
from aen.server.running import Nodes, on_disk
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive
from aen.server.store.tasks import Holder
from aen.wire import routes
from aen.wire.messages import Line, ProjectNews
from aen.wire.routes import Route

_WAITING = Progress("Waiting for the data center")
_OURS = "Something went wrong on our side; it has been logged."
_MOST_TEAM_CHANGES = 5
_LOG_LINES = 200


class Lost(Exception):
    """Another worker has the task now, or it has become another one."""


@frozen
class ProjectWork:
    """Does the tasks of projects."""

    archive: Archive
    events: Events
    nodes: Nodes
    settings: ServerSettings
    clock: IReactorTime

    async def do(self, task: Task, holder: Holder) -> None:
        """Do *task* whole.

        :raises AenError: it did not succeed; the project says why, too.
        :raises Unavailable: the store does not answer: try again later.
        :raises Lost: somebody else goes on with it.
        """
        turn = await self._turn(task, holder)
        if turn is None:
            return
        try:
            await _STEPS[task.kind](turn)
        except Failed as error:
            await turn.fail(Problem(error.message, error.log[-_LOG_LINES:]))
            raise
        except (AenError, Lost, CancelledError):
            raise
        except Exception as error:
            turn.log.failure("{kind} failed", kind=task.kind.value)
            await turn.fail(Problem(_OURS))
            raise Failed(_OURS) from error
        finally:
            await turn.writer.stop()

    async def give_up(self, task: Task, holder: Holder) -> str:
        """Say on the project that a task was tried too often, and return that."""
        message = (
            f"It was tried {task.attempts - 1} times and broke off each time;"
            " the log of the server says why."
        )
        turn = await self._turn(task, holder)
        if turn is not None:
            await turn.begin(None)
            await turn.fail(Problem(message))
        return message

    async def _turn(self, task: Task, holder: Holder) -> "Turn | None":
        project = await self.archive.projects.with_id(str(task.arguments["project"]))
        if project is None:
            return None
        center = await self.archive.centers.named(project.data_center)
        return Turn(self, task, holder, project, center)


@define
class Turn:
    """One worker's turn at one project, from `begin` to `finish`."""

    work: ProjectWork
    task: Task
    holder: Holder
    project: Project
    center: DataCenter | None
    state: State | None = None
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
        """Let the project go with *problem*; what ran before goes on running."""
        keeps = self.task.kind is Kind.APPLY_TEAM
        await self.finish(State.RUNNING if keeps else State.FAILED, problem)

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
            node = choose_node(center.nodes, health, self.project.node)
        except Unavailable as error:
            raise Failed(error.message) from None
        projects = self.work.archive.projects
        if not await projects.place(self.project.id, self.mark, node.name):
            raise Lost
        return node

    async def follow(self, route: Route, node: str) -> None:
        """Have the node do something and write its progress.

        :raises Failed: it did not succeed, or the node could not be reached.
        """
        center = self.known_center()
        pauses = self.work.settings.task_pauses
        for wait in (*pauses, None):
            try:
                await self.work.nodes.follow(
                    relay(center, node), route, on_disk(self.project), self._heard
                )
            except (Unavailable, NotFound) as error:
                if wait is None:
                    raise Failed(error.message) from None
                # A cancelled request may look like one that was not answered.
                if not await self._note(_WAITING):
                    raise Lost from None
                await pause(self.work.clock, wait)
            except Failed:
                raise
            except AenError as error:
                what = f"The data center “{center.name}” refuses: {error.message}"
                raise Failed(what) from None
            else:
                return

    def _heard(self, line: Line) -> None:
        if line.progress is not None:
            self.writer(line.progress)

    async def _write(self, progress: Progress) -> None:
        await self._note(progress)

    async def _note(self, progress: Progress) -> bool:
        """Write *progress* and tell it; False when this turn is over."""
        archive = self.work.archive
        if not await archive.tasks.step(self.holder, progress):
            return False
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
        data = {
            "state": state.value,
            "word": state.word,
            "problem": None if problem is None else problem.message,
        }
        await self._publish("state", data)
        node = None
        if self.center is not None:
            places = (one for one in self.center.nodes if one.name == self.project.node)
            node = next(places, None)
        news = ProjectNews(self.project.id, state, node, None, problem)
        await self._tell_gateway(news)

    async def _publish(self, kind: str, data: Mapping[str, object]) -> None:
        await self.work.events.publish(project_topic(self.project.id), kind, data)

    async def _tell_gateway(self, news: ProjectNews) -> None:
        topic = gateway_topic(self.project.data_center)
        await self.work.events.publish(topic, "project", unstructure(news))


async def _start(turn: Turn) -> None:
    # What runs already is only asked to be ready: nobody sees it go down.
    runs = turn.project.state is State.RUNNING
    await turn.begin(None if runs else State.STARTING)
    node = await turn.choose()
    for _ in range(_MOST_TEAM_CHANGES):
        sent = turn.project.team
        await turn.follow(routes.START_PROJECT, node.name)
        if (await turn.finish(State.RUNNING)).team == sent:
            return
        await turn.begin(None)


async def _stop(turn: Turn) -> None:
    await turn.begin(State.STOPPING)
    if turn.project.node is not None:
        await turn.follow(routes.STOP_PROJECT, turn.project.node)
    await turn.work.archive.tokens.end_project(turn.project.id)
    await turn.finish(State.STOPPED)


async def _reset(turn: Turn) -> None:
    again = bool(turn.task.arguments.get("start"))
    await turn.begin(State.STOPPING)
    if turn.project.node is not None:
        await turn.follow(routes.RESET_PROJECT, turn.project.node)
    await turn.work.archive.tokens.end_project(turn.project.id)
    await turn.finish(State.STOPPED)
    if again:
        await _start(turn)


async def _delete(turn: Turn) -> None:
    await turn.begin(State.STOPPING)
    if turn.project.node is not None:
        await turn.follow(routes.STOP_PROJECT, turn.project.node)
        await turn.follow(routes.REMOVE_PROJECT, turn.project.node)
    await turn.writer.stop()
    await turn.work.archive.tokens.end_project(turn.project.id)
    await turn.work.archive.projects.remove(turn.project.id)
    await turn.tell(State.STOPPED, None)
    drop: dict[str, object] = {
        "project_id": turn.project.id,
        "reason": "The project was deleted.",
    }
    await turn.work.events.publish(GATEWAYS, "drop", drop)


async def _apply_team(turn: Turn) -> None:
    if turn.project.state is State.RUNNING:
        await _start(turn)


_STEPS: dict[Kind, Callable[[Turn], Awaitable[None]]] = {
    Kind.START_PROJECT: _start,
    Kind.STOP_PROJECT: _stop,
    Kind.RESET_PROJECT: _reset,
    Kind.DELETE_PROJECT: _delete,
    Kind.APPLY_TEAM: _apply_team,
}
