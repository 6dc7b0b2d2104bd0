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
from aen.server.late_teams import LOOK_SECONDS, LateTeams
from aen.server.rooms import Rooms
from aen.server.store.outage import through_outages
from aen.server.store.schema import INDEXES
from aen.server.worker import Worker

_RETRY_SECONDS = 0.5
_TRIM_SECONDS = 600.0
_DAY = 86_400.0


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
        trim = through_outages("trimming the store", self._trim)
        self._trims = Periodic(clock, _TRIM_SECONDS, "trimming the store", trim)
        self._teams = LateTeams(rooms.archive, rooms.tasks)
        late = through_outages("looking for late teams", self._late)
        self._lates = Periodic(clock, LOOK_SECONDS, "looking for late teams", late)

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
        self._trims.start()
        if self._worker is not None:
            await self._inherit(self._worker)
            self._worker.start()
            self._lates.start()

    async def _inherit(self, worker: Worker) -> None:
        try:
            await worker.inherit(self._gone)
        except Unavailable as error:
            self._log.warn("leases of the dead have to end: {error}", error=error)

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

    async def _end(self) -> None:
        if self._beginning is not None:
            self._beginning.cancel()
            await self._beginning
        await self._trims.stop()
        await self._lates.stop()
        if self._worker is not None:
            await self._worker.stop()
        await self._channels.stop()
        await self._rooms.events.stop()

    async def _late(self) -> None:
        await self._teams.look(self._clock.seconds())

    async def _trim(self) -> None:
        settings = self._rooms.settings
        await self._rooms.archive.trim(
            self._clock.seconds(),
            events=settings.events_kept,
            history=settings.history_days * _DAY,
            audit=settings.audit_days * _DAY,
        )
