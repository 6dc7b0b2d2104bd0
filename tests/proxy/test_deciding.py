"""Asking a router."""

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, Logger

from aen.proxy.deciding import asked, later
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Decision, Forward

HEAD = RequestHead(b"GET", b"/", "1.1", ())
LOG = Logger()


@pytest.mark.parametrize("decision", [Answer(204), Forward("unix:/x")])
def test_a_value_is_known_at_once(decision: Decision) -> None:
    """Without a turn of the reactor; the question is put with what it is about."""
    assert asked(LOG, HEAD, lambda one: (one, decision)[1], "one") is decision


def test_an_awaitable_is_waited_for() -> None:
    """Deferreds and coroutines alike."""
    acted: list[Decision] = []
    answered: Deferred[Decision] = Deferred()

    async def coroutine() -> Decision:
        return await answered

    later(LOG, HEAD, coroutine(), acted.append)
    assert acted == []
    answered.callback(Answer(204))
    assert acted == [Answer(204)]


def test_a_failure_becomes_a_page(logged_failures: list[LogEvent]) -> None:
    """When the router raises at once."""

    def broken() -> Decision:
        raise KeyError("now")

    page = asked(LOG, HEAD, broken)
    assert isinstance(page, Answer)
    assert page.status == 500
    assert len(logged_failures) == 1
    logged_failures.clear()


def test_a_late_failure_becomes_a_page(logged_failures: list[LogEvent]) -> None:
    """When what it has promised fails."""
    acted: list[Decision] = []

    async def broken() -> Decision:
        raise KeyError("later")

    later(LOG, HEAD, broken(), acted.append)
    assert [isinstance(each, Answer) and each.status for each in acted] == [500]
    assert len(logged_failures) == 1
    logged_failures.clear()
