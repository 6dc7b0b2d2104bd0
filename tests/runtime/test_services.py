"""Services of general use."""

import gc
import os
import signal

import pytest_twisted
from attrs import define, field
from twisted.application.service import Service
from twisted.internet import reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent

from aen.runtime.services import InOrder, OnSignal, Settled


@define
class Part(Service):
    """Notes that it was stopped, and stops as it is told to."""

    name: str
    stopped: list[str]
    gone: Deferred[None] = field(factory=Deferred)

    def stopService(self) -> Deferred[None]:
        self.stopped.append(self.name)
        return self.gone


def test_in_order(logged_failures: list[LogEvent]) -> None:
    """The last one stops first; one that fails to keeps no other from stopping."""
    stopped: list[str] = []
    parts = [Part(name, stopped) for name in ("store", "pages", "port")]
    whole = InOrder()
    for part in parts:
        part.setServiceParent(whole)
    whole.startService()
    done = whole.stopService()
    assert (stopped, done.called) == (["port"], False)
    parts[2].gone.callback(None)
    assert (stopped, done.called) == (["port", "pages"], False)
    parts[1].gone.errback(ValueError("it cannot"))
    assert (stopped, done.called) == (["port", "pages", "store"], False)
    parts[0].gone.callback(None)
    assert (done.called, whole.running) == (True, False)
    assert logged_failures.pop()["log_failure"].check(ValueError)


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


def test_settled() -> None:
    """What is there when it begins is not looked through again, until it stops."""
    before, kept = gc.get_threshold(), gc.get_freeze_count()
    service = Settled()
    service.startService()
    assert gc.get_freeze_count() > kept
    assert gc.get_threshold()[0] > before[0]
    service.stopService()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
