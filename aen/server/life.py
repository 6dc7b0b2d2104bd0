"""The server's own life: indexes first, then news, channels, tasks; back in order."""

from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from typing_extensions import override

from aen.model.errors import Unavailable
from aen.runtime.tasks import Periodic, background, pause
from aen.server.channel import Channels
from aen.server.rooms import Rooms
from aen.server.store.outage import through_outages
from aen.server.store.schema import INDEXES
from aen.server.work.chores import chores
from aen.server.work.clockwork import Clockwork
from aen.server.work.worker import Worker

_RETRY_SECONDS = 0.5
_INHERIT_SECONDS = 2.0
_INHERITING = "looking for workers that are gone"


class Life(Service):
    """Prepares the store as soon as it answers, then starts what works on it.

    :param gone: whether the worker of that name certainly lives no more.
    """

    def __init__(
        self,
        rooms: Rooms,
        channels: Channels,
        worker: Worker | None,
        clock: IReactorTime,
        gone: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._rooms = rooms
        self._channels = channels
        self._worker = worker
        self._clock = clock
        self._gone = gone
        self._log = Logger()
        self._beginning: Deferred[None] | None = None
        self._clockwork = Clockwork(
            rooms.archive.schedule,
            chores(rooms),
            clock,
            "" if worker is None else worker.name,
        )
        inherit = through_outages(_INHERITING, self._inherit)
        self._inheriting = Periodic(clock, _INHERIT_SECONDS, _INHERITING, inherit)

    @override
    def startService(self) -> None:
        super().startService()
        self._rooms.events.start()
        self._channels.start()
        self._beginning = background(self._log, "preparing the store", self._begin())

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._end())

    async def _begin(self) -> None:
        await self._prepare()
        await self._complete()
        if self._worker is not None:
            self._inheriting.start()
            self._worker.start()
            self._clockwork.start()

    async def _inherit(self) -> None:
        """Free what workers of this machine hold that are no more."""
        if self._worker is not None:
            await self._worker.inherit(self._gone)
            await self._clockwork.inherit(self._gone)

    async def _prepare(self) -> None:
        """Make the indexes; until then the store may be starting, or away."""
        told = False
        while True:
            try:
                await self._rooms.database.prepare(INDEXES)
            except Unavailable as error:
                if not told:
                    self._log.warn("the store is awaited: {error}", error=error)
                told = True
                await pause(self._clock, _RETRY_SECONDS)
            else:
                return

    async def _complete(self) -> None:
        """Give records of an older version what lists are found and sorted by."""
        try:
            await self._rooms.archive.user_search.complete()
            await self._rooms.archive.projects.finder.complete()
        except Unavailable as error:
            self._log.warn("some things are not found yet: {error}", error=error)

    async def _end(self) -> None:
        if self._beginning is not None:
            self._beginning.cancel()
            await self._beginning
        await self._inheriting.stop()
        await self._clockwork.stop()
        if self._worker is not None:
            await self._worker.stop()
        await self._channels.stop()
        await self._rooms.events.stop()
