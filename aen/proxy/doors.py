"""Where clients come in: listening, and letting them out in order."""

from collections.abc import Sequence

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.logger import Logger
from typing_extensions import override

from aen.proxy.factory import ProxyFactory
from aen.runtime.tasks import background


class Doors(MultiService):
    """Listens while it runs; what was begun is served to its end when it stops.

    :param listening: services that listen; they begin and end with it.
    :param drain_seconds: how long `retire` waits for open connections.
    :param stop_seconds: how long `stopService` does; WebSockets are closed at once,
        for they would not end by themselves.
    """

    def __init__(
        self,
        listening: Sequence[IService],
        proxies: Sequence[ProxyFactory],
        drain_seconds: float,
        stop_seconds: float,
    ) -> None:
        super().__init__()
        self._log = Logger()
        self._proxies = proxies
        self._drain_seconds = drain_seconds
        self._stop_seconds = stop_seconds
        for one in listening:
            one.setServiceParent(self)

    async def retire(self) -> None:
        """Accept nobody; return once everybody is served, or the time is up."""
        await self._close()
        await self._drain(self._drain_seconds, tunnels=True)

    @override
    def stopService(self) -> Deferred[None]:
        self.running = 0
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        await self._close()
        await self._drain(self._stop_seconds, tunnels=False)

    async def _close(self) -> None:
        for one in self:
            closing: Deferred[None] = maybeDeferred(one.stopService)
            await background(self._log, "closing a door", closing)

    async def _drain(self, seconds: float, *, tunnels: bool) -> None:
        await gatherResults(
            Deferred.fromCoroutine(one.drain(seconds, tunnels=tunnels))
            for one in self._proxies
        )
