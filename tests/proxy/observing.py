"""The whole proxy in memory, and what other parsers make of what it forwards."""

import contextlib
import re
from collections.abc import Callable, Iterable
from typing import Any

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

    wire: Wire
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
        origin.wire.hang_up()
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


def as_llhttp(data: bytes) -> list[Message]:
    """Return the requests that llhttp reads in *data*, or raise its error."""
    reading = _Reading()
    with contextlib.suppress(httptools.HttpParserUpgrade):
        reading.parser.feed_data(data)
    return reading.messages


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
