"""Signals as services."""

import os
import signal

import pytest_twisted
from attrs import define, field
from twisted.application.service import Service
from twisted.internet import reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.runtime.services import InOrder, OnSignal


@pytest_twisted.ensureDeferred
async def test_on_a_signal() -> None:
    """It is acted upon while the service runs; then all is as before."""
    before = signal.getsignal(signal.SIGHUP)
    came: Deferred[None] = Deferred()
    service = OnSignal(signal.SIGHUP, lambda: came.callback(None), reactor)
    service.startService()
    os.kill(os.getpid(), signal.SIGHUP)
    await came
    service.stopService()
    assert signal.getsignal(signal.SIGHUP) == before


@define(eq=False)
class Slow(Service):
    """Takes a second to stop."""

    clock: Clock
    label: str
    ended: list[str] = field(factory=list)

    def stopService(self) -> Deferred[None]:
        """Stop in a second."""
        stopped: Deferred[None] = Deferred()

        def end() -> None:
            self.ended.append(self.label)
            stopped.callback(None)

        self.clock.callLater(1, end)
        return stopped


@pytest_twisted.ensureDeferred
async def test_the_last_service_stops_first() -> None:
    """Nobody loses the store while still writing to it."""
    clock, ended = Clock(), list[str]()
    services = InOrder()
    for label in ("store", "worker", "pages"):
        Slow(clock, label, ended).setServiceParent(services)
    services.startService()
    stopping = services.stopService()
    clock.pump([1, 1])
    assert ended == ["pages", "worker"]
    clock.advance(1)
    await stopping
    assert ended == ["pages", "worker", "store"]
