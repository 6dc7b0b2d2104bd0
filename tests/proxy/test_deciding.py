"""Asking a router."""

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, Logger

from aen.proxy.deciding import decide
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Decision, Forward

HEAD = RequestHead(b"GET", b"/", "1.1", ())
LOG = Logger()


@pytest.mark.parametrize("decision", [Answer(204), Forward("unix:/x")])
def test_a_value_is_acted_upon_at_once(decision: Decision) -> None:
    """Without a turn of the reactor."""
    acted: list[Decision] = []
    decide(LOG, HEAD, lambda: decision, acted.append)
    assert acted == [decision]


def test_an_awaitable_is_waited_for() -> None:
    """Deferreds and coroutines alike."""
    acted: list[Decision] = []
    later: Deferred[Decision] = Deferred()

    async def coroutine() -> Decision:
        return await later

    decide(LOG, HEAD, coroutine, acted.append)
    assert acted == []
    later.callback(Answer(204))
    assert acted == [Answer(204)]


def test_failures_become_pages(logged_failures: list[LogEvent]) -> None:
    """And are logged, whether they come now or later."""
    acted: list[Decision] = []

    def now() -> Decision:
        raise KeyError("now")

    async def later() -> Decision:
        raise KeyError("later")

    decide(LOG, HEAD, now, acted.append)
    decide(LOG, HEAD, later, acted.append)
    assert [isinstance(each, Answer) and each.status for each in acted] == [500, 500]
    assert len(logged_failures) == 2
    logged_failures.clear()
