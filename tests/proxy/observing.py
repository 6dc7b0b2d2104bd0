"""The whole proxy in memory, and what other parsers make of what it forwards."""

import contextlib
import re
from collections.abc import Callable, Iterable
from typing import Any, cast

import h11
import httptools
from attrs import define, field, frozen

from aen.proxy.limits import Limits
from aen.proxy.routing import Forward
from tests.proxy.harness import TO_ONE, Harness, Wire

STATUS = re.compile(rb"^HTTP/1\.1 ([2-9][0-9]{2}) ", re.MULTILINE)
LARGE = 1 << 20


@frozen
class Message:
    """One request as a parser reads it; header names in lower case."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def spelled(self) -> bytes:
        """What `Case.passed` says of it."""
        return b"%s %s %s" % (self.method, self.target, self.body)


@define
class Origin:
    """A server behind the proxy, which understands requests as h11 does."""

    wire: "Wire | _Spoken"
    received: bytearray = field(factory=bytearray)
    messages: list[Message] = field(factory=list)
    _parser: Any = field(
        factory=lambda: h11.Connection(h11.SERVER, max_incomplete_event_size=LARGE)
    )
    _request: Any = None
    _body: bytes = b""

    def turn(self) -> None:
        """Read what has come and answer every whole request."""
        data = self.wire.take()
        if not data:
            return
        self.received += data
        self._parser.receive_data(data)
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Request):
                self._request, self._body = event, b""
            elif isinstance(event, h11.Data):
                self._body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self._answer()
            else:
                return

    def _answer(self) -> None:
        asked = self._request
        headers = tuple((bytes(n), bytes(v)) for n, v in asked.headers)
        self.messages.append(
            Message(bytes(asked.method), bytes(asked.target), headers, self._body)
        )
        fields = [("Content-Length", "0")]
        reply = h11.Response(status_code=200, reason=b"OK", headers=fields)
        data = self._parser.send(reply) + self._parser.send(h11.EndOfMessage())
        self._parser.start_next_cycle()
        self.wire.send(data)


@define
class Seen:
    """What came of one client's bytes."""

    answered: bytes
    origins: list[Origin]
    connected: bool

    @property
    def statuses(self) -> tuple[int, ...]:
        """The final statuses the client got."""
        return tuple(int(status) for status in STATUS.findall(self.answered))

    @property
    def messages(self) -> list[Message]:
        """The requests upstreams got."""
        return [one for origin in self.origins for one in origin.messages]

    @property
    def forwarded(self) -> list[bytes]:
        """The bytes each connection to an upstream got."""
        return [bytes(origin.received) for origin in self.origins]


def summary(seen: Seen) -> tuple[object, ...]:
    """Return what may not depend on the cuts; request ids differ by themselves."""
    return (
        seen.statuses,
        [
            (one.spelled, [each for each in one.headers if each[0] != b"x-request-id"])
            for one in seen.messages
        ],
        seen.connected,
    )


def play(pieces: Iterable[bytes], forward: Forward = TO_ONE) -> Seen:
    """Send *pieces* as one client to a proxy before an `Origin`."""
    harness = Harness(forward, Limits())
    client = harness.client()
    origins: list[Origin] = []
    for piece in pieces:
        _settle(harness, origins, lambda: client.producerState == "paused")
        if not client.connected:
            break
        client.send(piece)
    _settle(harness, origins, lambda: True)
    seen = Seen(client.take(), origins, client.connected)
    client.hang_up()
    for origin in origins:
        cast("Wire", origin.wire).hang_up()
    return seen


def _settle(
    harness: Harness, origins: list[Origin], wanted: Callable[[], bool]
) -> None:
    """Let the upstreams work until nothing more happens."""
    before: tuple[int, ...] = ()
    while wanted():
        while len(origins) < harness.connects:
            origins.append(Origin(harness.upstream(len(origins))))
        for origin in origins:
            origin.turn()
        after = (len(origins), *(len(origin.received) for origin in origins))
        if after == before:
            return
        before = after


class _Reading:
    """Receives llhttp's callbacks."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.parser: Any = httptools.HttpRequestParser(self)

    def on_message_begin(self) -> None:
        self.target, self.body = b"", b""
        self.headers: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value.rstrip(b" \t")))

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.messages.append(
            Message(
                self.parser.get_method(), self.target, tuple(self.headers), self.body
            )
        )


def as_llhttp(data: bytes, *, strict: bool = True) -> list[Message]:
    """Return the requests that llhttp reads in *data*.

    It raises for what it refuses, or else what it has read before is returned.
    """
    reading = _Reading()
    try:
        reading.parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError:
        if strict:
            raise
    return reading.messages


@define
class _Spoken:
    """A wire that brings some bytes once, and takes any answer."""

    data: bytes

    def take(self) -> bytes:
        data, self.data = self.data, b""
        return data

    def send(self, data: bytes) -> None:
        """Nobody is there."""


def as_h11(data: bytes) -> list[Message]:
    """Return the requests that h11 reads in *data* before anything it refuses."""
    origin = Origin(_Spoken(data))
    with contextlib.suppress(h11.ProtocolError):
        origin.turn()
    return origin.messages


def check_reading(sent: bytes, seen: Seen) -> None:
    """Hold that h11 and llhttp do not read what a client *sent* otherwise than we.

    Whoever stands before us, or watches, may be one of them. They may refuse what we
    take. Only for bytes of which we have refused nothing.
    """
    ours = [(one.method, one.body) for one in seen.messages]
    for read in (as_h11(sent), as_llhttp(sent, strict=False)):
        theirs = [(one.method, one.body) for one in read]
        assert theirs == ours[: len(theirs)]


def check_agreement(seen: Seen) -> None:
    """Hold that llhttp reads what we forwarded as h11 has read it.

    h11 raises by itself when it is not HTTP. Trailers are no headers to it; llhttp
    calls them back like headers.
    """
    for origin in seen.origins:
        read = as_llhttp(bytes(origin.received))
        assert len(read) == len(origin.messages)
        for one, other in zip(read, origin.messages, strict=True):
            assert (one.method, one.target, one.body) == (
                other.method,
                other.target,
                other.body,
            )
            assert one.headers[: len(other.headers)] == other.headers
