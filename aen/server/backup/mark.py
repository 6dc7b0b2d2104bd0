"""The mark of a restore that has begun: until it is whole, nothing else may start."""

import json
import os
from pathlib import Path

from aen.model.errors import Conflict, Invalid
from aen.runtime.credentials import read_secret, write_private


class RestoreMark:
    """A file below the server's prefix while a restore is under way."""

    def __init__(self, home: Path) -> None:
        self._path = home / "var/lib/wakari/restoring.json"

    def begin(self, backup: str) -> None:
        """Note that the backup of the digest *backup* is being restored."""
        write_private(self._path, json.dumps({"backup": backup}).encode())

    def begun(self) -> str | None:
        """Return the digest of the backup that is being restored; None: none is."""
        try:
            return str(json.loads(read_secret(self._path))["backup"])
        except Invalid:
            return "" if self._path.exists() else None
        except (ValueError, KeyError, TypeError):
            return ""

    def end(self) -> None:
        """Note that the restore is whole; the last thing it does."""
        self._path.unlink(missing_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def demand_whole(home: Path) -> None:
    """Refuse to work with what a restore has not finished.

    :raises Conflict: one has begun.
    """
    if RestoreMark(home).begun() is not None:
        raise Conflict(
            "A backup is being restored into this installation, or that was broken"
            " off. Run “aen-server-admin restore” with the same file until it ends."
        )
