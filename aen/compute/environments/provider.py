"""What every source of environments can do, whichever tool it uses."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from aen.model.projects import Progress

Report = Callable[[Progress], None]

DEFAULT = "default"
JUPYTER = "jupyter"
BUILDING = "Building the environment template"
CLONING = "Cloning the environment"


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
