"""What a worker does to a project that has got another path: its files follow."""

from aen.model.projects import State
from aen.server.running import on_disk
from aen.server.work.hands import Lost
from aen.server.work.turn import Turn
from aen.wire import routes
from aen.wire.messages import ProjectMove


async def move(turn: Turn) -> None:
    """End what runs in a project and put its files where it is now."""
    await turn.begin(State.STOPPING)
    await turn.work.archive.tokens.end_project(turn.project.id)
    await bring_home(turn)
    await turn.finish(State.STOPPED)


async def bring_home(turn: Turn) -> None:
    """Have the files of a project put where it is now, if they are not there.

    :raises Failed: they could not be moved.
    :raises Lost: it got yet another path meanwhile; whoever sees to that goes on.
    """
    projects = turn.work.archive.projects
    project = await projects.with_id(turn.project.id)
    if project is None:
        raise Lost
    turn.project = project
    home = project.home
    if home is None:
        return
    if project.node is not None:
        asked = ProjectMove(on_disk(project), home.owner, home.name)
        await turn.follow(routes.MOVE_PROJECT, project.node, asked)
    settled = await projects.settle(project.id, turn.mark, project.path)
    if settled is None:
        raise Lost
    turn.project = settled
