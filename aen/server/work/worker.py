"""The worker: claims tasks, does a few at a time, holds them by a lease."""

from collections.abc import Callable

from attrs import define, field, frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.counting import counted
from aen.model.errors import OUR_FAULT, AenError, Failed, Unavailable
from aen.model.tasks import Kind, Stopping, Task, TaskState, Urgency
from aen.runtime.tasks import Periodic, background, spawn
from aen.server.events import TASKS, Events
from aen.server.records import Event
from aen.server.settings import ServerSettings
from aen.server.store.outage import through_outages
from aen.server.store.tasks import End, Holder, TaskRecords
from aen.server.work.hands import Hand, Lost, TryAgain

_LOOKING = "looking for tasks"
_RENEWING = "renewing leases"
_WAITED_FOR = tuple(one for one in Kind if one.nature.urgency is Urgency.WAITED_FOR)


@frozen
class Pace:
    """How a worker works: seconds, attempts, and how many tasks at once."""

    poll: float = 0.25
    lease: float = 30.0
    attempts: int = 3
    at_once: int = 8
    spare: int = 2
    """Of those at once, how many are kept for what people wait for."""

    @classmethod
    def of(cls, settings: ServerSettings) -> "Pace":
        """Return the pace *settings* ask for."""
        return cls(
            poll=settings.task_poll,
            lease=settings.task_lease,
            attempts=settings.task_attempts,
            at_once=settings.tasks_at_once,
            spare=settings.tasks_spare,
        )

    def kinds(self, held: int) -> tuple[Kind, ...]:
        """Return what a worker that holds *held* tasks may take up, too."""
        if held >= self.at_once:
            return ()
        # With one place only there is none to spare.
        crowded = held > 0 and held >= self.at_once - self.spare
        return _WAITED_FOR if crowded else tuple(Kind)


@define(eq=False)
class _Held:
    task: Task
    holder: Holder
    doing: Deferred[None] = field(factory=Deferred)
    ending: bool = False
    """Whether its work has been told to end because nobody wants it any more."""
    over: bool = False
    """Whether it only has to be noted how it ended."""


class Worker:
    """Does tasks until stopped; those under way then go back to the store.

    :param name: tells this worker from every other, also from an earlier self.
    """

    def __init__(
        self,
        records: TaskRecords,
        work: Hand,
        events: Events,
        clock: IReactorTime,
        name: str,
        pace: Pace,
    ) -> None:
        self.name = name
        self._records = records
        self._work = work
        self._events = events
        self._clock = clock
        self._pace = pace
        self._held: dict[str, _Held] = {}
        self._owed: set[str] = set()
        """Tasks that could not be given back, as the store was away."""
        self._looking = False
        self._stopped = True
        self._log = Logger()
        self._look = through_outages(_LOOKING, self._look_once)
        tend = through_outages(_LOOKING, self._tend)
        renew = through_outages(_RENEWING, self._renew_all)
        self._looks = Periodic(clock, pace.poll, _LOOKING, tend)
        self._renewals = Periodic(clock, pace.lease / 3, _RENEWING, renew)
        self._leave: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to work."""
        self._stopped = False
        self._leave = self._events.subscribe(TASKS, self._heard)
        self._looks.start()
        self._renewals.start(now=False)

    async def inherit(self, gone: Callable[[str], bool]) -> None:
        """Free the tasks of workers that are *gone*: nobody needs their leases."""
        for worker in await self._records.holders():
            if gone(worker):
                await self._records.free_of(worker)

    async def stop(self) -> None:
        """Stop working and give back what is held."""
        self._stopped = True
        self._leave()
        await self._looks.stop()
        await self._renewals.stop()
        for held in tuple(self._held.values()):
            # First in the store: work that overlooks its cancellation finds it there.
            await self._let_go(held.holder.task)
            held.doing.cancel()
            await held.doing

    def _heard(self, event: Event) -> None:
        held = self._held.get(str(event.data.get("id", "")))
        if held is not None:
            spawn(self._log, _RENEWING, self._renew(held))
        spawn(self._log, _LOOKING, self._look())

    async def _tend(self) -> None:
        """Free what silent workers hold, and look for tasks."""
        for task in tuple(self._owed):
            await self._records.give_back(task, self.name)
            self._owed.discard(task)
        await self._records.free_silent(list(self._held), self._clock.seconds())
        await self._look_once()

    async def _look_once(self) -> None:
        """Claim tasks until there are none or enough are held."""
        if self._looking:
            return
        self._looking = True
        try:
            while not self._stopped:
                kinds = self._pace.kinds(len(self._held))
                now, lease = self._clock.seconds(), self._pace.lease
                if not kinds:
                    return
                task = await self._records.claim(self.name, kinds, now, lease)
                if task is None:
                    return
                self._take(task)
        finally:
            self._looking = False

    def _take(self, task: Task) -> None:
        self._owed.discard(task.id)
        held = _Held(task, Holder(task.id, self.name, task.attempts, task.kind))
        self._held[task.id] = held
        doing = background(self._log, task.kind.value, self._do(held))
        held.doing = doing
        # A place is free again; there may be more to do.
        doing.addCallback(lambda _: self._ended(held))  # type: ignore[unused-awaitable]

    def _ended(self, held: _Held) -> None:
        self._forget(held)
        if not self._stopped:
            spawn(self._log, _LOOKING, self._look())

    def _forget(self, held: _Held) -> None:
        if self._held.get(held.holder.task) is held:
            del self._held[held.holder.task]

    # -- one task, from its beginning to its end

    async def _do(self, held: _Held) -> None:
        what = {"kind": held.task.kind.value, "key": held.task.key}
        self._log.info("{kind} {key} begins", **what)
        try:
            end = await self._outcome(held)
        except (Lost, CancelledError):
            self._log.info("{kind} {key} is given back", **what)
            self._forget(held)
            await self._let_go(held.holder.task)
        except Unavailable as error:
            self._log.warn("{kind} {key} waits: {why}", why=error.message, **what)
            await self._put_off(held, error)
        except Exception:  # noqa: BLE001 -- a mistake while ending it: not for ever
            self._log.failure("{kind} {key} cannot end", **what)
            await self._put_off(held, Unavailable(OUR_FAULT))
        else:
            state, why = end.state.value, end.problem
            self._log.info(
                "{kind} {key} is {state} {why}", state=state, why=why, **what
            )
            await self._finish(held, end)

    async def _outcome(self, held: _Held) -> End:
        """Do the task and return how it ended.

        :raises Unavailable: it may succeed later.
        :raises Lost: it is not ours any more; so does `CancelledError`.
        """
        early = await self._before(held)
        if early is not None:
            return early
        try:
            await self._work.do(held.task, held.holder)
        except Unavailable as error:
            return await self._worn_out(held, error)
        except (Lost, CancelledError):
            return await self._unwanted(held)
        except AenError as error:
            return _failed(error)
        except Exception:  # noqa: BLE001 -- a mistake of ours ends one task, no more
            self._log.failure("{kind} failed", kind=held.task.kind.value)
            return await self._given_up(held, OUR_FAULT)
        return End()

    async def _before(self, held: _Held) -> End | None:
        """Return how a task ends that is not to be begun any more, else None."""
        if held.task.cancelling:
            return await self._tidied(held, held.task.cancelling)
        if held.task.lost < self._pace.attempts:
            return None
        why = (
            f"It was tried {counted(held.task.lost, 'time')} and broke off each time;"
            " the log of the server says why."
        )
        return await self._given_up(held, why)

    async def _given_up(self, held: _Held, why: str) -> End:
        await self._work.give_up(held.task, held.holder, why)
        return End(TaskState.FAILED, why)

    async def _worn_out(self, held: _Held, error: Unavailable) -> End:
        """Give up what was tried often enough; else raise *error* again."""
        tries = held.task.tries + 1
        if held.task.kind.nature.retries.pause(tries) is not None:
            raise error
        return await self._given_up(
            held, f"{error.message} It was tried {counted(tries, 'time')}."
        )

    async def _unwanted(self, held: _Held) -> End:
        """Tidy up after a task that was cancelled; of any other, raise `Lost`."""
        if self._stopped:
            raise Lost
        now, lease = self._clock.seconds(), self._pace.lease
        found = await self._records.renew(held.holder, now, lease)
        if found is None or not found.cancelling:
            raise Lost
        return await self._tidied(held, found.cancelling)

    async def _tidied(self, held: _Held, by: str) -> End:
        held.ending = True
        try:
            await self._work.cancelled(held.task, held.holder)
        except Unavailable:
            raise
        except AenError as error:
            return _failed(error)
        return End(TaskState.CANCELLED, f"Cancelled by “{by}”.")

    # -- what the store is told

    async def _put_off(self, held: _Held, error: Unavailable) -> None:
        nature, tries = held.task.kind.nature, held.task.tries + 1
        pause = nature.retries.pause(tries) or nature.retries.longest
        if isinstance(error, TryAgain) and error.after is not None:
            pause = error.after
        self._forget(held)
        until = self._clock.seconds() + pause
        try:
            if await self._records.put_off(held.holder, error.message, until):
                return
        except Unavailable:
            self._owed.add(held.holder.task)
        else:
            await self._let_go(held.holder.task)

    async def _finish(self, held: _Held, end: End) -> None:
        held.over = True
        try:
            ended = await self._records.finish(held.holder, end, self._clock.seconds())
            if ended:
                await self._work.ended(held.task, end.problem)
        except Unavailable as error:
            # Doing it once more does no harm.
            self._owed.add(held.holder.task)
            self._log.warn("a task stays open: {error}", error=error.message)
            return
        if not ended:
            self._forget(held)
            await self._let_go(held.holder.task)

    async def _let_go(self, task: str) -> None:
        """Let another worker have a task; without the store, when it is back."""
        try:
            await self._records.give_back(task, self.name)
            await self._events.publish(TASKS, "task", {"id": task})
        except Unavailable as error:
            self._owed.add(task)
            self._log.warn(
                "a task is held until the store answers: {error}", error=error
            )

    async def _renew_all(self) -> None:
        for held in tuple(self._held.values()):
            await self._renew(held)

    async def _renew(self, held: _Held) -> None:
        if held.over:
            return
        now, lease = self._clock.seconds(), self._pace.lease
        found = await self._records.renew(held.holder, now, lease)
        if found is None:
            held.doing.cancel()
        elif (
            found.cancelling
            and not held.ending
            and found.kind.nature.stopping is Stopping.AT_ONCE
        ):
            held.ending = True
            held.doing.cancel()


def _failed(error: AenError) -> End:
    log = error.log if isinstance(error, Failed) else ()
    return End(TaskState.FAILED, error.message, log)
