"""The launcher API over loopback, asked as a gateway asks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, evolve
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import CancelledError
from twisted.web.client import Agent
from twisted.web.server import Site

from aen.compute.api import ComputeApi, OneGateway
from aen.compute.environments.provider import Report
from aen.compute.launches import Launches
from aen.compute.project_work import ProjectWork
from aen.compute.status import StatusBoard
from aen.compute.usage import Meter, UsageLimits
from aen.model.errors import Conflict, Failed, Invalid, NotFound, Unauthenticated
from aen.model.names import ProjectPath, UserName
from aen.model.projects import Member, Progress
from aen.runtime.tasks import start
from aen.wire import routes, tickets
from aen.wire.call import Door
from aen.wire.client import NOTHING, Identity, Place, WireClient
from aen.wire.messages import (
    EnvironmentList,
    Launch,
    LaunchList,
    LaunchRequest,
    Line,
    NodeStatus,
    Nothing,
    ProjectOnDisk,
    ProjectQuestion,
    StopLaunch,
    Usage,
)
from tests.compute.fake_spawner import FakeSpawner
from tests.compute.ground import PROJECT, FakeProjects, Node, asking
from tests.waiting import eventually

reactor: Any = _reactor
KEY = tickets.SigningKey(b"g" * 32)


@define
class FakeDirectories(FakeProjects):
    """Projects that start with two steps, and one that does not start."""

    async def start(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Report two steps."""
        report(Progress("One"))
        if path.name == "full":
            raise Failed("The disk is full.", log=("no space",))
        report(Progress("Two", 1, 2))

    async def reset(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Do nothing."""

    async def narrow(
        self, path: ProjectPath, project_id: str, team: tuple[Member, ...]
    ) -> bool:
        """Say that there are files."""
        return True

    async def apply_team(
        self,
        path: ProjectPath,
        project_id: str,
        team: tuple[Member, ...],
        report: Report,
    ) -> None:
        """Report a step for each member."""
        for one in team:
            report(Progress(f"Team of {one.user}"))

    async def remove(self, path: ProjectPath, project_id: str) -> None:
        """Do nothing."""


@define(eq=False)
class Pair:
    """A node and a gateway that asks it."""

    api: ComputeApi
    client: WireClient
    at: Place
    spawner: FakeSpawner

    async def ask(self, route: routes.Route, message: Any, answer: Any) -> Any:
        """Ask the node."""
        return await self.client.ask(self.at, route, message, answer)

    async def follow(self, route: routes.Route, message: Any) -> list[Line]:
        """Return the lines of a stream that ends."""
        lines: list[Line] = []
        await self.client.follow(self.at, route, message, lines.append)
        return lines


def make_api(node: Node) -> ComputeApi:
    """Return the API of a node without processes."""
    ground = node.ground()
    launches = Launches(ground)
    files = FakeDirectories(node.directory / "projects")

    async def check() -> tuple[str, ...]:
        return ()

    board = StatusBoard("n1", "here", ground.manifests, ground.running, check)
    work = ProjectWork(files, launches, ground.running, board.look)
    door = Door(tickets.node("n1"), OneGateway(KEY.public), reactor)
    meter = Meter(reactor, UsageLimits(sample=0.01))
    return ComputeApi(door, work, launches, files, board, meter)


@pytest_twisted.async_yield_fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """A node with one app, on a loopback port."""
    spawner = FakeSpawner(reactor)
    node = Node(tmp_path, reactor, spawner=spawner)
    node.manifest("app", ["run", "%(socket)s"])
    api = make_api(node)
    site = Site(api.app.resource())
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    base = f"http://127.0.0.1:{port.getHost().port}"
    client = WireClient(Agent(reactor), reactor, Identity("gateway:east", KEY))
    yield Pair(api, client, Place(base, "node:n1", "The node"), spawner)
    await api.launches.stop_project(PROJECT.id)
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_a_project_starts_runs_an_app_and_stops(pair: Pair) -> None:
    """The whole way: progress, launch, list, stop."""
    with pytest.raises(Conflict, match="not running"):
        await pair.ask(routes.LAUNCH, asking("app"), Launch)
    lines = await pair.follow(routes.START_PROJECT, PROJECT)
    assert [one.progress for one in lines] == [Progress("One"), Progress("Two", 1, 2)]
    launch = await pair.ask(routes.LAUNCH, asking("app"), Launch)
    assert (launch.state, launch.app, launch.user) == ("running", "app", "ada")
    found = await pair.ask(routes.LAUNCHES, ProjectQuestion("p1"), LaunchList)
    assert found.launches == (launch,)
    other = await pair.ask(routes.LAUNCHES, ProjectQuestion("p2"), LaunchList)
    assert other.launches == ()
    lines = await pair.follow(routes.STOP_PROJECT, PROJECT)
    assert lines[-1].progress == Progress("Stopping apps")
    found = await pair.ask(routes.LAUNCHES, ProjectQuestion(), LaunchList)
    assert found.launches == ()
    with pytest.raises(Conflict):
        await pair.ask(routes.LAUNCH, asking("app"), Launch)


@pytest_twisted.ensureDeferred
async def test_the_token_reaches_the_app_alone(pair: Pair) -> None:
    """It is in the app's environment, not in argv nor in what the node answers."""
    await pair.follow(routes.START_PROJECT, PROJECT)
    launch = await pair.ask(routes.LAUNCH, asking("app"), Launch)
    (order,) = pair.spawner.orders
    assert order.command.environment["AEN_TOKEN"] == "t0ken"
    assert "t0ken" not in repr(launch) + repr(order)
    room = Path(launch.socket).parent
    assert not any(b"t0ken" in one.read_bytes() for one in room.glob("*.json"))


@pytest_twisted.ensureDeferred
async def test_failures_come_in_words(pair: Pair) -> None:
    """A start or an app that fails says why, with the last lines."""
    with pytest.raises(Failed) as caught:
        await pair.follow(routes.START_PROJECT, evolve(PROJECT, id="p3", name="full"))
    assert caught.value.message == "The disk is full."
    assert caught.value.log == ("no space",)
    await pair.follow(routes.START_PROJECT, PROJECT)
    pair.spawner.fails = 3
    with pytest.raises(Failed, match="exit code 3"):
        await pair.ask(routes.LAUNCH, asking("app"), Launch)
    with pytest.raises(NotFound, match="no app “none”"):
        await pair.ask(routes.LAUNCH, asking("none"), Launch)
    with pytest.raises(NotFound):
        await pair.ask(routes.STOP_LAUNCH, StopLaunch("none"), Nothing)


@pytest.mark.parametrize(
    "project",
    [
        ProjectOnDisk("../p", "ada", "lab"),
        ProjectOnDisk("p1", "..", "lab"),
        ProjectOnDisk("p1", "ada", "../../etc"),
        ProjectOnDisk("p1", "ada", ""),
        ProjectOnDisk("p1", "a" * 300, "lab"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_names_are_checked_at_the_edge(
    pair: Pair, project: ProjectOnDisk
) -> None:
    """No name from outside becomes a path unchecked."""
    asked = LaunchRequest(project, "app", "ada")
    for route, message in (
        (routes.LAUNCH, asked),
        (routes.USAGE, project),
        (routes.ENVIRONMENTS, project),
    ):
        with pytest.raises(Invalid):
            await pair.ask(route, message, Usage)
    with pytest.raises(Failed):
        await pair.follow(routes.START_PROJECT, project)


@pytest_twisted.ensureDeferred
async def test_one_app_is_stopped(pair: Pair) -> None:
    """The others go on."""
    await pair.follow(routes.START_PROJECT, PROJECT)
    one = await pair.ask(routes.LAUNCH, asking("app"), Launch)
    two = await pair.ask(routes.LAUNCH, asking("app", "bob"), Launch)
    await pair.ask(routes.STOP_LAUNCH, StopLaunch(one.id), Nothing)
    found = await pair.ask(routes.LAUNCHES, ProjectQuestion("p1"), LaunchList)
    assert found.launches == (two,)


@pytest_twisted.ensureDeferred
async def test_status_environments_and_usage(pair: Pair) -> None:
    """What pages show of a node and of a project."""
    status = await pair.ask(routes.STATUS, NOTHING, NodeStatus)
    assert status.single_user
    assert "app" in [one.name for one in status.apps]
    found = await pair.ask(routes.ENVIRONMENTS, PROJECT, EnvironmentList)
    assert found.environments[0].packages == ("pip==24.0",)
    usage = await pair.ask(routes.USAGE, PROJECT, Usage)
    assert usage.processes == 0


@pytest_twisted.ensureDeferred
async def test_reset_and_removal(pair: Pair) -> None:
    """After a reset apps run again, after a removal none does."""
    lines = await pair.follow(routes.RESET_PROJECT, PROJECT)
    assert lines[0].progress == Progress("Stopping apps")
    await pair.ask(routes.LAUNCH, asking("app"), Launch)
    lines = await pair.follow(routes.REMOVE_PROJECT, PROJECT)
    assert lines[-1].progress == Progress("Removing the project's files")
    with pytest.raises(Conflict, match="not running"):
        await pair.ask(routes.LAUNCH, asking("app"), Launch)


@pytest_twisted.ensureDeferred
async def test_news_until_cut_off(pair: Pair) -> None:
    """Status first, then every change; a listener that leaves is forgotten."""
    await pair.follow(routes.START_PROJECT, PROJECT)
    await pair.ask(routes.LAUNCH, asking("app"), Launch)
    lines: list[Line] = []
    following = start(
        pair.client.follow(pair.at, routes.NODE_EVENTS, NOTHING, lines.append)
    )
    await eventually(lambda: len(lines) == 2, "status and launch are told")
    assert lines[0].status is not None
    assert lines[0].status.projects == 1
    assert lines[1].launch is not None
    await pair.follow(routes.STOP_PROJECT, PROJECT)

    def stopped() -> bool:
        return any(one.launch and one.launch.state == "stopped" for one in lines)

    await eventually(stopped, "the end of the app is told")
    assert any(one.status and one.status.projects == 0 for one in lines)
    following.cancel()
    with pytest.raises(CancelledError):
        await following
    await eventually(lambda: not pair.api.board._listeners, "who left is forgotten")


@pytest_twisted.ensureDeferred
async def test_only_the_gateway(pair: Pair) -> None:
    """Another's key, another name, another node: nothing."""
    stranger = tickets.SigningKey(b"s" * 32)
    for identity, audience in (
        (Identity("gateway:east", stranger), "node:n1"),
        (Identity("server", KEY), "node:n1"),
        (Identity("gateway:east", KEY), "node:n2"),
    ):
        client = WireClient(Agent(reactor), reactor, identity)
        at = evolve(pair.at, audience=audience)
        with pytest.raises(Unauthenticated):
            await client.ask(at, routes.STATUS, NOTHING, NodeStatus)


def test_every_route_is_served() -> None:
    """Nothing of the wire is left out."""
    rules = {str(rule) for rule in ComputeApi.app.url_map.iter_rules()}
    assert {route.path for route in routes.NODE_ROUTES} <= rules


@pytest_twisted.ensureDeferred
async def test_a_team_is_applied(pair: Pair) -> None:
    """Each step is told while it is done; the project need not run."""
    team = (Member(UserName("bob")),)
    lines = await pair.follow(routes.APPLY_TEAM, evolve(PROJECT, team=team))
    steps = [one.progress.step for one in lines if one.progress]
    assert steps == ["Ending apps of those who left", "Team of bob"]
