"""What changes of environments stand on, and one change under way."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from attrs import define, field, frozen

from aen.compute.environments.provider import Packages, Report
from aen.compute.environments.settings import Provider
from aen.compute.environments.tool import Hands, Tool
from aen.compute.manifests import Manifests
from aen.compute.preparing import Projects, uses_jupyter
from aen.compute.project_state import ProjectStates
from aen.compute.projects import Environment
from aen.compute.running import RunningProjects
from aen.model.errors import Conflict, NotFound
from aen.model.names import EnvironmentName, ProjectPath, UserName
from aen.model.projects import Member
from aen.wire.environments import EnvironmentChange
from aen.wire.messages import Launch, Line, ProjectOnDisk

OnLine = Callable[[Line], None]
_LONGEST = 2000  # characters of a line that people are told


class Directories(Projects, Protocol):
    """What changes ask of a project on this node's disk."""

    async def add_environment(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        name: EnvironmentName,
        report: Report,
    ) -> None:
        """Put another environment into it, cloned from the default."""
        ...


@frozen
class Notebooks:
    """A Jupyter that runs: whose it is, and its private directory."""

    user: UserName
    directory: Path


@frozen
class EnvironmentGround:
    """What changes of environments stand on."""

    directories: Directories
    states: ProjectStates
    running: RunningProjects
    tool: Tool
    packages: Mapping[str, Packages]
    """By the kind of environment, a value of `Provider`."""
    provider: Provider
    """What new environments of this node are made by."""
    notebooks: Callable[[str], Iterable[Notebooks]]
    """Returns the Jupyters that run in a project."""
    access: Mapping[str, str] = field(factory=dict)
    """By what tools reach package indexes."""
    links: bool = True
    """Whether users' copies can link the files of templates, as their owner can.

    Else the node places a clone of the template, which has them, to begin with.
    """

    def hands(self, change: "Change") -> Hands:
        """Return the hands of who asks for *change*; what they print is told."""
        return Hands(
            self.tool,
            change.user,
            change.path,
            change.home,
            lambda text: change.say(Line(output=text[:_LONGEST])),
            self.access,
        )

    def packages_of(self, one: Environment) -> Packages:
        """Return what works on the packages of an environment.

        :raises Conflict: this node does not have what made it.
        """
        found = self.packages.get(one.provider)
        if found is None:
            raise Conflict(
                f"“{one.name}” was made by {one.provider}, which this node does not"
                " have; use its own tools in a terminal."
            )
        return found

    def demand_running(self, project: ProjectOnDisk) -> None:
        """Raise `Conflict` unless *project* runs: one that does not stays as it is."""
        try:
            self.running.demand(project)
        except Conflict:
            raise Conflict(
                "The project is not running; start it, then change its environments."
            ) from None


@define(eq=False)
class Change:
    """One change under way, and what stands for its environment meanwhile."""

    key: str
    project: ProjectOnDisk
    path: ProjectPath
    home: Path
    names: frozenset[EnvironmentName]
    """The environments that nobody else may change meanwhile."""
    staged: str
    """The name of its copy in the project."""
    asked: EnvironmentChange
    hearing: list[OnLine] = field(factory=list)

    def say(self, line: Line) -> None:
        """Tell all who wait."""
        for hear in tuple(self.hearing):
            hear(line)

    @property
    def user(self) -> UserName:
        """Who asks, checked."""
        return UserName(self.asked.user)

    @property
    def name(self) -> EnvironmentName:
        """The environment that is changed."""
        return EnvironmentName(self.asked.name)

    @property
    def prefix(self) -> Path:
        """Where its copy is."""
        return self.home / self.staged


def notebooks_of(
    launches: Callable[[str], Iterable[Launch]], manifests: Manifests
) -> Callable[[str], Iterable[Notebooks]]:
    """Return what finds the Jupyters that run in a project.

    :param launches: returns the launches of a project.
    """

    def serves(app: str) -> bool:
        try:
            return uses_jupyter(manifests.find(app))
        except NotFound:
            return False

    def find(project_id: str) -> Iterable[Notebooks]:
        return [
            Notebooks(UserName(one.user), Path(one.socket).parent)
            for one in launches(project_id)
            if one.socket and serves(one.app)
        ]

    return find
