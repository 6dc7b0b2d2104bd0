"""Asking a router, which may answer at once, later, or not at all."""

from collections.abc import Awaitable, Callable
from typing import Final

from twisted.logger import Logger

from aen.proxy import answers
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.runtime.tasks import spawn

DECISIONS: Final = (Forward, Answer)
"""What a decision can be; their union would be made anew for each request."""

Question = Callable[..., Decision | Awaitable[Decision]]


def asked(
    log: Logger, head: RequestHead, question: Question, *about: object
) -> Decision | Awaitable[Decision]:
    """Return what *question* answers *about* the request with this *head*.

    A router that raises is logged and the decision is a page that says so.
    """
    try:
        return question(*about)
    except Exception:  # noqa: BLE001 -- whatever it raises, the client gets an answer
        return _blunder(log, head)


def later(
    log: Logger,
    head: RequestHead,
    deciding: Awaitable[Decision],
    act: Callable[[Decision], None],
) -> None:
    """Call *act* once it is decided; a router that raises is treated as above."""
    spawn(log, "routing", _act(log, head, deciding, act))


async def _act(
    log: Logger,
    head: RequestHead,
    deciding: Awaitable[Decision],
    act: Callable[[Decision], None],
) -> None:
    try:
        decision = await deciding
    except Exception:  # noqa: BLE001 -- as above
        decision = _blunder(log, head)
    act(decision)


def _blunder(log: Logger, head: RequestHead) -> Answer:
    log.failure("the router failed")
    return answers.error(500, head)
