"""Errors of our own: kept as they are logged, and shown to those who look after us."""

from pathlib import Path

from attrs import evolve
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import ILogObserver, LogEvent, Logger, globalLogPublisher
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from aen.model.administration import Area, demand_area
from aen.model.audit import Act
from aen.model.errors import AenError, NotFound
from aen.model.faults import MOST_FRAMES, Fault, Frame, fingerprint, harmless
from aen.model.users import Caller
from aen.runtime.tasks import Periodic, background
from aen.server.audit import Audit
from aen.server.records import Page
from aen.server.store.exceptions import ExceptionRecords, Seen
from aen.server.store.outage import through_outages

_WRITE_SECONDS = 2.0
_MOST_WAITING = 100
"""Kinds of errors that wait to be written; further kinds are only in the log file."""
_ROOT = str(Path(__file__).resolve().parent.parent.parent)


class Exceptions:
    """Shows errors to staff."""

    def __init__(self, records: ExceptionRecords, audit: Audit) -> None:
        self._records = records
        self._audit = audit

    async def listing(
        self, caller: Caller, cursor: str | None = None, limit: int = 50
    ) -> Page[Fault]:
        """Return the kinds of errors, the one seen last first."""
        demand_area(caller, Area.EXCEPTIONS)
        return await self._records.page(cursor, limit)

    async def one(self, caller: Caller, key: str) -> Fault:
        """Return one kind, which is read by that."""
        demand_area(caller, Area.EXCEPTIONS)
        found = await self._records.with_id(key)
        if found is None:
            raise NotFound("There is no such exception; it may be forgotten already.")
        await self._records.read(key)
        return evolve(found, read=True)

    async def unread(self, caller: Caller) -> int:
        """Return how many kinds nobody has read yet."""
        demand_area(caller, Area.EXCEPTIONS)
        return await self._records.unread()

    async def read_all(self, caller: Caller) -> int:
        """Mark all of them as read; return how many were not."""
        demand_area(caller, Area.EXCEPTIONS)
        if count := await self._records.read_all():
            await self._audit.note(Act.EXCEPTIONS_READ, caller, count=str(count))
        return count


@implementer(ILogObserver)
class ExceptionWatch(Service):
    """Hears what this process logs as failed, and keeps it in the store."""

    def __init__(
        self,
        records: ExceptionRecords,
        clock: IReactorTime,
        process: str,
        most: int,
    ) -> None:
        self._records = records
        self._clock = clock
        self._process = process
        self._most = most
        self._waiting: dict[str, Seen] = {}
        self._log = Logger()
        write = through_outages("keeping exceptions", self.write)
        self._beat = Periodic(clock, _WRITE_SECONDS, "keeping exceptions", write)

    @override
    def startService(self) -> None:
        super().startService()
        globalLogPublisher.addObserver(self)
        self._beat.start(now=False)

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        globalLogPublisher.removeObserver(self)
        return background(self._log, "keeping the last exceptions", self._end())

    async def _end(self) -> None:
        await self._beat.stop()
        try:
            await self.write()
        except AenError as error:
            self._log.warn("the last exceptions are lost: {error}", error=error.message)

    def __call__(self, event: LogEvent) -> None:
        """Take an event that tells of an error; count it if it is known."""
        failure = event.get("log_failure")
        if failure is None:
            return
        seen = seen_of(failure, event, self._process, self._clock.seconds())
        before = self._waiting.get(seen.id)
        if before is not None:
            seen = evolve(seen, count=before.count + 1, first=before.first)
        elif len(self._waiting) >= _MOST_WAITING:
            return
        self._waiting[seen.id] = seen

    async def write(self) -> None:
        """Put what was seen into the store."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        left = dict(waiting)
        try:
            for key, seen in waiting.items():
                await self._records.add(seen)
                del left[key]
            await self._records.keep(self._most)
        finally:
            # What could not be written waits for the store, unless seen again.
            self._waiting = {**left, **self._waiting}


def seen_of(failure: Failure, event: LogEvent, process: str, now: float) -> Seen:
    """Return what is kept of an error: where it came from, not what was there."""
    frames = tuple(
        Frame(_short(file), line, function)
        for function, file, line, *_ in failure.frames[-MOST_FRAMES:]
    )
    kind = failure.type.__name__ if failure.type is not None else "Error"
    try:
        message = str(failure.value)
    except Exception:  # noqa: BLE001 -- an error of an error is still to be kept
        message = ""
    doing = event.get("what") or event.get("path") or event.get("log_namespace", "")
    return Seen(
        id=fingerprint(kind, frames),
        kind=kind,
        message=harmless(message),
        doing=harmless(str(doing)),
        frames=frames,
        process=process,
        count=1,
        first=now,
        last=now,
    )


def _short(file: str) -> str:
    """Return a path from where it says something: ours, or inside a package."""
    if file.startswith(_ROOT):
        return file[len(_ROOT) :].lstrip("/")
    return file.partition("site-packages/")[2] or file
