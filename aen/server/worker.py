"""The worker: claims tasks, does a few at a time, holds them by a lease."""

from collections.abc import Callable
from typing import Protocol

from attrs import define, frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import AenError, Unavailable
from aen.model.tasks import Task
from aen.runtime.tasks import Periodic, background, spawn
from aen.server.events import TASKS, Events
from aen.server.records import Event
from aen.server.settings import ServerSettings
from aen.server.store.outage import through_outages
from aen.server.store.tasks import Holder, TaskRecords
from aen.server.turn import Lost

_LOOKING = "looking for tasks"
_RENEWING = "renewing leases"
_STORE_PAUSE = 2.0
"""Seconds before a task is tried again after the store did not answer."""


class Work(Protocol):
    """What a worker does with a task it has claimed."""

    async def do(self, task: Task, holder: Holder) -> None:
        """Do it whole, or raise `AenError` with the reason."""

    async def give_up(self, task: Task, holder: Holder) -> str:
        """It was tried too often: say so, and return the sentence."""

    async def ended(self, task: Task, problem: str) -> None:
        """It has ended and is noted so; *problem* is empty when it succeeded."""


@frozen
class Pace:
    """How a worker works: seconds, attempts, and how many tasks at once."""

    poll: float = 0.25
    lease: float = 30.0
    attempts: int = 3
    at_once: int = 8

    @classmethod
    def of(cls, settings: ServerSettings) -> "Pace":
        """Return the pace *settings* ask for."""
        return cls(
            poll=settings.task_poll,
            lease=settings.task_lease,
            attempts=settings.task_attempts,
            at_once=settings.tasks_at_once,
        )


@define
class _Held:
    holder: Holder
    doing: Deferred[None]


class Worker:
    """Does tasks until stopped; those under way then go back to the store.

    :param name: tells this worker from every other, also from an earlier self.
    """

    def __init__(
        self,
        records: TaskRecords,
        work: Work,
        events: Events,
        clock: IReactorTime,
        name: str,
        pace: Pace,
    ) -> None:
        self._records = records
        self._work = work
        self._events = events
        self._clock = clock
        self._name = name
        self._pace = pace
        self._held: dict[str, _Held] = {}
        self._looking = False
        self._stopped = True
        self._log = Logger()
        self._look = through_outages(_LOOKING, self._look_once)
        renew = through_outages(_RENEWING, self._renew_all)
        self._looks = Periodic(clock, pace.poll, _LOOKING, self._look)
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
        for task, worker in await self._records.held():
            if gone(worker):
                now = self._clock.seconds()
                await self._records.give_back(task, worker, now)

    async def stop(self) -> None:
        """Stop working and give back what is held."""
        self._stopped = True
        self._leave()
        await self._looks.stop()
        await self._renewals.stop()
        for held in tuple(self._held.values()):
            # First in the store: work that overlooks its cancellation finds it there.
            await self._let_go(held.holder.task, self._clock.seconds())
            held.doing.cancel()
            await held.doing

    def _heard(self, event: Event) -> None:
        held = self._held.get(str(event.data.get("id", "")))
        if held is not None:
            spawn(self._log, _RENEWING, self._renew(held))
        spawn(self._log, _LOOKING, self._look())

    async def _look_once(self) -> None:
        """Claim tasks until there are none or enough are held."""
        if self._looking:
            return
        self._looking = True
        try:
            while not self._stopped and len(self._held) < self._pace.at_once:
                now, lease = self._clock.seconds(), self._pace.lease
                held = list(self._held)
                task = await self._records.claim(self._name, held, now, lease)
                if task is None:
                    return
                self._take(task)
        finally:
            self._looking = False

    def _take(self, task: Task) -> None:
        holder = Holder(task.id, self._name, task.attempts, task.kind)
        held = _Held(holder, Deferred())
        self._held[task.id] = held
        doing = background(self._log, task.kind.value, self._do(task, held))
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

    async def _do(self, task: Task, held: _Held) -> None:
        what = {"kind": task.kind.value, "key": task.key}
        self._log.info("{kind} {key} begins", **what)
        try:
            problem = await self._outcome(task, held.holder)
        except (Lost, CancelledError):
            self._log.info("{kind} {key} is given back", **what)
            self._forget(held)
            await self._let_go(task.id, self._clock.seconds())
        except Unavailable as error:
            self._log.warn("{kind} {key} waits: {error}", error=error.message, **what)
            self._forget(held)
            await self._let_go(task.id, self._clock.seconds() + _STORE_PAUSE)
        else:
            self._log.info("{kind} {key} ended {problem}", problem=problem, **what)
            await self._finish(task, held, problem)

    async def _finish(self, task: Task, held: _Held, problem: str) -> None:
        now = self._clock.seconds()
        try:
            ended = await self._records.finish(held.holder, problem, now)
            if ended:
                await self._work.ended(task, problem)
        except Unavailable as error:
            # Its lease will end, and doing it once more does no harm.
            self._log.warn("a task stays open: {error}", error=error.message)
            return
        if not ended:
            self._forget(held)
            await self._let_go(held.holder.task, now)

    async def _let_go(self, task: str, later: float) -> None:
        """Let another worker have a task; without the store, when its lease ends."""
        try:
            await self._records.give_back(task, self._name, later)
            await self._events.publish(TASKS, "task", {"id": task})
        except Unavailable as error:
            self._log.warn("a task is held until its lease ends: {error}", error=error)

    async def _outcome(self, task: Task, holder: Holder) -> str:
        """Do *task* and return what went wrong with it; empty is nothing."""
        if task.attempts > self._pace.attempts:
            return await self._work.give_up(task, holder)
        try:
            await self._work.do(task, holder)
        except Unavailable:
            raise
        except AenError as error:
            return error.message
        return ""

    async def _renew_all(self) -> None:
        for held in tuple(self._held.values()):
            await self._renew(held)

    async def _renew(self, held: _Held) -> None:
        now, lease = self._clock.seconds(), self._pace.lease
        if not await self._records.renew(held.holder, now, lease):
            held.doing.cancel()
