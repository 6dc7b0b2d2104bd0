"""What the three roles' command lines share: ``-c FILE`` and ``--check``."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import attrs
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
