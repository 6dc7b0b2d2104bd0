"""The asking side of the wire: signed calls, bounded answers, streams of lines."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from typing import Protocol as Interface

from attrs import AttrsInstance, frozen
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import (
    ConnectError,
    ConnectingCancelledError,
    ConnectionLost,
)
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone, ResponseFailed
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IResponse

from aen.model.errors import AenError, Failed, Invalid, Unavailable
from aen.runtime.structure import structure, unstructure
from aen.wire import tickets
from aen.wire.messages import Line
from aen.wire.problems import from_json
from aen.wire.routes import Route

T = TypeVar("T", bound=AttrsInstance)
OnLine = Callable[[Line], None]


@frozen
class CallLimits:
    """What bounds a call: seconds and bytes."""

    answer_seconds: float = 30.0
    silence_seconds: float = 45.0
    """A stream that says nothing for so long has died."""
    answer_bytes: int = 16 * 1_048_576
    ticket_seconds: float = 60.0


@frozen
class Identity:
    """Who asks: the name other roles know, and the key that proves it."""

    name: str
    key: tickets.SigningKey


class Asks(Interface):
    """Asks another role and gets one answer; `WireClient` does."""

    async def ask(
        self,
        at: "Place",
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
        /,
    ) -> T:
        """Ask and return the answer.

        :param seconds: how long to wait, where the default is not right.
        :raises AenError: what the other role answered with, or that it did not.
        """
        ...


class WireClient:
    """Asks other roles, as *identity*; whom, each call says by a `Place`."""

    def __init__(
        self,
        agent: IAgent,
        clock: IReactorTime,
        identity: Identity,
        limits: CallLimits | None = None,
    ) -> None:
        self._http = HTTPClient(agent)
        self._clock = clock
        self._identity = identity
        self._limits = limits or CallLimits()

    async def ask(
        self,
        at: "Place",
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
    ) -> T:
        """Ask and return the answer.

        :param seconds: how long to wait, where the default is not right.
        :raises Unavailable: there is no answer, or one that cannot be understood.
        :raises AenError: what the other role answered with.
        """
        wait = self._limits.answer_seconds if seconds is None else seconds
        response = await self._send(at, route, message, wait)
        content = await self._content(at, response, wait)
        try:
            return structure(content, answer)
        except Invalid as error:
            raise Unavailable(f"{at.what} answered oddly: {error.message}") from None

    async def pass_on(
        self, at: "Place", route: Route, body: bytes, seconds: float | None = None
    ) -> bytes:
        """Ask with *body* as it is and return what is answered as it is.

        :raises Unavailable: there is no answer.
        :raises AenError: what the other role answered with.
        """
        wait = self._limits.answer_seconds if seconds is None else seconds
        response = await self.send(at, route, body, wait)
        if _refuses(response):
            await self._content(at, response, wait)
        return await self._body(at, response, wait)

    async def follow(
        self, at: "Place", route: Route, message: AttrsInstance, on_line: OnLine
    ) -> None:
        """Ask for a stream; call *on_line* for each line until it is done.

        :raises Failed: the work did not succeed.
        :raises Unavailable: the stream broke off.
        """
        wait = self._limits.answer_seconds
        response = await self._send(at, route, message, wait)
        if _refuses(response):
            await self._content(at, response, wait)
        lines = _Lines(on_line, self._clock, self._limits.silence_seconds)
        response.deliverBody(lines)
        try:
            last = await lines.done
        except AenError:
            raise
        except CancelledError:
            lines.abort()
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, there is no answer
            raise _unavailable(at, error) from None
        if last.problem is not None:
            raise Failed(last.problem.message, log=last.problem.log)

    async def _send(
        self, at: "Place", route: Route, message: AttrsInstance, seconds: float
    ) -> IResponse:
        body = json.dumps(unstructure(message)).encode()
        return await self.send(at, route, body, seconds)

    async def send(
        self, at: "Place", route: Route, body: bytes, seconds: float | None = None
    ) -> IResponse:
        """Ask with *body* as it is, signed as ours, and return the bare response.

        :raises Unavailable: nobody answers.
        """
        wait = self._limits.answer_seconds if seconds is None else seconds
        path = at.path + route.path
        ticket = tickets.Ticket(
            issuer=self._identity.name,
            audience=at.audience,
            purpose="call",
            expires=self._clock.seconds() + self._limits.ticket_seconds,
            digest=tickets.call_digest(route.method, path, body),
        )
        headers = Headers()
        headers.addRawHeader(
            tickets.HEADER, tickets.seal(self._identity.key, ticket).encode()
        )
        headers.addRawHeader(b"content-type", b"application/json")
        asking: Deferred[Any] = self._http.request(
            route.method,
            at.base + path,
            headers=headers,
            data=body,
            unbuffered=True,
            allow_redirects=False,
        )
        response: IResponse = await self._within(asking, wait, at)
        return response

    async def _content(
        self, at: "Place", response: IResponse, seconds: float
    ) -> object:
        """Return the JSON of an answer that is not a stream.

        :raises Unavailable: it does not come whole, or is something else.
        :raises AenError: it is what the other role refuses with.
        """
        content = _read_json(await self._body(at, response, seconds), at)
        if _refuses(response):
            raise from_json(content, f"{at.what} answered {response.code}.")
        return content

    async def _body(self, at: "Place", response: IResponse, seconds: float) -> bytes:
        whole = _Whole(self._limits.answer_bytes)
        response.deliverBody(whole)
        found: bytes = await self._within(whole.done, seconds, at)
        return found

    async def _within(self, waiting: Deferred[Any], seconds: float, at: "Place") -> Any:
        waiting.addTimeout(seconds, self._clock)  # type: ignore[unused-awaitable]
        try:
            return await waiting
        except (AenError, CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, there is no answer
            raise _unavailable(at, error) from None


@frozen
class Place:
    """Where a role is: `base` address, `path` before each route, its audience.

    `what` names it to people: “The gateway east”.
    """

    base: str
    audience: str
    what: str
    path: str = ""


def _unavailable(at: Place, error: BaseException) -> Unavailable:
    reason = {
        ConnectingCancelledError: "it cannot be connected to in time",
        ConnectionLost: "the connection broke off",
        ResponseFailed: "the connection broke off",
    }.get(type(error))
    if reason is None and isinstance(error, ConnectError):
        reason = "it cannot be connected to"
    if reason is None:
        reason = str(error) or type(error).__name__
    return Unavailable(f"{at.what} does not answer at {at.base}: {reason[:300]}.")


def _refuses(response: IResponse) -> bool:
    return bool(response.code >= 400)  # noqa: PLR2004 -- RFC 9110 section 15.5


def _read_json(body: bytes, at: Place) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unavailable(f"{at.what} answered with something else.") from None


class _Whole(Protocol):
    """Collects an answer of bounded size."""

    def __init__(self, limit: int) -> None:
        self.done: Deferred[bytes] = Deferred(lambda _: self._abort())
        self._limit = limit
        self._body = bytearray()
        self._aborted = False

    def _abort(self) -> None:
        self._aborted = True
        if self.transport is not None:
            self.transport.loseConnection()

    def dataReceived(self, data: bytes) -> None:
        self._body += data
        if len(self._body) > self._limit and not self.done.called:
            self._abort()
            self.done.errback(Unavailable("The answer is too long."))

    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # noqa: B008
        if self.done.called or self._aborted:
            return
        if reason.check(ResponseDone, PotentialDataLoss):
            self.done.callback(bytes(self._body))
        else:
            self.done.errback(reason)


class _Lines(Protocol):
    """Hands on the lines of a stream; an over-long line or silence ends it."""

    _LONGEST = 1_048_576

    def __init__(self, on_line: OnLine, clock: IReactorTime, silence: float) -> None:
        self.done: Deferred[Line] = Deferred(lambda _: self.abort())
        self._on_line = on_line
        self._rest = b""
        self._silence = silence
        self._aborted = False
        self._timer = clock.callLater(silence, self._silent)

    def abort(self) -> None:
        """Close the connection; nobody listens any more."""
        self._aborted = True
        if self._timer.active():
            self._timer.cancel()
        if self.transport is not None:
            self.transport.loseConnection()

    def _silent(self) -> None:
        self._end(Unavailable("It fell silent."))

    def _end(self, error: Exception | Failure) -> None:
        self.abort()
        if not self.done.called:
            self.done.errback(error)

    def dataReceived(self, data: bytes) -> None:
        if self.done.called:
            return
        self._timer.reset(self._silence)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self._LONGEST:
            self._end(Unavailable("A line of the answer is too long."))
        for text in lines:
            if text.strip() and not self.done.called:
                self._take(text)

    def _take(self, text: bytes) -> None:
        try:
            line = structure(json.loads(text), Line)
        except (ValueError, RecursionError, Invalid):
            self._end(Unavailable("A line of the answer cannot be understood."))
            return
        if line.done or line.problem is not None:
            if self._timer.active():
                self._timer.cancel()
            self.done.callback(line)
        elif line != Line():
            self._on_line(line)

    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # noqa: B008
        if self._timer.active():
            self._timer.cancel()
        if not self.done.called and not self._aborted:
            self.done.errback(Unavailable("The connection broke off."))
