"""Long answers, written no faster than they are read."""

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.web.server import Request
from zope.interface import implementer


class Gone(Exception):
    """Nobody reads any more."""


@implementer(IPushProducer)
@define(eq=False)
class Paced:
    """Writes to a request; `write` waits while the other side is slow."""

    request: Request
    _gate: Deferred[None] | None = field(default=None)
    _gone: bool = False

    def begin(self) -> None:
        """Take the request; until `end` only this writes to it."""
        finished = self.request.notifyFinish()
        finished.addErrback(lambda _: self.stopProducing())  # type: ignore[unused-awaitable]
        self.request.registerProducer(self, True)

    async def write(self, data: bytes) -> None:
        """Write *data* when there is room for it.

        :raises Gone: the connection is.
        """
        if self._gate is not None:
            await self._gate
        if self._gone:
            raise Gone
        self.request.write(data)

    def end(self) -> None:
        """Let go of the request."""
        if not self._gone:
            self.request.unregisterProducer()

    def pauseProducing(self) -> None:
        """Hold `write` back."""
        if self._gate is None:
            self._gate = Deferred()

    def resumeProducing(self) -> None:
        """Let `write` go on."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.callback(None)

    def stopProducing(self) -> None:
        """The connection is gone."""
        self._gone = True
        self.resumeProducing()
