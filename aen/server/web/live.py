"""Server-sent events: what happens to projects, as it happens, to whoever may know.

https://html.spec.whatwg.org/multipage/server-sent-events.html. The pages and the
JSON API serve the same streams.

Events bear the number up to which everything has been sent. Who comes back with the
last one it saw, at whichever process, is sent what it missed meanwhile; or, when that
was too long ago, a “gap”: then it has to look anew at the whole.
"""

import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from attrs import Factory, define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.logger import Logger
from twisted.web.server import Request
from zope.interface import implementer

from aen.model.errors import TooMany, Unavailable
from aen.runtime.tasks import Periodic, spawn
from aen.server.events import SITE, user_topic
from aen.server.records import Event

KINDS = frozenset({"state", "progress", "apps", "team", "environment"})
_LONGEST_ID = 16
_log = Logger()


class Events(Protocol):
    """Where to listen."""

    def subscribe(
        self, topic: str, listener: Callable[[Event], None]
    ) -> Callable[[], None]:
        """Call *listener* with each event of *topic* until the result is called."""

    @property
    def horizon(self) -> int:
        """The number up to which all events have been delivered."""

    async def missed(self, topics: Iterable[str], seq: int) -> list[Event] | None:
        """Return what came since the event *seq*; None: that cannot be told."""


@frozen
class LiveLimits:
    """Bounds of one stream and of one person's streams."""

    keep_alive: float = 10.0
    """Seconds between signs of life; the right to listen is checked as often."""
    queue: int = 200
    """Events kept for a browser that does not read; one more ends the stream."""
    streams: int = 12
    """Streams one session or token may have open."""
    topics: int = 500
    """Projects one stream follows."""


@frozen
class Subject:
    """Who listens to what.

    `extra` is added to the data of each event of a topic: a stream that follows
    several projects says which one it is.
    """

    key: str
    """What the number of streams is counted by."""
    user_id: str
    topics: Mapping[str, Mapping[str, Any]]
    allowed: Callable[[], Awaitable[bool]]
    """Whether session and right still hold; asked again and again."""


def line(kind: str, data: Mapping[str, Any], seq: int = 0) -> bytes:
    """Return one event as it goes over the wire; everything up to *seq* was sent."""
    text = json.dumps(data, ensure_ascii=False)  # never holds a bare line end
    mark = f"id: {seq}\n" if seq else ""
    return f"{mark}event: {kind}\ndata: {text}\n\n".encode()


@implementer(IPushProducer)
@define(eq=False)
class _Stream:
    """One browser that listens; `done` fires when it is over."""

    request: Request
    limit: int
    done: Deferred[None] = Factory(Deferred)
    _waiting: deque[bytes] = Factory(deque)
    _paused: bool = False
    _open: bool = True
    _gone: bool = False
    _leave: list[Callable[[], None]] = field(factory=list)

    def begin(self) -> None:
        request = self.request
        request.notifyFinish().addErrback(self._lost)  # type: ignore[unused-awaitable]
        request.setHeader(b"content-type", b"text/event-stream; charset=utf-8")
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"x-accel-buffering", b"no")  # nginx would hold it back
        request.registerProducer(self, True)

    def on_end(self, leave: Callable[[], None]) -> None:
        self._leave.append(leave)

    def send(self, data: bytes) -> None:
        """Write *data*, or keep it while the browser does not read."""
        if not self._open:
            return
        if not self._paused:
            self.request.write(data)
        elif len(self._waiting) < self.limit:
            self._waiting.append(data)
        else:
            # It missed too much; a new stream begins with the whole picture.
            self.end()

    def go_on(self, *, allowed: bool) -> None:
        """Show that the stream lives, or end it in words the page's script knows."""
        self.send(b": \n\n" if allowed else line("end", {}))
        if not allowed:
            self.end()

    def pauseProducing(self) -> None:
        """Hold events back: the browser is slower than they come."""
        self._paused = True

    def resumeProducing(self) -> None:
        """Send what was held back."""
        self._paused = False
        while self._waiting and not self._paused:
            self.request.write(self._waiting.popleft())

    def stopProducing(self) -> None:
        """The connection is gone."""
        self.end()

    def end(self) -> None:
        """Stop listening; harmless the second time."""
        if not self._open:
            return
        self._open = False
        self._waiting.clear()
        for leave in self._leave:
            leave()
        if not self._gone:
            self.request.unregisterProducer()
        self.done.callback(None)

    def _lost(self, _: object) -> None:
        self._gone = True
        self.end()


@define
class Live:
    """Serves streams; counts them by session or token."""

    _events: Events
    _clock: IReactorTime
    limits: LiveLimits = LiveLimits()
    _open: dict[str, int] = Factory(lambda: defaultdict(int))

    async def serve(self, request: Request, subject: Subject) -> None:
        """Write events to *request* until the browser or the right to listen is gone.

        :raises TooMany: the session has as many streams as it may have.
        """
        if self._open[subject.key] >= self.limits.streams:
            raise TooMany("Too many pages are open at once.", retry_after=10)
        stream = _Stream(request, self.limits.queue)
        self._open[subject.key] += 1
        try:
            stream.begin()
            await self._listen(stream, subject, _last_seen(request))
            await stream.done
        finally:
            self._open[subject.key] -= 1
            if not self._open[subject.key]:
                del self._open[subject.key]

    async def _listen(self, stream: _Stream, subject: Subject, seen: int) -> None:
        topics = dict(list(subject.topics.items())[: self.limits.topics])
        ear = _Ear(self._events, stream, topics)

        async def check() -> None:
            stream.go_on(allowed=await subject.allowed())

        def recheck() -> None:
            spawn(_log, "checking a listener's right", check())

        def heard(event: Event) -> None:
            ear.heard(event)
            if event.kind == "team":
                recheck()

        def about_me(_: Event) -> None:
            stream.send(line("account", {}))
            recheck()

        beat = Periodic(self._clock, self.limits.keep_alive, "keep-alive", check)
        stream.on_end(lambda: spawn(_log, "keep-alive", beat.stop()))
        beat.start(now=False)
        for topic in topics:
            stream.on_end(self._events.subscribe(topic, heard))
        told = line("site", {})
        stream.on_end(self._events.subscribe(SITE, lambda _: stream.send(told)))
        if subject.user_id:
            topic = user_topic(subject.user_id)
            stream.on_end(self._events.subscribe(topic, about_me))
        await ear.begin(seen)


@define
class _Ear:
    """Sends a stream the events of its topics: first what was missed, then the new."""

    _events: Events
    _stream: _Stream
    _topics: Mapping[str, Mapping[str, Any]]
    _early: list[Event] | None = Factory(list)
    """What has come while it is looked up what was missed."""

    async def begin(self, seen: int) -> None:
        """Send what came after the event *seen*; 0: nobody was here before."""
        now = self._events.horizon
        mark = "" if seen or not now else f"id: {now}\n"
        self._stream.send(f"{mark}retry: 1000\n\n".encode())
        missed = await self._missed(seen) if seen else []
        if missed is None:
            self._stream.send(line("gap", {}, now))
        early, self._early = self._early or [], None
        sent: set[int] = set()
        for event in (*(missed or ()), *early):
            if event.seq not in sent:
                sent.add(event.seq)
                # Those after it have not been sent yet.
                self._send(event, min(event.seq, self._events.horizon))

    async def _missed(self, seen: int) -> list[Event] | None:
        try:
            return await self._events.missed(self._topics, seen)
        except Unavailable:
            return None

    def heard(self, event: Event) -> None:
        """Send an event, in its turn."""
        if self._early is None:
            self._send(event, self._events.horizon)
        elif len(self._early) < self._stream.limit:
            self._early.append(event)
        else:
            self._stream.end()

    def _send(self, event: Event, seq: int) -> None:
        if event.kind in KINDS:
            data = {**event.data, **self._topics[event.topic]}
            self._stream.send(line(event.kind, data, seq))


def _last_seen(request: Request) -> int:
    """Return the number a browser that comes back has seen last; 0: none."""
    text = request.getHeader("last-event-id") or ""
    return (
        int(text)
        if len(text) < _LONGEST_ID and text.isascii() and text.isdecimal()
        else 0
    )
