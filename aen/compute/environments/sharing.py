"""Work that is done once, however many wait for it."""

from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from aen.compute.environments.provider import Report
from aen.model.projects import Progress
from aen.runtime.tasks import background

Work = Callable[[Report], Awaitable[None]]


class _Current:
    """One piece of work under way, and who wants to hear of it."""

    def __init__(self) -> None:
        self._waiting: dict[Deferred[None], Report] = {}
        self._last: Progress | None = None
        self.task: Deferred[None] | None = None

    def tell(self, progress: Progress) -> None:
        """Pass *progress* to all who wait."""
        self._last = progress
        for report in list(self._waiting.values()):
            report(progress)

    def join(self, report: Report) -> Deferred[None]:
        """Return a Deferred for the end of the work; to cancel it leaves the work."""
        joined: Deferred[None] = Deferred(self._leave)
        self._waiting[joined] = report
        if self._last is not None:
            report(self._last)
        return joined

    def _leave(self, joined: Deferred[None]) -> None:
        self._waiting.pop(joined, None)

    def end(self, outcome: Failure | None) -> bool:
        """Tell all who wait how it ended; say whether there was anybody."""
        waiting, self._waiting = self._waiting, {}
        for joined in waiting:
            joined.callback(outcome)  # a Failure makes it an errback
        return bool(waiting)


class Sharing:
    """Pieces of work by key. A failure is told to all and then forgotten."""

    def __init__(self, what: str) -> None:
        self._log = Logger()
        self._what = what
        self._current: dict[str, _Current] = {}

    async def do(self, key: str, work: Work, report: Report) -> None:
        """Do *work*, or wait for the one of the same *key* that is under way."""
        current = self._current.get(key)
        if current is not None:
            await current.join(report)
            return
        current = self._current[key] = _Current()
        joined = current.join(report)
        current.task = background(self._log, self._what, self._run(key, current, work))
        await joined

    def cancel(self, key: str) -> None:
        """Cancel the work of *key*, if there is any; those who wait are told."""
        current = self._current.get(key)
        if current is not None and current.task is not None:
            current.task.cancel()

    async def stop(self) -> None:
        """Cancel all work and wait until it has ended."""
        for current in list(self._current.values()):
            if current.task is not None:
                current.task.cancel()
                await current.task

    async def _run(self, key: str, current: _Current, work: Work) -> None:
        outcome: Failure | None = None
        try:
            await work(current.tell)
        except Exception:  # noqa: BLE001 -- whoever waits is told, else the log is
            outcome = Failure()
        del self._current[key]
        if not current.end(outcome) and outcome is not None:
            outcome.raiseException()
