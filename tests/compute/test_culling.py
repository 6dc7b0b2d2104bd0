"""Stopping what nobody uses."""

from pathlib import Path

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from aen.compute.activity import Activity
from aen.compute.culling import Culling
from aen.compute.idle import Busy
from aen.compute.use_book import UseBook
from aen.model.apps import Manifest
from aen.model.errors import NotFound
from aen.proxy.uses import Uses
from aen.runtime.tasks import start
from aen.wire.messages import Launch
from tests.compute.ground import LAUNCH
from tests.outcomes import now

APP = evolve(LAUNCH, state="running", started=0.0)


@define
class Scene:
    """A node with one app, whose answers the test gives."""

    directory: Path
    clock: Clock = field(factory=Clock)
    launches: list[Launch] = field(factory=lambda: [APP])
    manifest: Manifest | None = field(
        default=Manifest("app", "App", ("x",), idle_timeout=100.0, activity="/busy")
    )
    answer: Activity = field(default=Activity(Busy.NO))
    waiting: Deferred[None] | None = None
    asked: list[tuple[float, str]] = field(factory=list)
    stopped: list[str] = field(factory=list)
    door: Uses = field(factory=Uses)
    book: UseBook = field(init=False)
    culling: Culling = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin as a service does."""
        self.book = UseBook(self.directory / "uses.json")
        self.book.load()
        self.culling = Culling(
            self, self.find, 1000.0, self.book, self.door, self.ask, self.clock
        )

    def find(self, app: str) -> Manifest:
        """Return the manifest."""
        if self.manifest is None:
            raise NotFound("There is no such app.")
        return self.manifest

    def list(self, project_id: str = "") -> tuple[Launch, ...]:
        """Return what runs."""
        return tuple(self.launches)

    async def stop(self, launch_id: str) -> None:
        """Note it."""
        self.stopped.append(launch_id)
        self.launches = [one for one in self.launches if one.id != launch_id]

    async def ask(self, launch: Launch, activity: str) -> Activity:
        """Answer what the test says."""
        self.asked.append((self.clock.seconds(), activity))
        if self.waiting is not None:
            await self.waiting
        return self.answer

    def go_on(self, seconds: int) -> None:
        """Let time pass, a look every five seconds."""
        for _ in range(0, seconds, 5):
            self.clock.advance(5)
            now(start(self.culling.turn()))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Give a node whose app is stopped after 100 seconds."""
    return Scene(tmp_path)


def test_what_is_not_used_is_stopped(scene: Scene, logged: list[LogEvent]) -> None:
    """Once it has said that it does nothing; the log says why."""
    scene.go_on(100)
    assert scene.asked == []
    scene.go_on(10)
    assert scene.asked == [(105.0, "/busy")]
    assert scene.stopped == ["l1"]
    assert any(event.get("says") == "is not busy" for event in logged)


def test_use_at_the_door_keeps_it(scene: Scene) -> None:
    """As long as it goes on, and the time after."""
    meter = scene.door.meter("l1")
    for _ in range(20):
        meter.touch()
        scene.go_on(50)
    assert scene.asked == []
    scene.go_on(110)
    assert scene.stopped == ["l1"]


def test_what_a_gateway_tells_keeps_it(scene: Scene) -> None:
    """The node notes what passed elsewhere."""
    scene.go_on(90)
    scene.book.note({"l1": 90.0}, 90.0)
    scene.go_on(100)
    assert scene.stopped == []
    scene.go_on(10)
    assert scene.stopped == ["l1"]


def test_what_works_is_used(scene: Scene) -> None:
    """However long; and is left in peace meanwhile."""
    scene.answer = Activity(Busy.YES)
    scene.go_on(1000)
    assert scene.stopped == []
    assert len(scene.asked) < 12
    scene.answer = Activity(Busy.NO)
    scene.go_on(120)
    assert scene.stopped == ["l1"]


def test_activity_a_while_ago_counts_from_then(scene: Scene) -> None:
    """A kernel that was busy until a moment ago."""
    scene.answer = Activity(Busy.NO, 80.0)
    scene.go_on(180)
    assert scene.stopped == []
    scene.go_on(10)
    assert scene.stopped == ["l1"]


def test_what_does_not_answer_has_longer(scene: Scene) -> None:
    """Three times as long."""
    scene.answer = Activity(Busy.SILENT)
    scene.go_on(310)
    assert scene.stopped == []
    scene.go_on(70)
    assert scene.stopped == ["l1"]


def test_who_comes_back_while_it_is_asked(scene: Scene) -> None:
    """Is not locked out."""
    scene.waiting = Deferred()
    scene.go_on(110)
    assert len(scene.asked) == 1
    scene.door.meter("l1").touch()
    scene.waiting.callback(None)
    assert scene.stopped == []


@pytest.mark.parametrize(
    ("manifest", "seconds", "stopped"),
    [
        (Manifest("app", "App", ("x",), idle_timeout=0.0), 5000, False),
        (Manifest("app", "App", ("x",)), 1000, False),
        (Manifest("app", "App", ("x",)), 1010, True),
        (None, 1010, True),
    ],
)
def test_whose_word_counts(
    scene: Scene, manifest: Manifest | None, seconds: int, *, stopped: bool
) -> None:
    """The manifest's, else the node's."""
    scene.manifest = manifest
    scene.go_on(seconds)
    assert bool(scene.stopped) is stopped


def test_only_what_runs_is_looked_at(scene: Scene) -> None:
    """Not what starts or stops."""
    scene.launches = [evolve(APP, state="starting")]
    scene.go_on(500)
    assert scene.asked == []


def test_a_restart_forgets_little(scene: Scene) -> None:
    """The book is on disk; what is asked then is given up."""
    scene.go_on(60)
    scene.book.note({"l1": 60.0}, 60.0)
    now(start(scene.culling.stop()))
    scene.begin()
    assert scene.culling.last_use(APP) == 60.0
    assert scene.culling.until(APP) == 165.0
    scene.waiting = Deferred()
    scene.go_on(110)
    now(start(scene.culling.stop()))
    assert scene.stopped == []
