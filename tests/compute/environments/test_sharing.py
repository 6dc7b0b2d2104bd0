"""Work that is done once."""

from collections.abc import Callable

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import LogEvent

from aen.compute.environments.provider import Report
from aen.compute.environments.sharing import Sharing
from aen.model.errors import Failed
from aen.model.projects import Progress


class Build:
    """Work that ends when told to, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.cancelled = False
        self.tell: Report = lambda _: None
        self.end: Deferred[None] = Deferred()

    async def __call__(self, tell: Report) -> None:
        self.begun += 1
        self.tell = tell
        self.end = Deferred(self._cancelled)
        await self.end

    def _cancelled(self, _: Deferred[None]) -> None:
        self.cancelled = True


def begin(
    sharing: Sharing, build: Build, report: Callable[[Progress], None] = lambda _: None
) -> Deferred[None]:
    """Ask for *build*."""
    return Deferred.fromCoroutine(sharing.do("a", build, report))


@pytest_twisted.ensureDeferred
async def test_all_wait_for_one() -> None:
    """Begun once; who comes later hears the latest progress at once."""
    sharing, build = Sharing("building"), Build()
    first: list[Progress] = []
    second: list[Progress] = []
    one = begin(sharing, build, first.append)
    build.tell(Progress("x", 1, 3))
    other = begin(sharing, build, second.append)
    build.tell(Progress("x", 2, 3))
    build.end.callback(None)
    await one
    await other
    assert build.begun == 1
    assert [p.done for p in first] == [1, 2]
    assert [p.done for p in second] == [1, 2]


@pytest_twisted.ensureDeferred
async def test_a_failure_is_everybodys_and_then_forgotten() -> None:
    """The next one who asks really tries again."""
    sharing, build = Sharing("building"), Build()
    both = [begin(sharing, build), begin(sharing, build)]
    build.end.errback(Failed("no network"))
    for one in both:
        with pytest.raises(Failed, match="no network"):
            await one
    again = begin(sharing, build)
    build.end.callback(None)
    await again
    assert build.begun == 2


@pytest_twisted.ensureDeferred
async def test_who_leaves_does_not_stop_it() -> None:
    """A cancelled start leaves the build to the others."""
    sharing, build = Sharing("building"), Build()
    leaving, staying = begin(sharing, build), begin(sharing, build)
    leaving.cancel()
    with pytest.raises(CancelledError):
        await leaving
    build.end.callback(None)
    await staying
    assert not build.cancelled


@pytest_twisted.ensureDeferred
async def test_a_failure_nobody_waits_for_is_logged(
    logged_failures: list[LogEvent],
) -> None:
    """It does not vanish."""
    sharing, build = Sharing("building"), Build()
    leaving = begin(sharing, build)
    leaving.cancel()
    with pytest.raises(CancelledError):
        await leaving
    build.end.errback(Failed("no network"))
    assert [event["what"] for event in logged_failures] == ["building"]
    logged_failures.clear()


@pytest_twisted.ensureDeferred
async def test_one_can_be_cancelled() -> None:
    """Its own people are told; what nobody does is not missed."""
    sharing, build = Sharing("building"), Build()
    waiting = begin(sharing, build)
    seen = []
    for key in ("b", "a"):
        sharing.cancel(key)
        seen.append(build.cancelled)
    assert seen == [False, True]
    with pytest.raises(CancelledError):
        await waiting


@pytest_twisted.ensureDeferred
async def test_stopping_ends_all() -> None:
    """A node that shuts down leaves no build behind."""
    sharing, build = Sharing("building"), Build()
    waiting = begin(sharing, build)
    await sharing.stop()
    assert build.cancelled
    with pytest.raises(CancelledError):
        await waiting
