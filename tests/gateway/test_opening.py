"""An app is opened once, however many want it, and every outcome reaches them all."""

from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from aen.gateway.opening import Opened, Openings
from aen.model.errors import Failed, NotFound, Unavailable
from aen.model.names import AppName
from aen.model.projects import Problem, Progress, State
from aen.wire.messages import Launch, Opening, OpenQuestion, ProjectNews
from tests.gateway.fakes import ADA, GRANT, LAUNCH, NODE
from tests.outcomes import outcome

LAB = AppName("jupyterlab")
STARTING = Opening(State.STARTING, progress=Progress("Cloning", 1, 4))
RUNNING = Opening(State.RUNNING, NODE, app_token="t")
FAILED = Opening(State.FAILED, problem=Problem("No disk.", ("line",)))


@define
class World:
    """A server that says how far the project is, and a node that launches."""

    says: Opening = STARTING
    launch: "Deferred[Launch]" = field(factory=Deferred)
    asked: list[OpenQuestion] = field(factory=list)
    tokens: list[str] = field(factory=list)

    def open(self, question: OpenQuestion) -> Deferred[Opening]:
        self.asked.append(question)
        return succeed(self.says)

    async def ask(self, _at: Any, _route: Any, message: Any, *_: Any) -> Any:
        self.tokens.append(message.token)
        return await self.launch


@pytest.fixture
def world() -> World:
    """Return a world in which the project is starting."""
    return World()


@pytest.fixture
def openings(world: World, clock: Clock) -> Openings:
    """Return openings in that world."""
    return Openings(world.open, world, clock)


def test_a_running_project_needs_only_a_launch(
    openings: Openings, world: World
) -> None:
    """The app is launched with its token, and known from then on."""
    world.says = RUNNING
    opening = openings.open(GRANT, ADA, LAB)
    world.launch.callback(LAUNCH)
    assert outcome(opening) == Opened(NODE, LAUNCH)
    assert world.tokens == ["t"]
    assert openings.known(GRANT, LAB) == Opened(NODE, LAUNCH)
    assert openings.known(evolve(GRANT, user="eve"), LAB) is None


def test_a_project_is_started_first(openings: Openings, world: World) -> None:
    """Progress is told to those who watch; news that it runs leads to the launch."""
    seen: list[Progress] = []
    waiting = [openings.open(GRANT, ADA, LAB) for _ in range(2)]
    openings.watch(GRANT, LAB, seen.append)
    halfway = Progress("Cloning", 2, 4)
    openings.project_news(ProjectNews("p1", State.STARTING, progress=halfway))
    world.says = RUNNING
    openings.project_news(ProjectNews("p1", State.RUNNING))
    world.launch.callback(LAUNCH)
    assert [outcome(one) for one in waiting] == [Opened(NODE, LAUNCH)] * 2
    assert seen[:2] == [Progress("Cloning", 1, 4), halfway]
    assert len(world.tokens) == 1


def test_lost_news_only_delay(openings: Openings, world: World, clock: Clock) -> None:
    """Where no news comes, the server is asked again after a while."""
    opening = openings.open(GRANT, ADA, LAB)
    world.says = RUNNING
    clock.advance(2.5)
    world.launch.callback(LAUNCH)
    assert outcome(opening) == Opened(NODE, LAUNCH)


def test_a_failed_project_says_why(openings: Openings, world: World) -> None:
    """The reason and the last lines reach the one who waits; the next one may retry."""
    world.says = FAILED
    error = outcome(openings.open(GRANT, ADA, LAB))
    assert isinstance(error, Failed)
    assert (error.message, error.log) == ("No disk.", ("line",))
    assert isinstance(outcome(openings.open(GRANT, ADA, LAB)), Failed)
    assert len(world.asked) == 2


def test_an_app_that_does_not_start_says_why(openings: Openings, world: World) -> None:
    """What the node answers is what the person reads."""
    world.says = RUNNING
    opening = openings.open(GRANT, ADA, LAB)
    world.launch.errback(Failed("It ended at start.", log=("Traceback",)))
    assert outcome(opening).log == ("Traceback",)
    assert openings.known(GRANT, LAB) is None


def test_patience_ends(openings: Openings, clock: Clock) -> None:
    """A project that never starts is given up, in words."""
    opening = openings.open(GRANT, ADA, LAB)
    clock.pump([2.1] * 450)
    assert isinstance(outcome(opening), Unavailable)


@pytest.mark.parametrize("how", ["launch", "project", "unreachable"])
def test_what_has_ended_is_forgotten(
    openings: Openings, world: World, how: str
) -> None:
    """An app or project that stopped, or a socket nobody answers, is asked for anew."""
    world.says = RUNNING
    openings.open(GRANT, ADA, LAB)
    world.launch.callback(LAUNCH)
    openings.launch_news(LAUNCH)
    assert openings.known(GRANT, LAB) is not None
    if how == "launch":
        openings.launch_news(evolve(LAUNCH, state="stopped"))
    elif how == "project":
        openings.project_news(ProjectNews("p1", State.STOPPING))
    else:
        openings.forget("l1")
    assert openings.known(GRANT, LAB) is None


def test_a_refusal_by_the_server_reaches_all(world: World, clock: Clock) -> None:
    """An error of the server's is the outcome."""
    refused: Deferred[Opening] = Deferred()
    openings = Openings(lambda _: refused, world, clock)
    waiting = [openings.open(GRANT, ADA, LAB) for _ in range(2)]
    refused.errback(NotFound("There is no such project."))
    assert [type(outcome(one)) for one in waiting] == [NotFound, NotFound]
