"""Requests whose bodies are handed on as they come.

Twisted's own keep a whole body in a temporary file before anybody may look at it: too
much for a file of gigabytes. Ours are answered from the end of their head on.
"""

from io import BytesIO
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure
from twisted.web.server import Request

from aen.compute.apps.files.body import Body
from aen.compute.apps.files.limits import Limits


class Answering(Protocol):
    """An app: it is given each request as soon as its head is there."""

    @property
    def limits(self) -> Limits:
        """What bounds it."""

    @property
    def reactor(self) -> Any:
        """What it runs on."""

    def answer(self, request: "FilesRequest") -> None:
        """Answer a request, or begin to."""


class FilesRequest(Request):
    """A request as it comes: first its head, then bit by bit its `body`."""

    body: Body
    gone = False
    """Whether whoever asked has left."""
    _told = False
    _answered = False
    _lingering: IDelayedCall | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        """Begin: the head is there."""
        channel: Any = self.channel
        self.content = BytesIO()  # Twisted closes it in the end
        self.method, self.uri = channel._command, channel._path  # noqa: SLF001
        self.clientproto = channel._version  # noqa: SLF001 -- told too late else
        self.path = self.uri.partition(b"?")[0]
        site: Any = channel.site
        self.body = Body(channel.transport, site.limits.waiting)
        if length != 0:
            self._tell()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """Take the next bytes of the body."""
        self.body.take(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        """Note that all has come."""
        self.body.end()
        self._tell()
        if self._answered and not self.finished:
            self._finish()

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self._site().answer(self)

    def _site(self) -> Any:
        channel: Any = self.channel
        return channel.site

    def done(self) -> None:
        """Finish the answer; what still comes of the request is read for a while.

        Who sends a large body hears what is said only if it is not cut off.
        """
        if self.gone or self._answered:
            return
        self._answered = True
        if self.body.whole:
            self._finish()
            return
        self.body.drop()
        site = self._site()
        self._lingering = site.reactor.callLater(site.limits.linger, self._give_up)

    def _give_up(self) -> None:
        self._lingering = None
        self.channel.loseConnection()

    def _finish(self) -> None:
        self._stop_waiting()
        self.finish()

    def _stop_waiting(self) -> None:
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None

    def connectionLost(self, reason: Failure) -> None:
        """Note that whoever asked has left."""
        self.gone = True
        self._stop_waiting()
        self.body.lose()
        super().connectionLost(reason)
