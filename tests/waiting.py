"""Waiting for something to become true, never longer than a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

from aen.runtime.tasks import pause

T = TypeVar("T")

POLL = 0.1
"""Seconds between two questions, once it takes long: what is quick is seen at once."""
TURN = 0.01


def until(question: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Return the first truthy answer to *question*; fail naming *what* after a while.

    A connection that is refused meanwhile is an answer like any other: not yet.
    """
    deadline, wait = time.monotonic() + seconds, TURN
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
        time.sleep(wait)
        wait = min(1.5 * wait, POLL)


async def eventually(
    question: Callable[[], object], what: str, seconds: float = 20.0
) -> None:
    """Let the reactor work until *question* is answered yes; fail naming *what*."""
    from twisted.internet import reactor  # noqa: PLC0415, TID251 -- tests own it

    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        await pause(reactor, TURN)
