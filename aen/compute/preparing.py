"""What must be there before an app can start: its home, its kernels, its values."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from attrs import evolve, field, frozen

from aen.compute.command import NodeValues, Values
from aen.compute.environments.apps_python import AppsPython
from aen.compute.kernels import has_kernel, kernel_files
from aen.compute.projects import Environment
from aen.model.apps import Manifest
from aen.model.names import EnvironmentName, ProjectPath, UserName
from aen.runtime.credentials import make_private

_JUPYTER = "%(jupyter)s"
_PYTHON = "%(python)s"


class Projects(Protocol):
    """What is asked about a project on this node's disk."""

    def home(self, path: ProjectPath) -> Path:
        """Return the project's directory."""
        ...

    def environment(self, path: ProjectPath, name: EnvironmentName) -> Path:
        """Return the prefix of one of its environments."""
        ...

    def active_name(self, project_id: str) -> EnvironmentName:
        """Return the name of its active environment."""
        ...

    async def environments(
        self, path: ProjectPath, project_id: str
    ) -> tuple[Environment, ...]:
        """Return its environments."""
        ...


@frozen
class Wanted:
    """One launch, before anything of it is there."""

    launch: str
    project_id: str
    path: ProjectPath
    user: UserName
    private: Path
    """Its private directory."""
    port: int = 0
    token: str = field(default="", repr=False)

    @property
    def socket(self) -> str:
        """Where it listens; empty when that is a port."""
        return "" if self.port else str(self.private / "app.sock")


@frozen
class Prepared:
    """What goes into the command of a launch, and into its private directory."""

    values: Values
    node: NodeValues
    files: Mapping[str, str] = field(factory=dict, repr=False)
    """Texts by relative name."""


class Homes(Protocol):
    """Where people's own files are."""

    async def home(self, user: UserName) -> Path:
        """Return the home directory of *user*, made if need be.

        :raises Failed: they cannot have one here; says why.
        """
        ...


@frozen
class OwnHomes:
    """Home directories of users who have no account on this machine."""

    directory: Path

    async def home(self, user: UserName) -> Path:
        """Return the home directory of *user*, for the node's account alone."""
        home = self.directory / user
        make_private(home)
        return home


@frozen
class Preparation:
    """Gets launches ready on this node."""

    projects: Projects
    jupyter: Callable[[], Awaitable[Path]]
    """Returns the prefix of JupyterLab and Notebook, built first if need be."""
    homes: Homes
    node: NodeValues
    """What every app here is given; the rest is filled in when an app needs it."""
    python: Callable[[], Awaitable[AppsPython]] | None = None
    """Returns what AEN's own apps are run by; None: the platform's interpreter."""

    async def prepare(self, manifest: Manifest, wanted: Wanted) -> Prepared:
        """Return what goes into the command of a launch.

        :raises Failed: something that the app needs cannot be had.
        """
        home = await self.homes.home(wanted.user)
        values, node = self._values(wanted, home), self.node
        if self.python is not None and _uses(manifest, _PYTHON):
            found = await self.python()
            node = evolve(node, python=found.python, python_path=found.modules)
        if not uses_jupyter(manifest):
            return Prepared(values, node)
        jupyter = str(await self.jupyter())
        files = await self._kernels(wanted)
        return Prepared(values, evolve(node, jupyter=jupyter), files)

    async def _kernels(self, wanted: Wanted) -> dict[str, str]:
        found = await self.projects.environments(wanted.path, wanted.project_id)
        prefixes = {
            one.name: self.projects.environment(wanted.path, one.name)
            for one in found
            if has_kernel(one.packages)
        }
        active = self.projects.active_name(wanted.project_id)
        return kernel_files(wanted.private, prefixes, active, wanted.user)

    def _values(self, wanted: Wanted, home: Path) -> Values:
        active = self.projects.active_name(wanted.project_id)
        return Values(
            launch=wanted.launch,
            owner=wanted.path.owner,
            project=wanted.path.name,
            user=wanted.user,
            home=str(home),
            project_home=str(self.projects.home(wanted.path)),
            environment=str(self.projects.environment(wanted.path, active)),
            runtime=str(wanted.private),
            socket=wanted.socket,
            port=wanted.port,
            token=wanted.token,
        )


def uses_jupyter(manifest: Manifest) -> bool:
    """Whether an app is run from the prefix of JupyterLab and Notebook."""
    return _uses(manifest, _JUPYTER)


def _uses(manifest: Manifest, substitution: str) -> bool:
    return any(substitution in part for part in manifest.command_list)
