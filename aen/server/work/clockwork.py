"""One worker's part in what is done by the clock: each turn by exactly one of all."""

from collections.abc import Awaitable, Callable, Iterable

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as TookTooLong
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import OUR_FAULT, AenError, Unavailable
from aen.model.periods import HOUR
from aen.model.schedule import When
from aen.runtime.tasks import Periodic, background, start
from aen.server.store.outage import through_outages
from aen.server.store.schedule import ChoreState, Outcome, ScheduleRecords

_LOOKING = "looking at the clock"
LOOK_SECONDS = 1.0
GRACE = 30.0
"""Seconds a turn stays its worker's after its time is over: clocks differ."""
_FIRST_RETRY = 30.0
_LONGEST_RETRY = HOUR


@frozen
class Chore:
    """A piece of work done by the clock; harmless when done twice."""

    name: str
    """How the store knows it; letters and hyphens."""
    title: str
    when: When
    work: Callable[[], Awaitable[str]]
    """Returns what it did, in a sentence for administrators; empty: nothing to say."""
    limit: float = 60.0
    """Seconds after which a turn is broken off."""

    def again(self, due: float, now: float, failures: int) -> float:
        """Return when it is due after a turn; one that failed is tried earlier."""
        following = self.when.after(due, now)
        if not failures:
            return following
        pause = min(_LONGEST_RETRY, _FIRST_RETRY * 2.0 ** min(failures - 1, 30))
        return min(following, now + pause)


class Clockwork:
    """One worker's part in the schedule: looks what is due, and does it."""

    def __init__(
        self,
        records: ScheduleRecords,
        chores: Iterable[Chore],
        clock: IReactorTime,
        worker: str,
    ) -> None:
        self._records = records
        self._chores = {one.name: one for one in chores}
        self._clock = clock
        self._worker = worker
        self._doing: dict[str, Deferred[None]] = {}
        self._known = False
        self._log = Logger()
        look = through_outages(_LOOKING, self.look)
        self._looks = Periodic(clock, LOOK_SECONDS, _LOOKING, look)

    def start(self) -> None:
        """Begin to look."""
        self._looks.start()

    async def stop(self) -> None:
        """End what is under way, and leave it to others."""
        await self._looks.stop()
        for doing in tuple(self._doing.values()):
            doing.cancel()
            await doing

    async def inherit(self, gone: Callable[[str], bool]) -> None:
        """Free the turns of workers that are *gone*."""
        for name, worker in (await self._records.holders()).items():
            if gone(worker):
                await self._records.give_back(name, worker)

    async def look(self) -> None:
        """Begin each turn that is due and that nobody is at."""
        if not self._known:
            await self._tell()
        now = self._clock.seconds()
        for known in await self._records.all():
            chore = self._chores.get(known.name)
            if chore is None or known.name in self._doing:
                continue
            if known.due > now + chore.when.longest + GRACE:
                # Set by a clock that was wrong, or by older settings.
                due = chore.when.after(now, now)
                await self._records.bring_forward(chore.name, due)
            elif known.due <= now:
                await self._claim(chore, now)

    async def _tell(self) -> None:
        """Make the chores known to the store."""
        now = self._clock.seconds()
        for one in self._chores.values():
            first = one.when.first(now)
            await self._records.put(one.name, one.title, one.when.words, first)
        await self._records.keep(list(self._chores))
        self._known = True

    async def _claim(self, chore: Chore, now: float) -> None:
        lease = chore.limit + GRACE
        turn = await self._records.claim(chore.name, self._worker, now, lease)
        if turn is None:
            return
        self._doing[chore.name] = Deferred()  # taken, should the work end at once
        doing = background(self._log, chore.name, self._do(chore, turn))
        if chore.name in self._doing:
            self._doing[chore.name] = doing

    async def _do(self, chore: Chore, turn: ChoreState) -> None:
        try:
            outcome = await self._outcome(chore)
            failures = 0 if outcome.good else turn.failures + 1
            now = self._clock.seconds()
            due = chore.again(turn.due, now, failures)
            await self._records.end(turn, self._worker, outcome, now, due)
        except CancelledError:
            await self._give_back(chore)
        except Unavailable as error:
            # Its lease will end.
            self._log.warn(
                "{name} stays open: {why}", name=chore.name, why=error.message
            )
        finally:
            self._doing.pop(chore.name, None)

    async def _outcome(self, chore: Chore) -> Outcome:
        doing = start(_awaited(chore.work()))
        try:
            words = await doing.addTimeout(chore.limit, self._clock)
        except TookTooLong:
            words = f"It took longer than {chore.limit:g} seconds and was broken off."
        except CancelledError:
            raise
        except AenError as error:
            words = error.message
        except Exception:  # noqa: BLE001 -- a mistake of ours fails one turn, no more
            self._log.failure("{name} failed", name=chore.name)
            words = OUR_FAULT
        else:
            return Outcome(good=True, words=words)
        self._log.warn("{name} did not succeed: {why}", name=chore.name, why=words)
        return Outcome(good=False, words=words)

    async def _give_back(self, chore: Chore) -> None:
        try:
            await self._records.give_back(chore.name, self._worker)
        except Unavailable as error:
            self._log.warn("{name} waits: {why}", name=chore.name, why=error.message)


async def _awaited(work: Awaitable[str]) -> str:
    return await work
