"""Answers in lines, from their first to their last."""

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import LogEvent

from aen.model.errors import Failed, Unauthenticated
from aen.model.projects import Progress
from aen.wire.messages import Line, ProjectQuestion
from aen.wire.routes import START_PROJECT
from tests.wire.conftest import WATCH, Pair, reactor


@pytest_twisted.ensureDeferred
async def test_a_stream_tells_its_progress(pair: Pair) -> None:
    """Lines arrive in order, and the end is known as the end."""
    lines: list[Line] = []
    asked = ProjectQuestion("p")
    await pair.client.follow(pair.at, START_PROJECT, asked, lines.append)
    assert lines == [Line(progress=Progress("Cloning", 1, 2))]
    assert pair.node.finished == ["p"]


@pytest_twisted.ensureDeferred
async def test_a_stream_that_fails_says_why(pair: Pair) -> None:
    """The problem and the last output reach the asker."""
    for asked, log in (("broken", ("a", "b")), ("gone", ())):
        with pytest.raises(Failed, match=r"It broke|no such") as caught:
            await follow(pair, asked)
        assert caught.value.log == log


@pytest_twisted.ensureDeferred
async def test_a_bug_is_logged_not_shown(
    pair: Pair, logged_failures: list[LogEvent]
) -> None:
    """What broke off has a reason only in the log."""
    with pytest.raises(Failed, match="the log of this node says why"):
        await follow(pair, "bug")
    assert logged_failures.pop()["log_failure"].check(ZeroDivisionError)


@pytest_twisted.ensureDeferred
async def test_a_stranger_starts_nothing(pair: Pair) -> None:
    """It is refused before there is a stream."""
    place = pair.place("node:n2")
    with pytest.raises(Unauthenticated):
        await pair.client.follow(place, START_PROJECT, ProjectQuestion("p"), ignored)
    assert pair.node.finished == []


async def follow(pair: Pair, project_id: str) -> None:
    """Start a project, whatever it says."""
    asked = ProjectQuestion(project_id)
    await pair.client.follow(pair.at, START_PROJECT, asked, ignored)


def ignored(_: Line) -> None:
    """Take a line."""


@pytest_twisted.ensureDeferred
async def test_work_goes_on_when_the_asker_leaves(pair: Pair) -> None:
    """A start that nobody follows any more is still a whole start."""
    arrived: Deferred[Line] = Deferred()
    asking = Deferred.fromCoroutine(
        pair.client.follow(
            pair.at, START_PROJECT, ProjectQuestion("held"), arrived.callback
        )
    )
    await arrived
    asking.cancel()
    with pytest.raises(CancelledError):
        await asking
    await pair.nobody_asks()
    pair.node.hold.callback(None)
    assert pair.node.finished == ["held"]


@pytest_twisted.ensureDeferred
async def test_watching_ends_when_the_asker_leaves(pair: Pair) -> None:
    """Nothing is told to nobody."""
    arrived: Deferred[Line] = Deferred()
    ended: Deferred[None] = Deferred()
    pair.node.hold = Deferred(lambda _: ended.callback(None))
    watching = Deferred.fromCoroutine(
        pair.client.follow(pair.at, WATCH, ProjectQuestion("p"), arrived.callback)
    )
    await arrived
    watching.cancel()
    with pytest.raises(CancelledError):
        await watching
    await ended.addTimeout(10, reactor)
