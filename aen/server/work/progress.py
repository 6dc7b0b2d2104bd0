"""Writes progress as often as people can read it, always the newest."""

from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.projects import Progress
from aen.runtime.tasks import background, pause

PAUSE = 0.2
"""Seconds between two writes."""


class ProgressWriter:
    """Takes progress at any rate and writes the latest a few times a second."""

    def __init__(
        self, clock: IReactorTime, write: Callable[[Progress], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._write = write
        self._next: Progress | None = None
        self._writing: Deferred[None] | None = None
        self._log = Logger()

    def __call__(self, progress: Progress) -> None:
        """Have *progress* written, unless newer comes first."""
        self._next = progress
        if self._writing is None:
            self._writing = Deferred()  # taken, should the work end at once
            writing = background(self._log, "writing progress", self._flush())
            if self._writing is not None:
                self._writing = writing

    async def stop(self) -> None:
        """Write nothing more."""
        self._next = None
        if self._writing is not None:
            writing = self._writing
            writing.cancel()
            await writing

    async def _flush(self) -> None:
        try:
            while self._next is not None:
                progress, self._next = self._next, None
                await self._write(progress)
                await pause(self._clock, PAUSE)
        finally:
            self._writing = None
