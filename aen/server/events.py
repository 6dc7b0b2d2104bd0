"""The news of the platform: published once, heard by every process."""

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.runtime.tasks import Periodic, spawn
from aen.server.records import Event
from aen.server.store.event_log import EventLog
from aen.server.store.outage import through_outages

Listener = Callable[[Event], None]

GATEWAYS = "gateways"
"""The topic every gateway's channel listens to."""
TASKS = "tasks"
"""The topic workers listen to."""
SITE = "site"
"""The topic of what administrators set for everybody."""


def project_topic(key: str) -> str:
    """Return the topic of the project with that id."""
    return f"project:{key}"


def user_topic(key: str) -> str:
    """Return the topic of the account with that id."""
    return f"user:{key}"


def gateway_topic(name: str) -> str:
    """Return the topic of one data center's gateway."""
    return f"gateway:{name}"


@frozen
class EventLimits:
    """How events are read: seconds between looks, and how many at a time."""

    poll: float = 0.25
    batch: int = 500
    gap_patience: float = 5.0
    """Seconds a missing number is waited for: its process may have died."""
    replay: int = 500
    """Events that somebody who comes back is told of, at most."""
    replay_seconds: float = 120.0
    """How long somebody may have been away who is told of them."""


class Events:
    """Delivers each event once to each subscriber of its topic in this process.

    What this process publishes is heard here at once, elsewhere with the next look,
    which a `ring` brings forward.
    """

    def __init__(
        self, log: EventLog, clock: IReactorTime, limits: EventLimits | None = None
    ) -> None:
        self._log = log
        self._clock = clock
        self._limits = limits or EventLimits()
        self._listeners: dict[str, list[Listener]] = {}
        self._window: Window | None = None
        self.ring: Callable[[], None] = lambda: None
        """Called when something was published; see `Bell`."""
        self._looking = self._again = False
        look = through_outages("reading events", self.catch_up)
        self._look = look
        self._poll = Periodic(clock, self._limits.poll, "reading events", look)

    async def publish(self, topic: str, kind: str, data: Mapping[str, object]) -> None:
        """Tell everybody who listens to *topic*, in this and every other process."""
        window = await self._begun()
        event = await self._log.append(topic, kind, dict(data), self._clock.seconds())
        self.ring()
        if window.take(event.seq):
            self._deliver(event)

    def rung(self) -> None:
        """Look now: another process has published something."""
        self._again = True
        if not self._looking:
            spawn(_log, "reading events", self._look_while_rung())

    async def _look_while_rung(self) -> None:
        self._looking = True
        try:
            while self._again:
                self._again = False
                await self._look()
        finally:
            self._looking = False

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call *listener* for each event of *topic* until the result is called."""
        self._listeners.setdefault(topic, []).append(listener)

        def leave() -> None:
            listeners = self._listeners.get(topic, [])
            if listener in listeners:
                listeners.remove(listener)
            if not listeners:
                self._listeners.pop(topic, None)

        return leave

    def start(self) -> None:
        """Begin to hear what other processes publish."""
        self._poll.start()

    async def stop(self) -> None:
        """Stop listening to other processes."""
        await self._poll.stop()

    @property
    def horizon(self) -> int:
        """The number up to which all events have been delivered here; 0: not known."""
        return 0 if self._window is None else self._window.base

    async def missed(self, topics: Iterable[str], seq: int) -> list[Event] | None:
        """Return what came to *topics* since the event *seq*, if that was just now.

        None when it was too long ago, or too much has come.
        """
        since = self._clock.seconds() - self._limits.replay_seconds
        return await self._log.missed(topics, seq, since, self._limits.replay)

    async def catch_up(self) -> None:
        """Deliver what other processes have published since the last look."""
        window = await self._begun()
        found = await self._log.after(window.base, self._limits.batch)
        for event in found:
            if window.take(event.seq):
                self._deliver(event)
        window.give_up(self._clock.seconds(), self._limits.gap_patience)

    async def _begun(self) -> "Window":
        if self._window is None:
            last = await self._log.last()
            if self._window is None:
                self._window = Window(last)
        return self._window

    def _deliver(self, event: Event) -> None:
        for listener in tuple(self._listeners.get(event.topic, ())):
            try:
                listener(event)
            except Exception:  # noqa: BLE001 -- one listener must not stop others
                _log.failure("a listener of {topic} failed", topic=event.topic)


class Window:
    """Which numbers have been delivered: all up to `base`, and some after it.

    Numbers are given out before their event is in the store, so a smaller one may
    appear after a greater one. The base waits for it, but not for ever.
    """

    def __init__(self, base: int) -> None:
        self.base = base
        self._above: set[int] = set()
        self._stuck: tuple[int, float] | None = None

    def take(self, seq: int) -> bool:
        """Note that *seq* is delivered; False when it was before."""
        if seq <= self.base or seq in self._above:
            return False
        self._above.add(seq)
        self._advance()
        return True

    def give_up(self, now: float, patience: float) -> None:
        """Pass over numbers that have been missing for *patience* seconds."""
        if not self._above:
            self._stuck = None
        elif self._stuck is None or self._stuck[0] != self.base:
            self._stuck = (self.base, now)
        elif now - self._stuck[1] >= patience:
            self.base = min(self._above) - 1
            self._advance()

    def _advance(self) -> None:
        while self.base + 1 in self._above:
            self.base += 1
            self._above.discard(self.base)


_log = Logger()
