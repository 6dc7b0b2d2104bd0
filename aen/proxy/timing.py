"""One coarse timer for all time limits of a proxy."""

from collections.abc import Callable
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Timed(Protocol):
    """Something with a deadline, which it moves on by assigning to it."""

    deadline: float
    """In seconds of `Sweep.now`; infinite for none."""

    def expired(self) -> None:
        """Act upon the deadline; called every tick while it lies in the past."""


class Sweep:
    """Looks at everything it watches every *tick* seconds; rests when that is nothing.

    Moving a deadline costs one assignment, which a request does many times; looking
    costs a comparison for each connection, which happens twice a second.
    """

    def __init__(self, clock: IReactorTime, tick: float) -> None:
        self._clock = clock
        self._tick = tick
        self._watched: set[Timed] = set()
        self._next: IDelayedCall | None = None
        self.seconds: Callable[[], float] = clock.seconds
        """Returns the exact time in seconds."""
        self.now: float = clock.seconds()
        """The time of the latest tick, in seconds."""

    def watch(self, timed: Timed) -> None:
        """Look at *timed* from now on."""
        self._watched.add(timed)
        if self._next is None:
            self.now = self._clock.seconds()
            self._next = self._clock.callLater(self._tick, self._look)

    def forget(self, timed: Timed) -> None:
        """Do not look at *timed* any more."""
        self._watched.discard(timed)
        if not self._watched and self._next is not None:
            self._next.cancel()
            self._next = None

    def _look(self) -> None:
        now = self.now = self._clock.seconds()
        self._next = self._clock.callLater(self._tick, self._look)
        for timed in [each for each in self._watched if each.deadline < now]:
            timed.expired()
