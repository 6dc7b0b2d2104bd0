"""Sends what a thread makes, as fast as its reader takes it."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.web.server import Request
from zope.interface import implementer

InThread = Callable[..., Awaitable[Any]]
"""Calls a function in a thread, and gives what it returns."""


@implementer(IPushProducer)
class Streaming:
    """Owns *chunks* from here on: each is made in a thread, one at a time."""

    def __init__(
        self, request: Request, chunks: Iterator[bytes], in_thread: InThread
    ) -> None:
        self._request = request
        self._chunks = chunks
        self._in_thread = in_thread
        self._stopped = False
        self._paused = False
        self._waiting: Deferred[None] | None = None

    async def send(self) -> bool:
        """Send all; say whether it was sent to the end.

        Chunks are closed in any case.
        """
        self._request.registerProducer(self, True)
        try:
            while not self._stopped:
                data = await self._in_thread(next, self._chunks, None)
                if data is None:
                    return not self._stopped
                await self._turn()
                if not self._stopped:
                    self._request.write(data)
            return False
        finally:
            close: Callable[[], None] | None = getattr(self._chunks, "close", None)
            if close is not None:
                await self._in_thread(close)
            if not self._stopped:
                self._request.unregisterProducer()

    async def _turn(self) -> None:
        while self._paused and not self._stopped:
            self._waiting = Deferred()
            await self._waiting

    def _wake(self) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting.callback(None)

    def pauseProducing(self) -> None:
        """Write nothing for now; what is made already waits."""
        self._paused = True

    def resumeProducing(self) -> None:
        """Write again."""
        self._paused = False
        self._wake()

    def stopProducing(self) -> None:
        """Make no more: the reader has left."""
        self._stopped = True
        self._wake()
