"""What a node remembers of a project on its disk, out of the project's reach.

Kept below the project root, so that another node that sees the files knows it too.
"""

import json
import re
from pathlib import Path

from attrs import evolve, frozen

from aen.model.errors import Failed, Invalid
from aen.model.names import UserName
from aen.model.projects import Member, TeamRole
from aen.runtime.credentials import write_private
from aen.runtime.structure import structure, unstructure

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@frozen
class ProjectState:
    """A project whose first start went through: where it is, what is active."""

    path: str
    active: str = "default"
    team: tuple[Member, ...] | None = None
    """The team whose rights the files have; None: nobody knows, or nobody needs to."""
    unsure: tuple[str, ...] = ()
    """Whose rights a pass began to change and has not finished changing."""
    going: str = ""
    """Where it is being moved; the files are at `path` or here."""
    stale: tuple[str, ...] = ()
    """Where it was, while its environments may still say so."""
    shipment: str = ""
    """The attempt to move it to or from another node; empty: it is at home here."""
    way: str = ""
    """Of that: ``leaving``, ``arriving``, or ``arrived`` whole."""

    def before(self, team: tuple[Member, ...]) -> tuple[Member, ...] | None:
        """Return from which team the rights differ that are to be those of *team*.

        After a pass that broke, some files have what was before and some what was to
        be: who differs is told in a role other than the new one, so that it is set.
        """
        if self.team is None:
            return None
        new: dict[str, TeamRole] = {one.user: one.role for one in team}
        sure = [one for one in self.team if one.user not in self.unsure]
        told = [Member(UserName(one), _other(new.get(one))) for one in self.unsure]
        return (*sure, *told)

    def settled(self) -> "ProjectState":
        """Return the state of a project that is at home here, whatever was tried."""
        return evolve(self, shipment="", way="")

    def begin(self, team: tuple[Member, ...]) -> "ProjectState":
        """Return the state while a pass applies *team*."""
        changed = {one.user for one in set(self.team or ()) ^ set(team)}
        return evolve(self, unsure=tuple(sorted(changed.union(self.unsure))))

    def done(self, team: tuple[Member, ...]) -> "ProjectState":
        """Return the state once all files have the rights of *team*."""
        return evolve(self, team=team, unsure=())


def _other(role: TeamRole | None) -> TeamRole:
    """Return a role with other rights on disk than *role*."""
    return TeamRole.MEMBER if role is TeamRole.VIEWER else TeamRole.VIEWER


class ProjectStates:
    """One small private file for each project."""

    def __init__(self, root: Path) -> None:
        self._directory = root / ".state"

    def read(self, project_id: str) -> ProjectState | None:
        """Return what is known, or None before the first start has gone through.

        :raises Invalid: the id is not one that a server gives.
        """
        file = self._file(project_id)
        try:
            text = file.read_text(encoding="utf-8")
            return structure(json.loads(text), ProjectState)
        except (FileNotFoundError, ValueError, Invalid):
            return None  # a damaged file is as good as none: the start looks itself

    def write(self, project_id: str, state: ProjectState) -> None:
        """Remember *state*.

        :raises Failed: the disk is full or cannot be written.
        """
        content = json.dumps(unstructure(state)).encode()
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            write_private(self._file(project_id), content)
        except OSError as error:
            raise Failed(
                f"The node cannot write to its project root: {error.strerror}."
                " Ask the administrator, then try again."
            ) from None

    def others_at(self, path: str, project_id: str) -> tuple[str, ...]:
        """Return the ids of other projects whose files are at *path*."""
        ids = (one.stem for one in self._directory.glob("*.json"))
        return tuple(
            one
            for one in ids
            if one != project_id
            and (state := self.read(one)) is not None
            and path in (state.path, state.going)
        )

    def forget(self, project_id: str) -> None:
        """Remember nothing any more."""
        self._file(project_id).unlink(missing_ok=True)

    def _file(self, project_id: str) -> Path:
        return self._directory / f"{check_id(project_id)}.json"


def check_id(project_id: str) -> str:
    """Return *project_id* if it can be a file's name.

    :raises Invalid: it cannot.
    """
    if not _ID.fullmatch(project_id):
        raise Invalid("The project's id is not one that a server gives.")
    return project_id
