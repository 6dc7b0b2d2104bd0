"""Several processes behind one listening port: a worker's side.

A worker listens to its parent on one descriptor and says on another that it serves.
When the parent is gone, however it went, the worker ends too.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.defer import TimeoutError as TookTooLong
from twisted.internet.protocol import Protocol as Conversation
from twisted.internet.protocol import connectionDone
from twisted.internet.stdio import StandardIO
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override

from aen.runtime.tasks import background, spawn
from aen.runtime.workers import ANSWERS, COMMANDS, READY, RETIRE

# Its annotations know nothing of the descriptors it takes.
_OnDescriptors: Any = StandardIO


class Entrance(Protocol):
    """What a worker opens when it can serve, and closes when it is replaced."""

    def startService(self) -> None:
        """Accept connections."""

    def stopService(self) -> Awaitable[Any] | None:
        """Accept none, and end those that are open within a short time."""

    async def retire(self) -> None:
        """Accept none, and serve the ones that are open to their end."""


class Membership(Service):
    """A worker's life: it serves when *prepared*, until it is retired or stopped.

    :param prepared: fires when what serving needs is there.
    :param replaced: called when it is being retired.
    :param patience: seconds after which it serves in any case.
    """

    def __init__(
        self,
        entrance: Entrance,
        prepared: Deferred[None],
        replaced: Callable[[], None],
        reactor: Any,
        patience: float = 5.0,
    ) -> None:
        self._entrance = entrance
        self._prepared = prepared
        self._replaced = replaced
        self._reactor = reactor
        self._patience = patience
        self._parent: Any = None
        self._beginning: Deferred[None] | None = None
        self._log = Logger()

    @override
    def startService(self) -> None:
        super().startService()
        line = _Line(self._retire, self._reactor.stop)
        self._parent = _OnDescriptors(line, COMMANDS, ANSWERS, reactor=self._reactor)
        self._beginning = background(self._log, "beginning to serve", self._begin())

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _begin(self) -> None:
        try:
            await self._prepared.addTimeout(self._patience, self._reactor)
        except TookTooLong:
            self._log.warn("serving although not everything answers")
        self._entrance.startService()
        self._parent.write(READY)

    async def _stop(self) -> None:
        if self._beginning is not None:
            self._beginning.cancel()
            await self._beginning
        await maybeDeferred(self._entrance.stopService)
        if self._parent is not None:
            self._parent.loseConnection()

    def _retire(self) -> None:
        spawn(self._log, "retiring", self._finish())

    async def _finish(self) -> None:
        self._replaced()
        self._log.info("replaced by a new worker; finishing what is under way")
        await self._entrance.retire()
        if self.running:
            self._reactor.stop()


class _Line(Conversation):
    """What the parent says."""

    def __init__(self, retire: Callable[[], None], gone: Callable[[], None]) -> None:
        self._retire: Callable[[], None] | None = retire
        self._gone: Callable[[], None] | None = gone

    def dataReceived(self, data: bytes) -> None:
        """Retire when told to; there is nothing else to say."""
        if RETIRE.strip() in data and self._retire is not None:
            retire, self._retire = self._retire, None
            retire()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """End with the parent."""
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()
