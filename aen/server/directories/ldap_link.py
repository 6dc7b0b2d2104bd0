"""One connection to a directory: asks one thing at a time, and waits only so long."""

import contextlib
from typing import Any

from attrs import define, field, frozen
from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IHandshakeListener, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from aen.model.errors import Unavailable
from aen.server.directories import ldap_messages as messages
from aen.server.directories.ldap_messages import (
    Elsewhere,
    Entry,
    Garbled,
    Kind,
    Question,
    Result,
)

_GOODBYE = 1.0
"""Seconds a directory may take to end the connection after we did."""


@frozen
class Found:
    """What a search came to."""

    result: Result
    entries: tuple[Entry, ...] = ()
    elsewhere: bool = False
    """Whether there may be more in another directory, which was not asked."""


@define
class _Asked:
    number: int
    kind: Kind
    most: int
    done: "Deferred[Result]"
    entries: list[Entry] = field(factory=list)
    elsewhere: bool = False


@implementer(IHandshakeListener)
class Link(Protocol):
    """The protocol of a connection; every failure is `Unavailable`, for the operator.

    :param seconds: how long one answer may take.
    :param longest: bytes of the longest answer that is read.
    """

    def __init__(self, clock: IReactorTime, seconds: float, longest: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._longest = longest
        self._number = 0
        self._buffer = b""
        self._asked: _Asked | None = None
        self._secured: Deferred[None] | None = None
        self._lost: str | None = None
        self._gone: Deferred[None] | None = None

    # ---- asking

    async def bind(self, dn: bytes, password: bytes) -> Result:
        """Be known by *dn* from now on, if the directory takes the password."""
        found = await self._ask(Kind.BIND, messages.bind(self._next(), dn, password))
        return found.result

    async def search(self, question: Question) -> Found:
        """Return what a search finds."""
        data = messages.search(self._next(), question)
        return await self._ask(Kind.SEARCH, data, question.most)

    async def start_tls(self) -> Result:
        """Ask to speak TLS; `secure` does it."""
        found = await self._ask(Kind.EXTENDED, messages.start_tls(self._next()))
        return found.result

    async def secure(self, creator: Any) -> None:
        """Speak TLS from now on; returns when the directory has proved who it is."""
        if self._buffer:
            # What came before the encryption must not pass for what came by it.
            self.abort()
            raise Unavailable("it spoke before the connection was encrypted")
        secured: Deferred[None] = Deferred()
        self._secured = secured
        transport: Any = self.transport
        transport.startTLS(creator)
        await self._in_time(secured, "it does not answer the TLS handshake")

    async def close(self) -> None:
        """Say good-bye and wait until it is heard, but not for long."""
        transport: Any = self.transport
        if self._lost is None and transport is not None:
            gone: Deferred[None] = Deferred()
            self._gone = gone
            transport.write(messages.unbind(self._next()))
            transport.loseConnection()
            with contextlib.suppress(Unavailable):
                await gone.addTimeout(_GOODBYE, self._clock, self._late)
            self.abort()

    @staticmethod
    def _late(_: object, seconds: float) -> None:
        raise Unavailable(f"it keeps the connection for {seconds:g} seconds")

    def abort(self) -> None:
        """End the connection at once."""
        transport: Any = self.transport
        if transport is not None and transport.connected:
            transport.abortConnection()

    def _next(self) -> int:
        self._number += 1
        return self._number

    async def _ask(self, kind: Kind, data: bytes, most: int = 0) -> Found:
        if self._lost is not None:
            raise Unavailable(self._lost)
        done: Deferred[Result] = Deferred()
        asked = self._asked = _Asked(self._number, kind, most, done)
        transport: Any = self.transport
        transport.write(data)
        result = await self._in_time(done, "it does not answer")
        return Found(result, tuple(asked.entries), asked.elsewhere)

    async def _in_time(self, done: "Deferred[Any]", late: str) -> Any:
        def ended(failure: Any, seconds: float) -> None:
            raise Unavailable(f"{late} within {seconds:g} seconds")

        try:
            return await done.addTimeout(self._seconds, self._clock, ended)
        except BaseException:
            # Late, lost, or nobody waits any more: nothing is right on it from here.
            self._asked = self._secured = None
            self.abort()
            raise

    # ---- being answered

    @override
    def dataReceived(self, data: bytes) -> None:
        self._buffer += data
        try:
            while (length := messages.size(self._buffer, self._longest)) is not None:
                if len(self._buffer) < length:
                    return
                message, self._buffer = self._buffer[:length], self._buffer[length:]
                self._hear(*messages.read(message))
        except Garbled as error:
            self._buffer = b""
            self._fail(str(error))
            self.abort()

    def _hear(self, number: int, content: messages.Content) -> None:
        asked = self._asked
        if number == 0 and isinstance(content, Result):
            raise Garbled("it ends the connection")  # RFC 4511, 4.4.1
        if asked is None or number != asked.number:
            raise Garbled("it answers what was not asked")
        match content:
            case Entry() if asked.kind is Kind.SEARCH:
                if len(asked.entries) >= asked.most:
                    raise Garbled("it sends more entries than it was asked for")
                asked.entries.append(content)
            case Elsewhere() if asked.kind is Kind.SEARCH:
                asked.elsewhere = True
            case Result() if content.kind is asked.kind:
                self._asked = None
                asked.done.callback(content)
            case _:
                raise Garbled("it answers what was not asked")

    def handshakeCompleted(self) -> None:  # noqa: N802 -- Twisted's name
        """Take note that TLS is spoken and the certificate was found right."""
        secured, self._secured = self._secured, None
        if secured is not None:
            secured.callback(None)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._fail(lost(reason))
        gone, self._gone = self._gone, None
        if gone is not None:
            gone.callback(None)

    def _fail(self, why: str) -> None:
        self._lost = self._lost or why
        asked, self._asked = self._asked, None
        secured, self._secured = self._secured, None
        if asked is not None:
            asked.done.errback(Unavailable(self._lost))
        if secured is not None:
            secured.errback(Unavailable(self._lost))


def lost(reason: Failure) -> str:
    """Return in words why a connection ended."""
    error = reason.value
    if isinstance(error, VerificationError):
        return "its certificate is for another name"
    if isinstance(error, SSL.Error):
        said = error.args[0] if error.args else ()
        words = [str(one[-1]) for one in said if one] if said else []
        return f"TLS failed: {', '.join(words) or 'it ended the handshake'}"
    if isinstance(error, ConnectionDone | ConnectionAborted):
        return "it ended the connection"
    return f"the connection broke: {reason.getErrorMessage()[:200]}"
