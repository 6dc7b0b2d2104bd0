"""Events: once to each listener of each process."""

import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.server.events import EventLimits, Events, Window
from aen.server.records import Event
from aen.server.store.event_log import EventLog
from aen.server.store.memory import MemoryDatabase


def two_processes() -> tuple[EventLog, Events, Events, Clock]:
    """Return a log and two processes that share it."""
    clock, log = Clock(), EventLog(MemoryDatabase())
    limits = EventLimits()
    return log, Events(log, clock, limits), Events(log, clock, limits), clock


@pytest_twisted.ensureDeferred
async def test_news_reach_every_process_once() -> None:
    """Here at once, elsewhere with the next look, never twice."""
    _, here, there, _ = two_processes()
    near: list[Event] = []
    far: list[Event] = []
    here.subscribe("project:1", near.append)
    there.subscribe("project:1", far.append)
    await there.catch_up()
    await here.publish("project:1", "state", {"state": "running"})
    await here.publish("project:2", "state", {"state": "stopped"})
    assert [event.data for event in near] == [{"state": "running"}]
    assert far == []
    for _ in range(3):
        await here.catch_up()
        await there.catch_up()
    assert len(near) == len(far) == 1


@pytest_twisted.ensureDeferred
async def test_what_happened_before_is_not_news() -> None:
    """A process begins with what is published after it has begun."""
    _, here, there, _ = two_processes()
    await here.publish("x", "old", {})
    heard: list[Event] = []
    there.subscribe("x", heard.append)
    await there.catch_up()
    await here.publish("x", "new", {})
    await there.catch_up()
    assert [event.kind for event in heard] == ["new"]


@pytest_twisted.ensureDeferred
async def test_looks_are_made_by_the_clock() -> None:
    """Between start and stop, and no longer."""
    _, here, there, clock = two_processes()
    heard: list[Event] = []
    there.subscribe("x", heard.append)
    there.start()
    await here.publish("x", "one", {})
    clock.advance(0.25)
    assert len(heard) == 1
    await there.stop()
    await here.publish("x", "two", {})
    clock.advance(10)
    assert len(heard) == 1
    assert clock.getDelayedCalls() == []


@pytest_twisted.ensureDeferred
async def test_who_is_rung_looks_at_once() -> None:
    """Whoever publishes rings; many rings during one look are one more look."""
    log, here, there, _ = two_processes()
    heard: list[Event] = []
    there.subscribe("x", heard.append)
    await there.catch_up()
    here.ring = there.rung
    await here.publish("x", "one", {})
    assert [event.kind for event in heard] == ["one"]
    looks: list[int] = []
    gate: Deferred[None] = Deferred()

    async def slowly(seq: int, limit: int) -> list[Event]:
        looks.append(seq)
        if len(looks) == 1:
            await gate
        return []

    log.after = slowly  # type: ignore[method-assign]
    for _ in range(3):
        there.rung()
    assert len(looks) == 1
    gate.callback(None)
    assert len(looks) == 2


@pytest_twisted.ensureDeferred
async def test_a_listener_that_fails_stops_nobody(
    logged_failures: list[object],
) -> None:
    """Its failure is logged; the others hear the news."""
    _, here, _, _ = two_processes()
    heard: list[Event] = []

    def broken(event: Event) -> None:
        raise RuntimeError(event.kind)

    here.subscribe("x", broken)
    here.subscribe("x", heard.append)
    await here.publish("x", "one", {})
    assert len(heard) == 1
    assert len(logged_failures) == 1
    logged_failures.clear()


@pytest_twisted.ensureDeferred
async def test_leaving_ends_it() -> None:
    """Who has left hears nothing, and may leave again."""
    _, here, _, _ = two_processes()
    heard: list[Event] = []
    leave = here.subscribe("x", heard.append)
    leave()
    leave()
    await here.publish("x", "one", {})
    assert heard == []


def test_a_late_number_is_waited_for() -> None:
    """A smaller number that appears after a greater one is delivered."""
    window = Window(10)
    assert window.take(12)
    assert window.base == 10
    assert window.take(11)
    assert window.base == 12
    assert not window.take(11)
    assert not window.take(12)


def test_a_number_that_never_comes_is_given_up() -> None:
    """Its process died between taking the number and writing the event."""
    window = Window(0)
    window.take(3)
    window.give_up(100.0, 5.0)
    window.give_up(104.0, 5.0)
    assert window.base == 0
    window.give_up(105.0, 5.0)
    assert window.base == 3
    window.take(4)
    assert window.base == 4
