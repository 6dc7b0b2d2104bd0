"""A project's way from one place on the disk to another, step by step.

What is intended is noted before it is done, so that after a crash at any point the next
call knows where the files are, and which old paths their environments may still name.
"""

from pathlib import Path

from attrs import evolve, frozen

from aen.compute.environments.provider import Report
from aen.compute.programs.team import Team
from aen.compute.project_ground import Ground
from aen.compute.project_state import ProjectState, ProjectStates
from aen.model.errors import Failed
from aen.model.names import ProjectPath, parse_project_path
from aen.model.projects import Progress

MOVING = "Moving the project's files"
NAMING = "Telling the environments their new place"


def where(root: Path, state: ProjectState) -> ProjectPath:
    """Return where a project's files are, also after a move that broke off."""
    gone = bool(state.going) and not (root / state.path).is_dir()
    return parse_path(
        state.going if gone and (root / state.going).is_dir() else state.path
    )


def demand_free(states: ProjectStates, path: ProjectPath, project_id: str) -> None:
    """Refuse a place that is another project's.

    :raises Failed: its files are there.
    """
    if states.others_at(str(path), project_id):
        raise Failed(
            f"The files at {path} on the node are another project's, which is being"
            " moved; try again in a moment."
        )


@frozen
class Moves:
    """Moves projects below one project root."""

    root: Path
    states: ProjectStates
    ground: Ground

    async def move(
        self,
        path: ProjectPath,
        before: ProjectPath,
        project_id: str,
        team: Team,
        report: Report,
    ) -> ProjectState | None:
        """Put a project in its place; None: it has no files yet.

        :param before: where it was, if nothing is known of it.
        :raises Failed: a step did not succeed; trying again goes on.
        """
        report(Progress(MOVING))
        state = self.states.read(project_id) or ProjectState(str(before))
        here = where(self.root, state)
        if here != path:
            demand_free(self.states, path, project_id)
        if not any((self.root / str(one)).is_dir() for one in (here, path)):
            return None
        stale = dict.fromkeys((*state.stale, state.path, str(here), str(before)))
        stale.pop(str(path), None)
        state = evolve(state, going=str(path), stale=tuple(stale))
        self.states.write(project_id, state)
        if not await self.ground.move(path, here, team):
            return None
        state = evolve(state, path=str(path), going="")
        self.states.write(project_id, state)
        report(Progress(NAMING))
        for one in state.stale:
            await self.ground.relocate(path, parse_path(one))
        state = evolve(state, stale=())
        self.states.write(project_id, state)
        return state


def parse_path(text: str) -> ProjectPath:
    """Return the path that is noted as ``owner/project``."""
    owner, _, name = text.partition("/")
    return parse_project_path(owner, name)
