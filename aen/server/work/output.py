"""Hears what a tool prints and passes it on as often as people can read it."""

import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.runtime.tasks import background, pause

PAUSE = 0.3
"""Seconds between two writes."""
LINES = 200
"""How many of the last lines are kept."""
_LONGEST = 500

Write = Callable[[tuple[str, ...], tuple[str, ...]], Awaitable[None]]


class OutputWriter:
    """Takes lines at any rate; writes those that are new a few times a second.

    :param write: called with the new lines, and with the last `LINES` of all.
    """

    def __init__(self, clock: IReactorTime, write: Write) -> None:
        self._clock = clock
        self._write = write
        self._new: deque[str] = deque(maxlen=LINES)
        self._last: deque[str] = deque(maxlen=LINES)
        self._writing: Deferred[None] | None = None
        self._pausing: Deferred[None] | None = None
        self._ends = False
        self._log = Logger()

    def __call__(self, line: str) -> None:
        """Have *line* written, bounded and without what would steer a terminal."""
        shown = "".join(one if one.isprintable() else " " for one in line[:_LONGEST])
        self._new.append(shown.rstrip())
        self._last.append(shown.rstrip())
        if self._writing is None:
            self._writing = Deferred()  # taken, should the work end at once
            writing = background(self._log, "writing output", self._flush())
            if self._writing is not None:
                self._writing = writing

    @property
    def heard(self) -> bool:
        """Whether there was any line."""
        return bool(self._last)

    async def stop(self) -> None:
        """Write what is left, at once."""
        self._ends = True
        if self._pausing is not None:
            self._pausing.cancel()
        if self._writing is not None:
            await self._writing

    async def _flush(self) -> None:
        try:
            while self._new:
                lines = tuple(self._new)
                self._new.clear()
                await self._write(lines, tuple(self._last))
                await self._pause()
        finally:
            self._writing = None

    async def _pause(self) -> None:
        if self._ends:
            return
        self._pausing = pause(self._clock, PAUSE)
        with contextlib.suppress(CancelledError):
            await self._pausing
        self._pausing = None
