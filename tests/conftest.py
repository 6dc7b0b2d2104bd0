"""What pytest does not do by itself and trial did: catch lost failures and timers."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

from tests.installed import Installed, brought_up


def pytest_collection_finish() -> None:
    """Leave what imports made out of the collections below: 60 ms each become 5."""
    gc.collect()
    gc.freeze()


@contextmanager
def heard(wanted: Callable[[LogEvent], bool]) -> Iterator[list[LogEvent]]:
    """Give a list to which every event that is *wanted* is added when it is logged."""
    seen: list[LogEvent] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if wanted(event):
            seen.append(event)

    globalLogPublisher.addObserver(observe)
    try:
        yield seen
    finally:
        globalLogPublisher.removeObserver(observe)


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """Give all that is logged while the test runs."""
    with heard(lambda _: True) as seen:
        yield seen


@pytest.fixture(autouse=True)
def logged_failures() -> Iterator[list[LogEvent]]:
    """Fail a test that logs a failure nobody claimed.

    A lost Deferred is logged when it is collected. A test that expects a failure
    takes it out of this list. What survives a test is looked through no more: else
    each collection would go over all that thousands of tests have left.
    """
    with heard(lambda event: event.get("log_failure") is not None) as seen:
        yield seen
        gc.collect()
        gc.freeze()
    assert not seen, "\n".join(event["log_failure"].getTraceback() for event in seen)


@pytest.fixture(autouse=True)
def quiet_reactor() -> Iterator[None]:
    """Fail a test that leaves timers in the reactor."""
    from twisted.internet import reactor  # noqa: PLC0415, TID251 -- tests own it

    before = {id(call) for call in reactor.getDelayedCalls()}
    yield
    left = [
        call
        for call in reactor.getDelayedCalls()
        if id(call) not in before and call.active()
    ]
    for call in left:
        call.cancel()
    assert not left, left


@pytest.fixture(scope="session")
def platform() -> Iterator[Installed]:
    """Give the real platform, brought up once for all tests that ask for it here."""
    yield from brought_up("platform", notebooks=True)
