"""What a worker does to a project that is to hold what another one does."""

from aen.model.errors import Failed
from aen.model.permissions import Action, may
from aen.model.projects import Project, State
from aen.model.users import Caller
from aen.server.running import on_disk
from aen.server.work.hands import Lost, TryAgain
from aen.server.work.turn import Turn
from aen.wire import routes
from aen.wire.messages import ProjectCopy

_GONE = (
    "The project that this one was to be a copy of is gone, or not open to its owner"
    " any more. Delete this one."
)
_MOVING = "The files of the project that is copied are being moved."


async def copy(turn: Turn) -> None:
    """Copy the files; the project is stopped afterwards, as a new one is."""
    await turn.begin(State.STARTING)
    await fill(turn)
    await turn.finish(State.STOPPED)


async def fill(turn: Turn) -> None:
    """Copy what is still to be copied into the project, if there is anything.

    :raises Failed: it cannot be copied; the project says why, and a start tries again.
    """
    project = turn.project
    if not project.source:
        return
    projects = turn.work.archive.projects
    source = await projects.with_id(project.source)
    if source is None or not await _readable(turn, source):
        raise Failed(_GONE)
    if source.home is not None:
        raise TryAgain(_MOVING)
    if source.node is not None:
        # The files are copied where they are, so the new ones stay there, too.
        if not await projects.place(project.id, turn.mark, source.node):
            raise Lost
        asked = ProjectCopy(on_disk(project), on_disk(source))
        await turn.follow(routes.DUPLICATE_PROJECT, source.node, asked)
    filled = await projects.filled(project.id, turn.mark)
    if filled is None:
        raise Lost
    turn.project = filled


async def _readable(turn: Turn, source: Project) -> bool:
    """Whether whoever owns the copy may read what is copied, still."""
    owner = await turn.work.archive.users.named(turn.project.path.owner)
    if owner is None or source.data_center != turn.project.data_center:
        return False
    return may(Caller(owner, session="task"), Action.READ_FILES, source)
