"""Services of general use."""

import gc
import signal
from collections.abc import Callable
from typing import Any

from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger
from typing_extensions import override

from aen.runtime.tasks import background


class InOrder(MultiService):
    """Services that stop one after the other, the last one first.

    One that fails to stop keeps none of the others from stopping.
    """

    _log = Logger()

    @override
    def stopService(self) -> Deferred[None]:
        Service.stopService(self)
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        for service in reversed(list(self)):
            stopping: Deferred[None] = maybeDeferred(service.stopService)
            await background(self._log, f"stopping {service.name}", stopping)


class Settled(Service):
    """Tells the garbage collector that what is there by now stays; begins last.

    A role's modules are tens of thousands of objects. Looking through them takes 50 ms,
    in which nobody is served, and finds nothing. And as proxies make and drop many
    small objects which refer to each other in no circle, it looks less often.
    """

    _YOUNG = 10_000
    """Objects made and not dropped between two looks; Python's own choice is 700."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()

    @override
    def startService(self) -> None:
        super().startService()
        gc.collect()
        gc.freeze()
        gc.set_threshold(self._YOUNG, *self._before[1:])

    @override
    def stopService(self) -> None:
        super().stopService()
        gc.set_threshold(*self._before)
        gc.unfreeze()


class OnSignal(Service):
    """Calls something, in a turn of the reactor, whenever a signal comes."""

    def __init__(
        self, number: signal.Signals, act: Callable[[], None], reactor: Any
    ) -> None:
        self._number = number
        self._act = act
        self._reactor = reactor
        self._before: Any = None

    @override
    def startService(self) -> None:
        super().startService()
        self._before = signal.signal(self._number, self._received)

    @override
    def stopService(self) -> None:
        super().stopService()
        signal.signal(self._number, self._before or signal.SIG_DFL)

    def _received(self, _number: int, _frame: object) -> None:
        self._reactor.callFromThread(self._act)
