"""What a worker does to projects: start, stop, reset, delete, team, environments.

Each step may be done twice without harm: a worker that dies leaves its task to
another, which begins at the beginning and finds done what is done.
"""

from collections.abc import Awaitable, Callable

from attrs import frozen
from twisted.internet.defer import CancelledError

from aen.model.errors import OUR_FAULT, AenError, Failed
from aen.model.projects import Problem, State
from aen.model.tasks import Kind, Task
from aen.server.events import GATEWAYS
from aen.server.rooms import Rooms
from aen.server.store.tasks import LOG_LINES, Holder
from aen.server.work.copies import copy, fill
from aen.server.work.environments import change_environment, tell_end
from aen.server.work.hands import Hand, Lost, TryAgain
from aen.server.work.late_teams import REFUSED_SECONDS
from aen.server.work.moves import bring_home, move
from aen.server.work.shipping import bring, clear, forget, give_back, take_back
from aen.server.work.turn import Means, Turn, Unreached
from aen.wire import routes

_MOST_TEAM_CHANGES = 5

Step = Callable[[Turn], Awaitable[None]]
_BESIDE = (Kind.APPLY_TEAM, Kind.CHANGE_ENVIRONMENT, Kind.CLEAR_LEFT)
"""What goes on beside starts and stops, and never changes the project's state."""


@frozen
class ProjectWork(Means, Hand):
    """Does the tasks of projects."""

    async def do(self, task: Task, holder: Holder) -> None:
        """Do *task* whole.

        :raises AenError: it did not succeed; the project says why, too.
        :raises Unavailable: the store does not answer: try again later.
        :raises Lost: somebody else goes on with it.
        """
        turn = await self._turn(task, holder)
        if turn is None:
            return
        await self._carry_out(STEPS[task.kind], turn)

    async def _carry_out(self, step: Step, turn: Turn) -> None:
        task = turn.task
        try:
            await step(turn)
        except Failed as error:
            if task.kind is Kind.APPLY_TEAM:
                wait = 0.0 if isinstance(error, Unreached) else REFUSED_SECONDS
                due = self.clock.seconds() + wait
                await self.archive.projects.team_due(turn.project.id, due)
            await turn.fail(Problem(error.message, error.log[-LOG_LINES:]))
            raise
        except (AenError, Lost, CancelledError):
            raise
        except Exception as error:
            turn.log.failure("{kind} failed", kind=task.kind.value)
            await turn.fail(Problem(OUR_FAULT))
            raise Failed(OUR_FAULT) from error
        finally:
            await turn.writer.stop()

    async def give_up(self, task: Task, holder: Holder, why: str) -> None:
        """Say on the project that a task was tried too often."""
        turn = await self._turn(task, holder)
        if turn is not None:
            if task.kind not in _BESIDE:
                await turn.begin(None)
            if task.kind is Kind.SHIP_PROJECT:
                await give_back(turn)
            await turn.fail(Problem(why))

    async def cancelled(self, task: Task, holder: Holder) -> None:
        """Stop what was starting; what ran before runs on.

        A move to another data center is taken back, unless the project is there.
        """
        turn = await self._turn(task, holder)
        if turn is not None and task.kind is Kind.SHIP_PROJECT:
            await self._carry_out(take_back, turn)
            return
        if turn is None or task.kind is not Kind.START_PROJECT:
            return
        if turn.project.state is State.RUNNING:
            await turn.begin(None)
            await turn.finish(State.RUNNING)
        else:
            await self._carry_out(_stop, turn)

    async def ended(self, task: Task, problem: str) -> None:
        """Tell those who watch an environment that its change has ended."""
        if task.kind is Kind.CHANGE_ENVIRONMENT:
            await tell_end(self, task, problem)

    @classmethod
    def of(cls, rooms: Rooms) -> "ProjectWork":
        """Return what works with *rooms*."""
        return cls(
            rooms.archive,
            rooms.events,
            rooms.nodes,
            rooms.settings,
            rooms.clock,
            rooms.tasks,
        )

    async def _turn(self, task: Task, holder: Holder) -> Turn | None:
        project = await self.archive.projects.with_id(str(task.arguments["project"]))
        if project is None:
            return None
        center = await self.archive.centers.named(project.data_center)
        return Turn(self, task, holder, project, center)


async def _start(turn: Turn) -> None:
    # What runs already is only asked to be ready: nobody sees it go down.
    runs = turn.project.state is State.RUNNING
    await turn.begin(None if runs else State.STARTING)
    await bring_home(turn)
    await fill(turn)
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
    await bring_home(turn)
    await fill(turn)
    if turn.project.node is not None:
        await turn.follow(routes.RESET_PROJECT, turn.project.node)
    await turn.work.archive.tokens.end_project(turn.project.id)
    await turn.finish(State.STOPPED)
    if again:
        await _start(turn)


async def _move(turn: Turn) -> None:
    await move(turn)
    if turn.task.arguments.get("start"):
        await _start(turn)


async def _delete(turn: Turn) -> None:
    await turn.begin(State.STOPPING)
    if turn.project.node is not None:
        await turn.follow(routes.STOP_PROJECT, turn.project.node)
        await turn.follow(routes.REMOVE_PROJECT, turn.project.node)
    await forget(turn)
    await turn.writer.stop()
    await turn.work.archive.tokens.end_project(turn.project.id)
    await turn.work.archive.stars.forget_project(turn.project.id)
    await turn.work.archive.projects.remove(turn.project.id)
    await turn.tell(State.STOPPED, None)
    drop: dict[str, object] = {
        "project_id": turn.project.id,
        "reason": "The project was deleted.",
    }
    await turn.work.events.publish(GATEWAYS, "drop", drop)


async def _apply_team(turn: Turn) -> None:
    projects = turn.work.archive.projects
    for _ in range(_MOST_TEAM_CHANGES):
        if turn.project.home is not None:
            raise TryAgain("The project's files are being moved.")
        if turn.project.node is None:
            return  # no files are there yet; the first start knows the team
        await turn.follow(routes.APPLY_TEAM, turn.project.node)
        now = await projects.with_id(turn.project.id)
        if now is None:
            return
        # Whoever asked the node last has to find the team it sent still there.
        sent, turn.project = turn.project.team, now
        if now.team == sent:
            break
    await projects.team_due(turn.project.id, None)
    await turn.complain(None)


STEPS: dict[Kind, Step] = {
    Kind.START_PROJECT: _start,
    Kind.STOP_PROJECT: _stop,
    Kind.RESET_PROJECT: _reset,
    Kind.COPY_PROJECT: copy,
    Kind.MOVE_PROJECT: _move,
    Kind.SHIP_PROJECT: bring,
    Kind.CLEAR_LEFT: clear,
    Kind.DELETE_PROJECT: _delete,
    Kind.APPLY_TEAM: _apply_team,
    Kind.CHANGE_ENVIRONMENT: change_environment,
}
