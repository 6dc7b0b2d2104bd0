"""Work on a timer that goes quietly on while the store is away."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from twisted.logger import Logger

from aen.model.errors import Unavailable

_log = Logger()


def through_outages(
    what: str, work: Callable[[], Awaitable[None]]
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return *work* without `Unavailable`: one line when the store goes, one when back.

    A look four times a second must not fill the log while somebody mends the store.
    """
    down = False

    async def look() -> None:
        nonlocal down
        try:
            await work()
        except Unavailable as error:
            if not down:
                _log.warn("{what} waits: {error}", what=what, error=error.message)
            down = True
        else:
            if down:
                _log.info("{what} goes on", what=what)
            down = False

    return look
