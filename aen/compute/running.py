"""Which projects run on this node: kept on disk, so that a restart forgets none."""

import json
from collections.abc import Iterator
from pathlib import Path

from twisted.logger import Logger

from aen.compute.project_state import check_id
from aen.model.errors import Conflict, Invalid
from aen.model.names import ProjectPath, parse_project_path
from aen.runtime.credentials import write_private
from aen.runtime.structure import structure, unstructure
from aen.wire.messages import ProjectOnDisk


def path_of(project: ProjectOnDisk) -> ProjectPath:
    """Return the checked path of a project, its id checked too.

    :raises Invalid: one of them is none.
    """
    check_id(project.id)
    return parse_project_path(project.owner, project.name)


def _demand_id(project: ProjectOnDisk, expected: str) -> None:
    if project.id != expected:
        raise Invalid("the project is another one")


class RunningProjects:
    """The projects that have been started here and not stopped since."""

    _log = Logger()

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._projects: dict[str, ProjectOnDisk] = {}

    def load(self) -> None:
        """Read what an earlier service left."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in self._directory.glob("*.json"):
            try:
                project = structure(json.loads(path.read_bytes()), ProjectOnDisk)
                path_of(project)
                _demand_id(project, path.stem)
            except (OSError, ValueError, Invalid) as error:
                self._log.warn("{path} is passed over: {why}", path=path, why=error)
                continue
            self._projects[project.id] = project

    def add(self, project: ProjectOnDisk) -> None:
        """Note that a project runs."""
        content = json.dumps(unstructure(project)).encode()
        write_private(self._file(project.id), content)
        self._projects[project.id] = project

    def remove(self, project_id: str) -> None:
        """Note that a project runs no more."""
        self._file(project_id).unlink(missing_ok=True)
        self._projects.pop(project_id, None)

    def demand(self, project: ProjectOnDisk) -> None:
        """Raise `Conflict` unless this very project runs here."""
        known = self._projects.get(project.id)
        if known is None or path_of(known) != path_of(project):
            raise Conflict("The project is not running.")

    def __contains__(self, project_id: str) -> bool:
        return project_id in self._projects

    def __len__(self) -> int:
        return len(self._projects)

    def __iter__(self) -> Iterator[ProjectOnDisk]:
        return iter(tuple(self._projects.values()))

    def _file(self, project_id: str) -> Path:
        return self._directory / f"{check_id(project_id)}.json"
