"""What a step says, in lines of JSON: how far it has come, what went wrong."""

import errno
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from aen.compute.disk.walk import Refused

Tell = Callable[[int, int], None]
"""Called with how many of how many are done."""

_INTERVAL = 0.1  # seconds between two reports: what an eye can follow
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def say(line: dict[str, Any]) -> None:
    """Write one line to whoever waits for the step."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def say_progress(done: int, total: int) -> None:
    """Say that *done* of *total* are done."""
    say({"done": done, "total": total})


def failure(error: Refused | OSError) -> dict[str, str]:
    """Return the line that says what went wrong: a sentence, and of which kind it is.

    A full disk is a kind of its own: there is something to be done about it.
    """
    if isinstance(error, Refused):
        return {"error": str(error), "kind": "refused"}
    kind = "full" if error.errno in _FULL else "disk"
    return {"error": f"{error.strerror}: {error.filename}", "kind": kind}


class Counter:
    """Counts up to *total* and tells at most ten times a second."""

    def __init__(self, total: int, tell: Tell) -> None:
        self._total = total
        self._tell = tell
        self._done = 0
        self._next = 0.0

    def one(self) -> None:
        """Count one more."""
        self._done += 1
        if self._done == self._total or time.monotonic() >= self._next:
            self._tell(self._done, self._total)
            self._next = time.monotonic() + _INTERVAL
