"""Passing one role's answer on to another as it comes."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.iweb import IResponse
from twisted.web.server import Request
from typing_extensions import override

_KEPT = (b"content-type", b"cache-control", b"x-content-type-options")


async def relay(request: Request, response: IResponse) -> None:
    """Answer *request* with *response*, body and all, at the pace of the asker.

    When the asker leaves, the other side is let go too.
    """
    request.setResponseCode(response.code)
    for name in _KEPT:
        for value in response.headers.getRawHeaders(name, ()):
            request.responseHeaders.addRawHeader(name, value)
    piece = _Relay(request)
    response.deliverBody(piece)
    await piece.done


class _Relay(Protocol):
    """Writes what arrives to a request."""

    def __init__(self, request: Request) -> None:
        self.done: Deferred[None] = Deferred(lambda _: self._let_go())
        self._request = request
        self._gone = False

    def _let_go(self) -> None:
        self._gone = True
        if self.transport is not None:
            self.transport.loseConnection()

    @override
    def connectionMade(self) -> None:
        producer: Any = self.transport
        self._request.registerProducer(producer, True)

    @override
    def dataReceived(self, data: bytes) -> None:
        if not self._gone:
            self._request.write(data)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self._gone:
            self._request.unregisterProducer()
        if not self.done.called:
            self.done.callback(None)
