"""What a node remembers of a project on its disk, out of the project's reach.

Kept below the project root, so that another node that sees the files knows it too.
"""

import json
import re
from pathlib import Path

from attrs import frozen

from aen.model.errors import Failed, Invalid
from aen.runtime.credentials import write_private
from aen.runtime.structure import structure, unstructure

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@frozen
class ProjectState:
    """A project whose first start went through: where it is, what is active."""

    path: str
    active: str = "default"


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
