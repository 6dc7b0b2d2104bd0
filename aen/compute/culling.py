"""Stops apps that nobody uses, and keeps the book of uses."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.compute.activity import Activity
from aen.compute.idle import Busy, Step, decide, idle_until
from aen.compute.use_book import UseBook
from aen.model.apps import Manifest
from aen.model.errors import NotFound
from aen.proxy.uses import Uses
from aen.runtime.tasks import background
from aen.wire.messages import Launch

_AGAIN = 60.0
"""Seconds until an app that did not answer, or works, is asked again at the soonest."""
_MOST = 8
"""Apps that are asked at a time."""

Ask = Callable[[Launch, str], Awaitable[Activity]]


class Running(Protocol):
    """The launches; `aen.compute.launches.Launches`."""

    def list(self, project_id: str = "") -> tuple[Launch, ...]:
        """Return those that have not ended."""
        ...

    async def stop(self, launch_id: str) -> None:
        """End one."""
        ...


@define(eq=False)
class Culling:
    """Looks, now and then, at what is not used."""

    _launches: Running
    _manifest: Callable[[str], Manifest]
    """Returns an app's manifest, or raises `NotFound`."""
    _default: float
    """The node's `idle_timeout`."""
    book: UseBook
    uses: Uses
    _ask: Ask
    _clock: IReactorTime
    _asking: dict[str, Deferred[None]] = field(factory=dict, init=False)
    _not_before: dict[str, float] = field(factory=dict, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def last_use(self, launch: Launch) -> float:
        """Return when *launch* was last used, in seconds since the epoch."""
        return self.book.last(launch)

    def until(self, launch: Launch) -> float:
        """Return when *launch* may be stopped for not being used; 0: never."""
        return idle_until(self._rules(launch)[0], self.last_use(launch))

    def _rules(self, launch: Launch) -> tuple[float, str]:
        """Return the timeout and the `activity` of an app."""
        try:
            manifest = self._manifest(launch.app)
        except NotFound:
            return self._default, ""
        own = manifest.idle_timeout
        return (self._default if own is None else own), manifest.activity

    async def turn(self) -> None:
        """Take note of what was used, and ask what was not."""
        now = self._clock.seconds()
        self.book.note(dict.fromkeys(self.uses.take(), now), now)
        launches = self._launches.list()
        known = {one.id for one in launches}
        self.book.save(known, now)
        for gone in set(self._not_before) - known:
            del self._not_before[gone]
        for launch in launches:
            if launch.state == "running":
                self._look(launch, now)

    def _look(self, launch: Launch, now: float) -> None:
        timeout, activity = self._rules(launch)
        step = decide(timeout, now - self.last_use(launch), None)
        wait = now < self._not_before.get(launch.id, 0.0)
        full = len(self._asking) >= _MOST
        if step is not Step.ASK or wait or full or launch.id in self._asking:
            return
        work = background(
            self._log, "stopping what is not used", self._settle(launch, activity)
        )
        self._asking[launch.id] = work

        def settled(_: None) -> None:
            del self._asking[launch.id]

        work.addCallback(settled)  # type: ignore[unused-awaitable]

    async def _settle(self, launch: Launch, activity: str) -> None:
        found = await self._ask(launch, activity)
        now = self._clock.seconds()
        self._not_before[launch.id] = now + _AGAIN
        used = {launch.id: now if found.busy is Busy.YES else found.last}
        self.book.note(used, now)
        self.book.note(dict.fromkeys(self.uses.take(), now), now)
        unused = now - self.last_use(launch)
        if decide(self._rules(launch)[0], unused, found.busy) is Step.STOP:
            self._log.info(
                "{app} of {owner}/{project} ({user}) is stopped: unused for {minutes}"
                " minutes, and it {says}",
                app=launch.title,
                owner=launch.owner,
                project=launch.project,
                user=launch.user,
                minutes=round(unused / 60, 1),
                says="is not busy" if found.busy is Busy.NO else "does not answer",
            )
            await self._launches.stop(launch.id)

    async def stop(self) -> None:
        """Ask nothing more, and write the book."""
        for work in tuple(self._asking.values()):
            work.cancel()
            await work
        self.book.save({one.id for one in self._launches.list()}, float("inf"))
