"""Streams: who follows what, for how long, and how much is kept for them."""

import json
from typing import Any

import pytest
import pytest_twisted
from attrs import Factory, define
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.errors import TooMany
from aen.model.names import parse_project_path
from aen.model.projects import TeamRole
from aen.server.events import project_topic
from aen.server.records import Event
from aen.server.rooms import Rooms
from aen.server.web.live import Live, LiveLimits, Subject, line
from tests.outcomes import outcome
from tests.server.web.browser import Browser
from tests.server.web.example import ATLAS, signed_in
from tests.server.web.following import follow

PROJECT = project_topic(ATLAS)


@pytest_twisted.ensureDeferred
async def test_events_of_a_project(ada: Browser, rooms: Rooms) -> None:
    """What happens to a project comes as it happens, nothing else does."""
    stream = follow(ada, "/ada/climate-atlas/events")
    await rooms.events.publish(PROJECT, "state", {"state": "stopping"})
    await rooms.events.publish(PROJECT, "progress", {"step": "a\nb", "done": 1})
    await rooms.events.publish(PROJECT, "drop", {"secret": 1})
    await rooms.events.publish("project:bob-secret", "state", {"state": "running"})
    assert stream.events() == [
        ("state", {"state": "stopping", "project": "ada/climate-atlas"}),
        ("progress", {"step": "a\nb", "done": 1, "project": "ada/climate-atlas"}),
    ]


@pytest_twisted.ensureDeferred
async def test_events_of_all_projects(bob: Browser, rooms: Rooms) -> None:
    """One stream follows all of one's projects and says which is which."""
    stream = follow(bob, "/account/events")
    await rooms.events.publish(PROJECT, "state", {"state": "stopped"})
    await rooms.events.publish("project:bob-secret", "apps", {})
    await rooms.events.publish("project:ada-scratch", "state", {"state": "running"})
    found = [(kind, data["project"]) for kind, data in stream.events()]
    assert found == [("state", "ada/climate-atlas"), ("apps", "bob/secret")]


@pytest_twisted.ensureDeferred
async def test_signing_out_ends_streams(ada: Browser, rooms: Rooms) -> None:
    """A stream ends with its session, at once."""
    stream = follow(ada, "/account/events")
    ada.post("/logout")
    assert stream.events()[-1] == ("end", {})
    before = stream.text
    await rooms.events.publish(PROJECT, "state", {"state": "stopped"})
    assert stream.text == before


@pytest_twisted.ensureDeferred
async def test_leaving_the_team_ends_streams(bob: Browser, rooms: Rooms) -> None:
    """A stream ends with the right to see the project, at once."""
    path = parse_project_path("ada", "scratch")
    _, caller = await signed_in(rooms, "ada")
    await rooms.projects.set_member(caller, path, "bob", TeamRole.MEMBER)
    stream = follow(bob, "/ada/scratch/events")
    await rooms.projects.remove_member(caller, path, "bob")
    assert stream.events()[-1] == ("end", {})


def test_keep_alive(ada: Browser, clock: Clock) -> None:
    """A silent stream shows that it lives."""
    stream = follow(ada, "/account/events")
    before = len(stream.text)
    clock.advance(10)
    assert stream.text[before:] == ": \n\n"


class FakeEvents:
    """Keeps listeners and tells them when a test says so."""

    def __init__(self) -> None:
        self.listeners: list[Any] = []
        self.horizon = 0

    async def missed(self, topics: Any, seq: int) -> list[Event] | None:
        """Nothing was missed."""
        return []

    def subscribe(self, topic: str, listener: Any) -> Any:
        """Keep the listener."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


class FakeRequest:
    """Keeps what is written; a test says when the browser does not read."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.producer: Any = None
        self.write = self.written.append

    def notifyFinish(self) -> "Deferred[None]":  # noqa: N802 -- Twisted's name
        """Nothing is ever finished from outside."""
        return Deferred()

    def getHeader(self, name: str) -> str | None:  # noqa: N802
        """It was never here before."""
        return None

    def setHeader(self, name: bytes, value: bytes) -> None:  # noqa: N802
        """Headers are others' matter."""

    def registerProducer(self, producer: Any, streaming: Any) -> None:  # noqa: N802
        """Keep who writes."""
        self.producer = producer

    def unregisterProducer(self) -> None:  # noqa: N802
        """Forget who wrote."""
        self.producer = None


@define
class Open:
    """One stream over a request that writes nowhere."""

    events: FakeEvents = Factory(FakeEvents)
    request: FakeRequest = Factory(FakeRequest)
    right: bool = True

    def serve(self, live: Live) -> "Deferred[None]":
        """Begin."""

        async def allowed() -> bool:
            return self.right

        subject = Subject("key", "", {"project:1": {}}, allowed)
        return Deferred.fromCoroutine(live.serve(self.request, subject))  # type: ignore[arg-type]


@define
class Happened:
    """An event."""

    kind: str = "state"
    data: dict[str, object] = Factory(dict)
    topic: str = "project:1"
    seq: int = 1


def test_slow_reader(clock: Clock) -> None:
    """What a browser does not read is kept up to a bound; then the stream ends."""
    one = Open()
    live = Live(one.events, clock, LiveLimits(queue=2))
    done = one.serve(live)
    producer = one.request.producer
    listener = one.events.listeners[0]
    producer.pauseProducing()
    before = len(one.request.written)
    listener(Happened())
    listener(Happened())
    assert len(one.request.written) == before
    producer.resumeProducing()
    assert len(one.request.written) == before + 2
    producer.pauseProducing()
    for _ in range(3):
        listener(Happened())
    assert done.called
    assert not one.events.listeners


def test_bounded_streams(clock: Clock) -> None:
    """One session has so many streams and no more; one that ends makes room."""
    one = Open()
    live = Live(one.events, clock, LiveLimits(streams=1))
    first = one.serve(live)
    assert isinstance(outcome(Open().serve(live)), TooMany)
    one.right = False
    clock.advance(10)
    assert first.called
    two = Open()
    second = two.serve(live)
    assert not second.called
    two.right = False
    clock.advance(10)


@pytest.mark.parametrize("text", ["\n", "\r", "\u2028", "\0", '"', "é"])
def test_lines(text: str) -> None:
    """No text can break out of its line."""
    written = line("state", {"x": text}).decode()
    assert written.count("\n") == 3
    assert "\r" not in written
    assert json.loads(written.split("data: ")[1]) == {"x": text}


@pytest_twisted.ensureDeferred
async def test_who_comes_back_is_sent_what_it_missed(
    ada: Browser, rooms: Rooms
) -> None:
    """At whichever process, in its order, and nothing twice."""
    await rooms.events.catch_up()
    await rooms.events.publish("other", "state", {})
    stream = follow(ada, "/ada/climate-atlas/events")
    assert stream.seen
    await rooms.events.publish(PROJECT, "state", {"state": "starting"})
    seen = stream.seen
    await rooms.events.publish(PROJECT, "progress", {"step": "a"})
    await rooms.events.publish("project:bob-secret", "state", {"state": "running"})
    await rooms.events.publish(PROJECT, "state", {"state": "running"})
    again = follow(ada, "/ada/climate-atlas/events", last_event_id=seen)
    kinds = [(kind, data.get("state")) for kind, data in again.events()]
    assert kinds == [("progress", None), ("state", "running")]
    seen = again.seen
    last = follow(ada, "/ada/climate-atlas/events", last_event_id=seen)
    assert last.events() == []
    await rooms.events.publish(PROJECT, "apps", {})
    assert [kind for kind, _ in last.events()] == ["apps"]
    assert int(last.seen) > int(seen)


@pytest_twisted.ensureDeferred
async def test_who_was_away_for_long_is_told_of_the_gap(
    ada: Browser, rooms: Rooms, clock: Clock
) -> None:
    """It has to look anew; what comes then comes as always."""
    await rooms.events.publish(PROJECT, "state", {"state": "starting"})
    seen = str(rooms.events.horizon)
    await rooms.events.publish(PROJECT, "state", {"state": "running"})
    clock.advance(600)
    for mark in (seen, "999999"):
        stream = follow(ada, "/ada/climate-atlas/events", last_event_id=mark)
        assert stream.events() == [("gap", {})]
    odd = follow(ada, "/ada/climate-atlas/events", last_event_id="-1")
    assert odd.events() == []
