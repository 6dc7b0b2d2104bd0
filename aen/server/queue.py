"""People who sign in at the same moment: a few are seen to, some wait, none beyond."""

from types import TracebackType

from twisted.internet.defer import DeferredSemaphore

from aen.model.errors import TooMany

WAITING = 64
"""How many may wait; more would wait longer than anybody does."""
_RETRY = 5


class Queue:
    """Lets so many in at a time, by ``async with``.

    :raises TooMany: enough are waiting.
    """

    def __init__(self, at_once: int) -> None:
        self._turns = DeferredSemaphore(at_once)

    async def __aenter__(self) -> None:
        if len(self._turns.waiting) >= WAITING:
            raise TooMany("Too many people sign in at once.", retry_after=_RETRY)
        await self._turns.acquire()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._turns.release()
