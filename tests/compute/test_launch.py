"""The life of a launch, with a clock and processes of our own making."""

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from aen.compute.launch import Core, Life, live, why_ended
from aen.compute.records import Record
from aen.model.errors import AenError, Conflict, Failed
from aen.wire.messages import Launch
from tests.compute.ground import LAUNCH


@define(eq=False)
class FakeProcess:
    """Does what a test says and notes what was done to it."""

    did: list[str] = field(factory=list)
    probing: Deferred[None] = field(factory=Deferred)
    killing: Deferred[None] = field(factory=Deferred)

    def probe(self) -> Deferred[None]:
        """Wait for the test."""
        self.did.append("probe")
        return self.probing

    def ask(self) -> None:
        """Note it."""
        self.did.append("ask")

    def kill(self) -> Deferred[None]:
        """Wait for the test."""
        self.did.append("kill")
        return self.killing

    def tail(self) -> tuple[str, ...]:
        """Return one line."""
        return ("last line",)


@define(eq=False)
class Scene:
    """One launch and all that is told of it."""

    clock: Clock = field(factory=Clock)
    process: FakeProcess = field(factory=FakeProcess)
    told: list[str] = field(factory=list)
    core: Core = field(init=False)
    life: Life = field(init=False)
    found: list[Launch | AenError] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        record = Record(LAUNCH, "boot", "/log", ready_until=60.0)
        self.core = Core(
            record,
            self.process,
            self.clock,
            5.0,
            lambda launch: self.told.append(launch.state),
            lambda _: self.told.append("gone"),
        )
        self.life = live(self.core)
        self.core.ready().addCallbacks(self.found.append, self._failed)

    def _failed(self, failure: Failure) -> None:
        assert isinstance(failure.value, AenError)
        self.found.append(failure.value)

    def result(self) -> Launch | AenError:
        """Return what those who wait were told."""
        return self.found[0]

    def no_timers(self) -> bool:
        """Whether no state has left its timer behind."""
        return not self.clock.getDelayedCalls()


def test_starting_and_running() -> None:
    """Those who wait get the launch when it answers."""
    scene = Scene()
    scene.life.begin()
    scene.process.probing.callback(None)
    found = scene.result()
    assert isinstance(found, Launch)
    assert found.state == "running"
    assert scene.told == ["running"]
    assert scene.no_timers()


def test_an_end_at_start_is_explained() -> None:
    """Exit code and output reach those who wait; nothing stays behind."""
    scene = Scene()
    scene.life.begin()
    scene.life.exited(3)
    found = scene.result()
    assert isinstance(found, Failed)
    assert found.message == "App ended at start (exit code 3)."
    assert found.log == ("last line",)
    assert scene.told == ["gone"]
    assert scene.no_timers()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (None, "App ended at start."),
        (0, "App ended at start (exit code 0)."),
        (137, "App was ended at start by signal 9."),
    ],
)
def test_why_ended(code: int | None, text: str) -> None:
    """A signal is told as one."""
    assert why_ended("App", code) == text


def test_stopped_before_its_process_is_there() -> None:
    """It is asked to end as soon as it can be; who waits is told at once."""
    scene = Scene()
    scene.life.stop()
    scene.life.stop()
    assert isinstance(scene.result(), Conflict)
    assert scene.core.stopping
    assert scene.process.did == []
    scene.life.begin()
    assert scene.process.did == ["ask"]
    scene.life.exited(0)
    assert scene.told == ["gone"]
    assert scene.no_timers()
    late = Scene()
    late.life.stop()
    late.life.exited(None)
    assert late.told == ["gone"]


def test_too_late() -> None:
    """What does not answer in its time is asked to end, then killed."""
    scene = Scene()
    scene.life.begin()
    scene.clock.advance(60.0)
    found = scene.result()
    assert isinstance(found, Failed)
    assert "did not answer in time" in found.message
    assert scene.core.stopping
    scene.clock.advance(5.0)
    assert scene.process.did == ["probe", "ask", "kill"]
    scene.life.exited(137)
    assert scene.told == ["gone"]
    assert scene.no_timers()


def test_stopped_while_it_starts() -> None:
    """Those who wait are told so."""
    scene = Scene()
    scene.life.begin()
    scene.life.stop()
    assert isinstance(scene.result(), Conflict)
    scene.life.exited(0)
    assert scene.told == ["gone"]
    assert scene.no_timers()


def test_a_polite_app_is_not_killed() -> None:
    """It ends when asked, and its timer with it."""
    scene = Scene()
    scene.life.adopt()
    scene.life.stop()
    scene.life.stop()
    scene.life.exited(0)
    assert scene.process.did == ["ask"]
    assert scene.no_timers()
    assert scene.told == ["gone"]


def test_what_cannot_be_killed_is_given_up() -> None:
    """When all has been done the launch is over, whatever is left."""
    scene = Scene()
    scene.life.adopt()
    scene.life.stop()
    scene.clock.advance(5.0)
    scene.life.stop()
    scene.process.killing.callback(None)
    assert scene.told == ["gone"]
    scene.life.exited(None)
    scene.life.stop()
    assert scene.told == ["gone"]


def test_an_end_is_noticed_while_running() -> None:
    """An app may end by itself; nobody asked."""
    scene = Scene()
    scene.life.adopt()
    scene.life.exited(0)
    assert scene.told == ["gone"]
    assert scene.process.did == []


def test_a_record_without_a_process() -> None:
    """What was never started, or ended before we began, is over at once."""
    scene = Scene()
    scene.life.exited(None)
    assert isinstance(scene.result(), Failed)
    assert scene.told == ["gone"]


def test_waiting_for_the_end() -> None:
    """Whoever waits for the end is told once; leaving the wait harms nobody."""
    scene = Scene()
    told: list[str] = []
    one, two = scene.core.gone(), scene.core.gone()
    one.addCallback(lambda _: told.append("one"))
    two.addCallbacks(lambda _: told.append("two"), lambda _: None)
    two.cancel()
    scene.core.leave()
    scene.core.leave()
    assert told == ["one"]


@pytest_twisted.ensureDeferred
async def test_the_first_outcome_counts() -> None:
    """Whoever asks later is told the same; leaving the wait harms nobody."""
    scene = Scene()
    ready = scene.core.ready()
    ready.addErrback(lambda _: None)
    ready.cancel()
    scene.core.settle(LAUNCH)
    scene.core.settle(Conflict("late"))
    assert await scene.core.ready() == LAUNCH
    assert scene.found == [LAUNCH]


def test_what_the_log_calls_it() -> None:
    """Whose app in which project, in words an operator finds again."""
    assert Scene().core.name == "ada/lab/app of ada"
