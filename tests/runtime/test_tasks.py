"""No work is lost: it is waited for, kept, or its failure is logged."""

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent, Logger

from aen.runtime.tasks import (
    Periodic,
    background,
    both,
    finish_anyway,
    pause,
    spawn,
    start,
    together,
)

LOG = Logger()


async def fail() -> None:
    """Break."""
    raise ValueError("broken")


def test_a_failure_nobody_waits_for_is_logged(logged_failures: list[LogEvent]) -> None:
    """It says what was being done."""
    spawn(LOG, "the work", fail())
    event = logged_failures.pop()
    assert event["what"] == "the work"
    assert event["log_failure"].check(ValueError)


@pytest_twisted.ensureDeferred
async def test_together() -> None:
    """All begin before one has ended; the results come in order, or an error."""
    gate: Deferred[None] = Deferred()
    began: list[int] = []

    async def one(number: int) -> int:
        began.append(number)
        await gate
        return number

    waiting = start(together([one(1), one(2)]))
    assert began == [1, 2]
    gate.callback(None)
    assert await waiting == [1, 2]
    assert await together([]) == []
    with pytest.raises(ValueError, match="broken"):
        await together([fail(), fail()])


@pytest_twisted.ensureDeferred
async def test_both() -> None:
    """Works of two kinds, side by side."""
    gate: Deferred[None] = Deferred()

    async def text() -> str:
        await gate
        return "a"

    async def number() -> int:
        gate.callback(None)
        return 1

    assert await both(text(), number()) == ("a", 1)


@pytest_twisted.ensureDeferred
async def test_background_work_never_fails(logged_failures: list[LogEvent]) -> None:
    """Whoever waits for it learns only that it is over; cancelling is no failure."""
    await background(LOG, "the work", fail())
    logged_failures.clear()
    waiting: Deferred[None] = Deferred()
    work = background(LOG, "the work", waiting)
    work.cancel()
    await work


@pytest_twisted.ensureDeferred
async def test_a_change_is_made_whole(logged_failures: list[LogEvent]) -> None:
    """When the one who asked leaves, the work goes on and its failure is logged."""
    gate: Deferred[None] = Deferred()
    done: list[str] = []

    async def change() -> str:
        await gate
        done.append("changed")
        raise ValueError("late")

    waiting = finish_anyway(LOG, "the change", change())
    waiting.cancel()
    with pytest.raises(CancelledError):
        await waiting
    gate.callback(None)
    assert done == ["changed"]
    assert logged_failures.pop()["what"] == "the change"


@pytest_twisted.ensureDeferred
async def test_who_stays_gets_the_result(logged_failures: list[LogEvent]) -> None:
    """A result and a failure both reach the one who waits, unlogged."""

    async def change() -> str:
        return "done"

    assert await finish_anyway(LOG, "the change", change()) == "done"
    with pytest.raises(ValueError, match="broken"):
        await finish_anyway(LOG, "the change", fail())
    assert await start(change()) == "done"
    assert not logged_failures


def test_a_pause_ends_or_is_cancelled() -> None:
    """No timer is left behind."""
    clock = Clock()
    ended: list[object] = []
    pause(clock, 2).addBoth(ended.append)
    clock.advance(2)
    assert ended == [None]
    waiting = pause(clock, 2)
    waiting.addErrback(lambda failure: failure.trap(CancelledError))
    waiting.cancel()
    assert not clock.getDelayedCalls()


@pytest_twisted.ensureDeferred
async def test_periodic_work_survives_a_failure(
    logged_failures: list[LogEvent],
) -> None:
    """The next call is made as usual, and none after stopping."""
    clock, calls = Clock(), []

    async def work() -> None:
        calls.append(clock.seconds())
        if len(calls) == 1:
            raise ValueError("once")

    periodic = Periodic(clock, 5, "looking", work)
    periodic.start()
    clock.advance(5)
    assert calls == [0, 5]
    assert logged_failures.pop()["what"] == "looking"
    await periodic.stop()
    clock.advance(60)
    assert len(calls) == 2
    assert not clock.getDelayedCalls()


@pytest_twisted.ensureDeferred
async def test_stopping_cancels_a_call_under_way() -> None:
    """Stopping does not wait for an answer that never comes."""
    clock, begun = Clock(), []

    async def work() -> None:
        begun.append(1)
        await Deferred()

    periodic = Periodic(clock, 5, "waiting", work)
    periodic.start()
    await periodic.stop()
    assert begun == [1]
