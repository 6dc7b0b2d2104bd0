"""No lost Deferred: await it, keep it, or say here that nobody waits."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    FirstError,
    gatherResults,
)
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure

T = TypeVar("T")
U = TypeVar("U")


def start(work: Coroutine[Any, Any, T] | Deferred[T]) -> Deferred[T]:
    """Run a coroutine up to its first wait and return its Deferred."""
    return work if isinstance(work, Deferred) else Deferred.fromCoroutine(work)


async def together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Do *works* side by side and return their results, or raise the first error."""
    try:
        return await gatherResults([start(one) for one in works], consumeErrors=True)
    except FirstError as error:
        error.subFailure.raiseException()


async def both(
    one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]
) -> tuple[T, U]:
    """Do two works of different kinds side by side, as `together` does."""
    works: list[Coroutine[Any, Any, Any]] = [one, other]
    first, second = await together(works)
    return first, second


def spawn(
    log: Logger, what: str, work: Coroutine[Any, Any, Any] | Deferred[Any]
) -> None:
    """Start *work* that nobody waits for; its failure goes to *log*."""
    background(log, what, work)  # type: ignore[unused-awaitable]


def background(
    log: Logger, what: str, work: Coroutine[Any, Any, Any] | Deferred[Any]
) -> Deferred[None]:
    """Start *work* and return a Deferred that never fails, to wait for or cancel.

    A failure goes to *log*; a cancellation is not a failure.
    """

    def failed(failure: Failure) -> None:
        if not failure.check(CancelledError):
            log.failure("{what} failed", failure=failure, what=what)

    done: Deferred[Any] = start(work)
    return done.addCallbacks(lambda _: None, failed)


def finish_anyway(
    log: Logger, what: str, work: Coroutine[Any, Any, T] | Deferred[T]
) -> Deferred[T]:
    """Return a Deferred for *work* whose cancellation does not reach the work.

    klein cancels a handler when the browser goes away; a change half made must
    still be made whole. A failure nobody hears any more is logged.
    """
    gone = False

    def cancelled(_: Deferred[T]) -> None:
        nonlocal gone
        gone = True

    outside: Deferred[T] = Deferred(cancelled)

    def ended(result: T | Failure) -> None:
        if not gone:
            outside.callback(result)  # a Failure makes it an errback
        elif isinstance(result, Failure):
            log.failure("{what} failed", failure=result, what=what)

    start(work).addBoth(ended)  # type: ignore[unused-awaitable]
    return outside


def pause(clock: IReactorTime, seconds: float) -> Deferred[None]:
    """Return a Deferred that fires after *seconds*; cancelling it stops the timer."""
    done: Deferred[None] = Deferred(lambda _: timer.cancel())
    timer = clock.callLater(seconds, lambda: done.callback(None))
    return done


class Periodic:
    """Calls a coroutine function every so many seconds until stopped.

    One call at a time; a call that fails is logged and the next is made as usual.
    """

    def __init__(
        self,
        clock: IReactorTime,
        seconds: float,
        what: str,
        work: Callable[[], Awaitable[None]],
    ) -> None:
        self._log = Logger()
        self._what = what
        self._work = work
        self._seconds = seconds
        self._call = LoopingCall(self._turn)
        self._call.clock = clock
        self._current: Deferred[None] | None = None

    def start(self, *, now: bool = True) -> None:
        """Begin calling."""
        if not self._call.running:
            spawn(self._log, self._what, self._call.start(self._seconds, now=now))

    async def stop(self) -> None:
        """Stop calling, cancelling a call under way."""
        if self._call.running:
            self._call.stop()
        if self._current is not None:
            self._current.cancel()
            await self._current

    def _turn(self) -> Deferred[None]:
        async def work() -> None:
            await self._work()

        self._current = background(self._log, self._what, work())
        return self._current
