"""The asked side of the wire: what stands around every call, once.

`call` turns ``async def stop(self, asker, asked) -> answer`` into a
klein view: ticket, size, JSON to a message, errors to statuses. A view that forgets
to authenticate cannot be written. `aen.wire.streaming` does it for answers in lines.
"""

import functools
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from attrs import AttrsInstance, frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.web.server import Request

from aen.model.errors import (
    OUR_FAULT,
    AenError,
    Invalid,
    TooLarge,
    Unauthenticated,
)
from aen.runtime.structure import structure, unstructure
from aen.wire import tickets
from aen.wire.problems import status_of, to_json

M = TypeVar("M", bound=AttrsInstance)
_log = Logger()


class KeyRing(Protocol):
    """Knows the public keys of those who may ask."""

    async def public_key(self, issuer: str) -> str:
        """Return the public key of *issuer*, or raise `Unauthenticated`."""


@frozen
class Door:
    """What a role needs to let another in: who it is, whom it knows, the time."""

    audience: str
    keys: KeyRing
    clock: IReactorTime
    limit: int = 1_048_576
    """Bytes accepted in the body of a call."""

    async def admit(self, request: Request, body: bytes) -> str:
        """Return who asks, or raise `Unauthenticated`."""
        text = (request.getHeader(tickets.HEADER) or b"").decode("latin-1")
        if not text:
            raise Unauthenticated("This address is for the platform's own parts.")
        issuer = tickets.read_issuer(text)
        public = await self.keys.public_key(issuer)
        ticket = tickets.unseal(text, public, self.audience, self.clock.seconds())
        asked = tickets.call_digest(
            request.method.decode("latin-1"), request.uri.decode("latin-1"), body
        )
        if ticket.purpose != "call" or ticket.digest != asked:
            raise Unauthenticated("The ticket is for another call.")
        return ticket.issuer

    def read(self, request: Request) -> bytes:
        """Return the body of *request*, or raise `TooLarge`."""
        assert request.content is not None
        body: bytes = request.content.read(self.limit + 1)
        if len(body) > self.limit:
            raise TooLarge(f"A call may have at most {self.limit} bytes.")
        return body


class Asked(Protocol):
    """What serves calls: it has a `door`."""

    @property
    def door(self) -> Door:
        """Who may come in."""


S = TypeVar("S", bound=Asked)


def parse(body: bytes, kind: type[M]) -> M:
    """Return the message in *body*, or raise `Invalid`."""
    try:
        content = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.") from None
    return structure(content, kind)


def answer_json(request: Request, status: int, content: object) -> bytes:
    """Set status and headers of a JSON answer and return its bytes."""
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"application/json; charset=utf-8")
    request.setHeader(b"cache-control", b"no-store")
    request.setHeader(b"x-content-type-options", b"nosniff")
    return json.dumps(content, ensure_ascii=False).encode()


def answer_bytes(request: Request, content: bytes) -> bytes:
    """Set the headers of an answer that is no text and return its bytes."""
    request.setResponseCode(200)
    request.setHeader(b"content-type", b"application/octet-stream")
    request.setHeader(b"cache-control", b"no-store")
    request.setHeader(b"x-content-type-options", b"nosniff")
    return content


def answer_error(request: Request, error: Exception) -> bytes:
    """Answer with what *error* says; one that is not ours is logged, not shown."""
    if isinstance(error, CancelledError):
        raise error
    if not isinstance(error, AenError):
        _log.failure("{path} failed", path=request.path.decode("latin-1"))
        error = AenError(OUR_FAULT)
    if status_of(error) == 401:  # noqa: PLR2004 -- RFC 9110 section 15.5.2
        request.setHeader(b"www-authenticate", b"Bearer")
    return answer_json(request, status_of(error), to_json(error))


def call(
    kind: type[M], read: Callable[[bytes, type[M]], M] = parse
) -> Callable[
    [Callable[[S, str, M], Awaitable[Any]]],
    Callable[..., Deferred[bytes]],
]:
    """Make a klein view of ``async def view(self, asker, message) -> answer``.

    An answer that is bytes is sent as it is.

    :param read: makes a message of a body that is not JSON alone.
    """

    def around(
        view: Callable[[S, str, M], Awaitable[Any]],
    ) -> Callable[..., Deferred[bytes]]:
        async def answer(self: S, request: Request) -> bytes:
            try:
                body = self.door.read(request)
                asker = await self.door.admit(request, body)
                found = await view(self, asker, read(body, kind))
            except Exception as error:  # noqa: BLE001 -- every error gets an answer
                return answer_error(request, error)
            if isinstance(found, bytes):
                return answer_bytes(request, found)
            return answer_json(request, 200, unstructure(found))

        @functools.wraps(view)
        def start(self: S, request: Request) -> Deferred[bytes]:
            return Deferred.fromCoroutine(answer(self, request))

        return start

    return around
