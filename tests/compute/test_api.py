"""The launcher API over loopback, asked as a gateway asks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import CancelledError
from twisted.web.client import Agent
from twisted.web.server import Site

from aen.compute.api import ComputeApi
from aen.model.errors import Conflict, Failed, Invalid, NotFound, Unauthenticated
from aen.model.names import parse_project_path
from aen.model.projects import Progress
from aen.runtime.tasks import start
from aen.wire import routes, tickets
from aen.wire.client import Identity, Place, WireClient
from aen.wire.environments import (
    EnvironmentChange,
    EnvironmentFile,
    EnvironmentQuestion,
    FoundPackages,
    PackageSearch,
)
from aen.wire.messages import (
    EnvironmentList,
    Launch,
    LaunchList,
    LaunchRequest,
    Line,
    Log,
    LogQuestion,
    NodeStatus,
    Nothing,
    ProjectOnDisk,
    ProjectQuestion,
    Resources,
    StopLaunch,
    Usage,
    Uses,
)
from tests.compute.answering import KEY, Pair, make_api
from tests.compute.fake_spawner import FakeSpawner
from tests.compute.ground import PROJECT, Node, asking
from tests.waiting import eventually

reactor: Any = _reactor


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
    status = await pair.ask(routes.STATUS, Nothing(), NodeStatus)
    assert status.single_user
    assert "app" in [one.name for one in status.apps]
    found = await pair.ask(routes.ENVIRONMENTS, PROJECT, EnvironmentList)
    assert found.environments[0].packages == ("ipykernel==7.0", "pip==24.0")
    assert found.environments[0].provider == "builtin"
    usage = await pair.ask(routes.USAGE, PROJECT, Usage)
    assert usage.processes == 0


@pytest_twisted.ensureDeferred
async def test_environments_are_changed(pair: Pair) -> None:
    """Only while the project runs; the tool is heard as it works."""
    asked = EnvironmentChange(PROJECT, "ada", "install", "default", ("six",))
    with pytest.raises(Failed, match="is not running; start it"):
        await pair.follow(routes.CHANGE_ENVIRONMENT, asked)
    await pair.follow(routes.START_PROJECT, PROJECT)
    home = pair.api.projects.home(parse_project_path("ada", "lab"))
    (home / "envs" / "default").mkdir(parents=True)
    lines = await pair.follow(routes.CHANGE_ENVIRONMENT, asked)
    assert [one.output for one in lines if one.output] == ["install six"]
    assert lines[0].progress == Progress("Copying the environment")
    assert (home / "envs" / "default" / "has-six").exists()


@pytest_twisted.ensureDeferred
async def test_environments_are_written_down_and_filled(pair: Pair) -> None:
    """A file for one, names for another."""
    about = EnvironmentQuestion(PROJECT, "ada", "default")
    file = await pair.ask(routes.EXPORT_ENVIRONMENT, about, EnvironmentFile)
    assert file == EnvironmentFile("requirements.txt", "ipykernel pip")
    search = PackageSearch(PROJECT, "ada", "default", "pan")
    found = await pair.ask(routes.SEARCH_PACKAGES, search, FoundPackages)
    assert [one.name for one in found.packages] == ["pan-found"]
    with pytest.raises(NotFound):
        await pair.ask(
            routes.EXPORT_ENVIRONMENT, evolve(about, name="none"), EnvironmentFile
        )


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
        pair.client.follow(pair.at, routes.NODE_EVENTS, Nothing(), lines.append)
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
            await client.ask(at, routes.STATUS, Nothing(), NodeStatus)


def test_every_route_is_served() -> None:
    """Nothing of the wire is left out."""
    rules = {str(rule) for rule in ComputeApi.app.url_map.iter_rules()}
    assert {route.path for route in routes.NODE_ROUTES} <= rules


@pytest_twisted.ensureDeferred
async def test_resources_tell_of_every_app(pair: Pair) -> None:
    """What it is, what it uses, when it was last used and how long it may go on."""
    await pair.follow(routes.START_PROJECT, PROJECT)
    launch = await pair.ask(routes.LAUNCH, asking("app"), Launch)
    when = launch.started + 0.001
    uses = Uses({launch.id: when, "unknown": when})
    await pair.ask(routes.USES, uses, Nothing)
    found = await pair.ask(routes.RESOURCES, PROJECT, Resources)
    assert found.node == "n1"
    assert [one.name for one in found.environments] == ["default"]
    (app,) = found.apps
    assert (app.launch, app.last_use, app.idle_until) == (launch, when, when + 3600)
    assert pair.api.book.last(evolve(launch, id="unknown", started=0.0)) == 0.0


@pytest_twisted.ensureDeferred
async def test_the_log_of_an_app(pair: Pair) -> None:
    """Its last lines; of one that is not there, nothing."""
    await pair.follow(routes.START_PROJECT, PROJECT)
    launch = await pair.ask(routes.LAUNCH, asking("app"), Launch)
    log = Path(pair.api.launches._kept[launch.id].core.record.log)
    log.parent.mkdir(parents=True)
    log.write_text("one\ntwo\n")
    found = await pair.ask(routes.LAUNCH_LOG, LogQuestion(launch.id), Log)
    assert found.lines == ("one", "two")
    with pytest.raises(NotFound):
        await pair.ask(routes.LAUNCH_LOG, LogQuestion("l9"), Log)
