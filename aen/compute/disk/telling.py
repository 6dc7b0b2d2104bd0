"""How far a step has come, told often enough to watch and not more."""

import time
from collections.abc import Callable

Tell = Callable[[int, int], None]
"""Called with how many of how many are done."""

_INTERVAL = 0.1  # seconds between two reports: what an eye can follow


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
