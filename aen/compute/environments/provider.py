"""What every source of environments can do, whichever tool it uses."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from attrs import frozen

from aen.compute.environments.tool import Hands
from aen.model.projects import Progress

Report = Callable[[Progress], None]

DEFAULT = "default"
JUPYTER = "jupyter"
APPS = "apps"
"""What AEN's own apps import, where the platform's own is out of people's reach."""
BUILDING = "Building the environment template"
CLONING = "Cloning the environment"


@frozen
class Listed:
    """What an environment has, as it was read from its files."""

    name: str
    python: str
    packages: tuple[tuple[str, str], ...]
    """Name and version of each."""
    by_pip: tuple[tuple[str, str], ...] = ()
    """Those of `packages` that pip put into a conda environment."""


@frozen
class FoundOne:
    """A package that can be installed; versions newest first, perhaps not all."""

    name: str
    versions: tuple[str, ...] = ()


class EnvironmentProvider(Protocol):
    """Templates, and environments made from them."""

    async def ready(self, template: str, report: Report) -> Path:
        """Return the prefix of *template*, built first if there is none.

        :raises Failed: it cannot be built; trying again really tries again.
        """
        ...

    async def clone(
        self, template: Path, target: Path, prefix: Path, report: Report
    ) -> None:
        """Make an environment at *target* that will be used at *prefix*.

        :raises Failed: it cannot be made; nothing is left at *target*.
        """
        ...

    async def works(self, prefix: Path) -> bool:
        """Whether the environment at *prefix* starts and can run a kernel."""
        ...

    async def problems(self) -> tuple[str, ...]:
        """Return what keeps environments from being made here, a sentence each."""
        ...

    async def stop(self) -> None:
        """Give up what is being built."""
        ...


class Packages(Protocol):
    """What people do with the packages of their environments, by one kind of tool.

    Everything but `search` is done by *hands*, with the rights of whoever asks. An
    environment is worked on at a path of its own, as long as the one it is then moved
    to: see `inside.end`.
    """

    def check(self, packages: tuple[str, ...], home: Path) -> tuple[str, ...]:
        """Return *packages* as the tool takes them.

        :raises Invalid: one is no requirement, or none that may be asked for here.
        """
        ...

    async def create(self, hands: Hands, prefix: Path, file: str) -> None:
        """Make an environment of what *file* asks for.

        :raises Invalid: the file cannot be read; says which line.
        :raises Failed: it cannot be made; with the reason and the tool's last lines.
        """
        ...

    async def clone(self, hands: Hands, source: str, name: str, prefix: Path) -> None:
        """Make at *prefix* a copy of environment *source*, to be used as *name*.

        :raises Failed: it cannot be made.
        """
        ...

    async def install(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Install *packages*, which were checked.

        :raises Failed: with the reason and the tool's last lines.
        """
        ...

    async def remove(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Remove *packages*, given by name.

        :raises Failed: with the reason and the tool's last lines.
        """
        ...

    async def update(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Bring *packages* to the newest versions that fit together.

        :raises Failed: with the reason and the tool's last lines.
        """
        ...

    async def search(self, text: str) -> tuple[FoundOne, ...]:
        """Return packages whose names begin with *text*; versions where they are known.

        :raises Failed: no index can be searched; says why.
        """
        ...

    def export(self, listed: Listed) -> tuple[str, str]:
        """Return an environment as a file that `create` takes: its name and text."""
        ...
