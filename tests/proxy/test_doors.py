"""Doors: what happens to those inside when they close."""

from collections.abc import Sequence

import pytest
import pytest_twisted
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent

from aen.proxy.doors import Doors
from aen.proxy.limits import Limits
from tests.proxy.harness import TO_ONE, Harness

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def doors(harness: Harness, listening: Sequence[Service]) -> Doors:
    """Return doors with ten seconds to retire and two to stop."""
    made = Doors(listening, [harness.factory], 10.0, 2.0)
    made.startService()
    return made


@pytest_twisted.ensureDeferred
async def test_retiring() -> None:
    """Nobody is let in; a response ends whole and a WebSocket stays for a while."""
    harness, port = Harness(TO_ONE, Limits(close_seconds=1)), Service()
    made = doors(harness, [port])
    assert port.running
    busy = harness.client()
    busy.send(GET)
    upstream = harness.upstream()
    tunnelled, _ = harness.tunnel()
    gone = Deferred.fromCoroutine(made.retire())
    assert not port.running
    harness.pass_time(5)
    upstream.send(OK)
    assert busy.take() == OK
    harness.pass_time(3)
    assert tunnelled.take() == b""
    harness.pass_time(2)
    assert tunnelled.take() == b"\x88\x02\x03\xe9"
    harness.pass_time(2)
    assert gone.called


@pytest.mark.parametrize("retired", [False, True])
@pytest_twisted.ensureDeferred
async def test_stopping(*, retired: bool) -> None:
    """WebSockets are told at once, responses get a moment; also while retiring."""
    harness = Harness(TO_ONE, Limits(close_seconds=1))
    made = doors(harness, [])
    busy = harness.client()
    busy.send(GET)
    upstream = harness.upstream()
    tunnelled, _ = harness.tunnel()
    if retired:
        Deferred.fromCoroutine(made.retire())
    stopped = made.stopService()
    assert tunnelled.take() == b"\x88\x02\x03\xe9"
    upstream.send(OK)
    assert busy.take() == OK
    harness.pass_time(4)
    assert stopped.called
    assert not made.running
    harness.pass_time(20)


def test_stopping_has_an_end() -> None:
    """A response that goes on and on is ended sooner than while retiring."""
    harness = Harness(TO_ONE)
    made = doors(harness, [])
    busy = harness.client()
    busy.send(GET)
    harness.upstream()
    stopped = made.stopService()
    harness.pass_time(1)
    assert busy.connected
    harness.pass_time(2)
    assert busy.aborted
    assert stopped.called


@pytest_twisted.ensureDeferred
async def test_a_door_that_does_not_close(logged_failures: list[LogEvent]) -> None:
    """It keeps no other from closing, and nobody from being served to the end."""

    class Stuck(Service):
        def stopService(self) -> Deferred[None]:
            raise ValueError("stuck")

    port = Service()
    made = doors(Harness(TO_ONE), [Stuck(), port])
    await made.retire()
    assert not port.running
    assert logged_failures.pop()["log_failure"].check(ValueError)
