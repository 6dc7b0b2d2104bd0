"""A request's body, taken as fast as the disk takes it and never faster."""

from collections.abc import AsyncIterator
from typing import Protocol

from attrs import define, field
from twisted.internet.defer import Deferred


class Gone(Exception):
    """Whoever sent the request has left; nobody reads an answer."""


class Sender(Protocol):
    """What a body comes from: it can be told to wait."""

    def pauseProducing(self) -> None:
        """Send nothing for now."""

    def resumeProducing(self) -> None:
        """Send again."""


@define(eq=False)
class Body:
    """Bytes that have come and were not taken yet; more than *most* makes them wait."""

    _sender: Sender
    _most: int
    _come: list[bytes] = field(factory=list, init=False)
    _size: int = field(default=0, init=False)
    _paused: bool = field(default=False, init=False)
    _dropped: bool = field(default=False, init=False)
    _lost: bool = field(default=False, init=False)
    _reader: Deferred[None] | None = field(default=None, init=False)
    whole: bool = field(default=False, init=False)
    """Whether all of it has come."""

    def take(self, data: bytes) -> None:
        """Take what has come."""
        if self._dropped:
            return
        self._come.append(data)
        self._size += len(data)
        if self._size >= self._most and not self._paused:
            self._paused = True
            self._sender.pauseProducing()
        self._wake()

    def end(self) -> None:
        """Note that nothing more will come."""
        self.whole = True
        self._wake()

    def lose(self) -> None:
        """Note that the rest will never come."""
        self._lost = True
        self._wake()

    def drop(self) -> None:
        """Forget what has come and what still comes."""
        self._dropped = True
        self._come.clear()
        self._size = 0
        self._resume()

    async def next(self) -> bytes:
        """Return what has come, or wait for it; nothing once that was all.

        :raises Gone: the rest will never come.
        """
        while not self._come and not self.whole and not self._lost:
            self._reader = Deferred()
            await self._reader
        if not self._come and self._lost and not self.whole:
            raise Gone
        data = b"".join(self._come)
        self._come.clear()
        self._size = 0
        self._resume()
        return data

    async def all(self, most: int) -> bytes | None:
        """Return it whole; None: it is longer than *most* bytes.

        :raises Gone: the rest will never come.
        """
        content = b""
        async for data in self.parts():
            content += data
            if len(content) > most:
                return None
        return content

    async def parts(self) -> AsyncIterator[bytes]:
        """Give it bit by bit.

        :raises Gone: the rest will never come.
        """
        while data := await self.next():
            yield data

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            if not self._lost:
                self._sender.resumeProducing()

    def _wake(self) -> None:
        if self._reader is not None:
            reader, self._reader = self._reader, None
            reader.callback(None)
