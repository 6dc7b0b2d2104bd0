"""Services of general use."""

import gc
import os
import signal

import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred

from aen.runtime.services import OnSignal, Settled


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
