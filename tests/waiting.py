"""Waiting for something to become true, never longer than a deadline."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it

from aen.runtime.tasks import pause

reactor: Any = _reactor
T = TypeVar("T")

POLL = 0.1


def until(question: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Return the first truthy answer to *question*; fail naming *what* after a while.

    A connection that is refused meanwhile is an answer like any other: not yet.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer, trouble = question(), None
        except OSError as error:
            answer, trouble = None, error
        if answer:
            return answer
        if time.monotonic() > deadline:
            seen = repr(trouble or answer)[:500]
            raise AssertionError(f"{what}: not within {seconds:.0f} s; last: {seen}")
        time.sleep(POLL)


async def eventually(question: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the reactor run until *question* is answered with yes; fail after a while."""
    deadline = reactor.seconds() + seconds
    while not question():
        assert reactor.seconds() < deadline, "it did not happen in time"
        await pause(reactor, 0.01)
