"""What the three roles' command lines share: ``-c FILE`` and ``--check``."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import attrs
from attrs import frozen
from twisted.python import usage

from aen.model.errors import AenError
from aen.runtime.settings import Layer, layers, read_settings

T = TypeVar("T", bound=attrs.AttrsInstance)

SHARED = Path("/etc/wakari/config.json")


class RoleOptions(usage.Options):
    """``twistd aen-…``: `own` names the role's settings files, least strong first."""

    own: ClassVar[Sequence[Path]] = ()
    optFlags: ClassVar[Any] = [
        ["check", None, "Read the settings, say what is wrong, and exit."]
    ]

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def opt_config(self, path: str) -> None:
        """Add a settings FILE; may be repeated, later ones win."""
        self.given.append(path)

    opt_c = opt_config

    def layers(self) -> list[Layer]:
        """Return the settings files in the order in which they are read."""
        return layers(SHARED, self.own, self.given)

    def settings(self, kind: type[T], check: Callable[[T], None] | None = None) -> T:
        """Read the settings, or end the program with what is wrong with them.

        With ``--check`` the program ends here in any case. *check* may raise
        `AenError` for what types alone cannot tell.
        """
        try:
            found = read_settings(kind, self.layers())
            if check is not None:
                check(found)
        except AenError as error:
            raise SystemExit(error.message) from None
        if self["check"]:
            sys.stdout.write("The settings are in order.\n")
            raise SystemExit(0)
        return found

    def again(self, role: str, flag: str, number: int) -> tuple[str, ...]:
        """Return the command of this role's process *number*, told by *flag*."""
        safe = ("-P",) if sys.flags.safe_path else ()
        files = (part for name in self.given for part in ("-c", name))
        return (
            *(sys.executable, *safe, sys.argv[0], "--nodaemon", "--pidfile="),
            *(*self._logging(number), role, *files, flag, str(number)),
        )

    def _logging(self, number: int) -> tuple[str, ...]:
        """Return how another process logs: as this one, in a file of its own."""
        given: Mapping[str, Any] = self.parent or {}
        observer = given.get("logger")  # twistd has looked its name up already
        if observer is not None:
            return (f"--logger={observer.__module__}.{observer.__qualname__}",)
        if given.get("logfile") or not given.get("nodaemon", True):
            file = given.get("logfile") or "twistd.log"
            return () if file == "-" else (f"--logfile={file}.{number}",)
        return ()


@frozen
class Place:
    """Which of several workers a process is, and the sockets it was given."""

    number: int
    sockets: Mapping[str, int]
    """Descriptors by endpoint string."""


class CrewOptions(RoleOptions):
    """A role that several processes can do behind one port (`aen.runtime.workers`)."""

    def __init__(self) -> None:
        super().__init__()
        self._worker: int | None = None
        self._adopted: dict[str, int] = {}

    def opt_worker(self, number: str) -> None:
        """Be the worker of this NUMBER; only a parent starts workers."""
        self._worker = int(number)

    def opt_adopt(self, text: str) -> None:
        """Serve ADDRESS=DESCRIPTOR, a socket the parent listens on."""
        where, _, descriptor = text.rpartition("=")
        self._adopted[where] = int(descriptor)

    @property
    def place(self) -> Place | None:
        """Which worker this is; None: it is none."""
        if self._worker is None:
            return None
        return Place(self._worker, self._adopted)

    def command(self, role: str, number: int) -> tuple[str, ...]:
        """Return the command that starts the worker of that *number*."""
        return self.again(role, "--worker", number)
