"""Processes that render."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet.defer import Deferred

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.renderers import TOO_MUCH, TOO_SLOW, Renderers
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered, View
from aen.compute.apps.viewer.rendering.links import Place
from tests.waiting import eventually

SLOW = b"<p>" * 300_000
"""What takes much longer than the limit of these tests."""


def job(content: bytes = b"# T", view: View = View.MARKDOWN) -> Job:
    """Return a file to be rendered."""
    return Job(view, "a.md", Place("/raw/"), content)


def processes() -> set[int]:
    """Return the children of this process that render."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"aen.compute.apps.viewer.rendering" in command:
                found.add(int(pid))
    return found


@pytest_twisted.async_yield_fixture
async def renderers(reactor: Any) -> AsyncIterator[Renderers]:
    """Processes that end with the test."""
    made = Renderers(evolve(Limits(), renderers=1, waiting_jobs=1), reactor)
    yield made
    await made.stop()
    assert not processes()


@pytest_twisted.ensureDeferred
async def test_one_after_the_other(renderers: Renderers) -> None:
    """A process renders one file after the other."""
    assert '<h2 id="T">' in (await renderers.render(job())).html
    first = processes()
    assert (await renderers.render(job(b"{", View.NOTEBOOK))).problem
    assert processes() == first
    assert len(first) == 1


@pytest_twisted.ensureDeferred
async def test_killed(renderers: Renderers) -> None:
    """One that has died is replaced, and the file before it was not at fault."""
    await renderers.render(job())
    (pid,) = processes()
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not processes(), "it is gone")
    assert (await renderers.render(job())).html


@pytest_twisted.ensureDeferred
async def test_too_slow(renderers: Renderers) -> None:
    """What takes too long is ended; the next file is not harmed."""
    renderers.limits = evolve(renderers.limits, rendering=0.05)
    assert await renderers.render(job(SLOW)) == Rendered("", problem=TOO_SLOW)
    renderers.limits = evolve(renderers.limits, rendering=60.0)
    assert (await renderers.render(job())).html


@pytest_twisted.ensureDeferred
async def test_too_much(renderers: Renderers) -> None:
    """What ends a process is not rendered; a page can be too long as well."""
    renderers.limits = evolve(renderers.limits, rendered=1000)
    long = job(b"x" * 5000)
    assert await renderers.render(long) == Rendered("", problem=TOO_MUCH)


@pytest_twisted.ensureDeferred
async def test_too_many(renderers: Renderers) -> None:
    """Only so many wait; the others are told at once."""
    asked = [Deferred.fromCoroutine(renderers.render(job())) for _ in range(2)]
    with pytest.raises(Refusal) as refused:
        await renderers.render(job())
    assert refused.value.status == 503
    assert all([(await one).html for one in asked])


@pytest_twisted.ensureDeferred
async def test_rest(renderers: Renderers) -> None:
    """One that nobody needs for a while is ended."""
    renderers.limits = evolve(renderers.limits, idle=0.0)
    await renderers.render(job())
    await eventually(lambda: not processes(), "it is gone")
