"""Asking a router, which may answer at once, later, or not at all."""

from collections.abc import Awaitable, Callable
from typing import Final

from twisted.logger import Logger

from aen.proxy import answers
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.runtime.tasks import spawn

_DECISIONS: Final = (Forward, Answer)  # Their union would be made for each request.


def decide(
    log: Logger,
    head: RequestHead,
    ask: Callable[[], Decision | Awaitable[Decision]],
    act: Callable[[Decision], None],
) -> None:
    """Call *act* with what *ask* says: before returning if it knows, else later.

    A router that raises is logged and the decision is a page that says so.
    """
    try:
        decision = ask()
    except Exception:  # noqa: BLE001 -- whatever it raises, the client gets an answer
        act(_blunder(log, head))
        return
    if isinstance(decision, _DECISIONS):
        act(decision)
    else:
        spawn(log, "routing", _act_later(log, head, decision, act))


async def _act_later(
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
