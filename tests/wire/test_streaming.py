"""Answers in lines, from their first to their last."""

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred

from aen.model.errors import Failed
from aen.model.projects import Problem, Progress
from aen.wire.messages import Line, ProjectQuestion
from aen.wire.routes import START_PROJECT
from tests.wire.conftest import Pair


@pytest_twisted.ensureDeferred
async def test_a_stream_tells_its_progress(pair: Pair, lines: list[Line]) -> None:
    """Lines arrive in order, and the end is known as the end."""
    asked = ProjectQuestion("p")
    await pair.client.follow(pair.at, START_PROJECT, asked, lines.append)
    assert lines == [Line(progress=Progress("Cloning", 1, 2))]
    assert pair.node.finished == ["p"]


@pytest_twisted.ensureDeferred
async def test_a_stream_that_fails_says_why(pair: Pair, lines: list[Line]) -> None:
    """The problem and the last output reach the asker."""
    asked = ProjectQuestion("broken")
    with pytest.raises(Failed, match="It broke") as caught:
        await pair.client.follow(pair.at, START_PROJECT, asked, lines.append)
    assert caught.value.log == ("a", "b")
    assert Problem(caught.value.message, caught.value.log).log == ("a", "b")


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
    pair.node.hold.callback(None)
    assert pair.node.finished == ["held"]
