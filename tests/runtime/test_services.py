"""Signals as services."""

import os
import signal

import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred

from aen.runtime.services import OnSignal


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
