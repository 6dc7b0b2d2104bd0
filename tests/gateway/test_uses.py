"""How nodes hear of use."""

from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.task import Clock

from aen.gateway.opening import Opened
from aen.gateway.uses import TELL_SECONDS, TellingUse, UseReports
from aen.model.errors import NotFound, Unavailable
from aen.model.places import Node
from aen.runtime.tasks import start
from aen.wire.messages import Nothing
from aen.wire.routes import USES
from tests.gateway.fakes import LAUNCH, NODE
from tests.outcomes import now

LAB = Opened(NODE, LAUNCH)
OTHER = Opened(NODE, evolve(LAUNCH, id="l2"))


@define
class Scene:
    """A node that hears of use, or does not."""

    clock: Clock
    heard: list[dict[str, float]] = field(factory=list)
    gone: bool = False
    silent: bool = False
    reports: UseReports = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.reports = UseReports(self, self.node, self.clock)

    def node(self, name: str) -> Node:
        """Return the node."""
        if self.gone:
            raise NotFound("There is no such node.")
        return NODE

    async def ask(self, at: Any, route: Any, message: Any, *_: Any) -> Any:
        """Take note."""
        assert route == USES
        if self.silent:
            raise Unavailable("It does not answer.")
        self.heard.append(dict(message.last))
        return Nothing()

    def tell(self, seconds: float) -> None:
        """Let time pass and tell."""
        self.clock.advance(seconds)
        now(start(self.reports.tell()))


@pytest.fixture
def scene(clock: Clock) -> Scene:
    """Give a gateway at 1000 seconds."""
    return Scene(clock)


def test_what_is_used_is_told(scene: Scene) -> None:
    """At once when it begins; nothing of what is not used."""
    meter = scene.reports.meter(LAB)
    scene.reports.meter(OTHER)
    scene.tell(1)
    assert scene.heard == []
    meter.touch()
    scene.tell(1)
    assert scene.heard == [{"l1": 1002.0}]


def test_what_goes_on_is_told_rarely(scene: Scene) -> None:
    """Every twenty seconds, and the last use is never forgotten."""
    meter = scene.reports.meter(LAB)
    for _ in range(45):
        meter.touch()
        scene.tell(1)
    times = [one["l1"] for one in scene.heard]
    assert times == [1001.0, 1001.0 + TELL_SECONDS, 1001.0 + 2 * TELL_SECONDS]
    for _ in range(30):
        scene.tell(1)
    assert scene.heard[-1] == {"l1": 1045.0}
    assert len(scene.heard) == 4


def test_a_node_that_does_not_answer_is_told_later(scene: Scene) -> None:
    """Of the latest use; one that is no more is not."""
    scene.silent = True
    scene.reports.meter(LAB).touch()
    scene.tell(1)
    scene.silent = False
    scene.tell(TELL_SECONDS)
    assert scene.heard == [{"l1": 1001.0}]
    scene.gone = True
    scene.reports.meter(LAB).touch()
    scene.tell(TELL_SECONDS)
    scene.gone = False
    scene.tell(TELL_SECONDS)
    assert len(scene.heard) == 1


def test_what_has_ended_is_forgotten(scene: Scene) -> None:
    """Nothing is kept of it."""
    scene.reports.meter(LAB).touch()
    scene.reports.launch_news(evolve(LAUNCH, state="stopped"))
    scene.tell(1)
    assert scene.heard == []
    assert not scene.reports._nodes


def test_the_service_looks_every_second(scene: Scene) -> None:
    """Until it stops."""
    service = TellingUse(scene.reports, scene.clock)
    service.startService()
    scene.reports.meter(LAB).touch()
    scene.clock.advance(1)
    assert scene.heard == [{"l1": 1001.0}]
    now(service.stopService())
    assert not scene.clock.getDelayedCalls()
