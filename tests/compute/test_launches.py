"""Launches with real processes."""

import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import gatherResults

from aen.compute import reap
from aen.compute.app_process import LaunchLimits
from aen.compute.launches import Launches
from aen.model.errors import Conflict, Failed, NotFound
from aen.runtime.tasks import start
from tests.compute.ground import OTHER, PROJECT, Node, asking
from tests.compute.small_programs import (
    FAILING,
    NASTY,
    SERVER,
    STUBBORN,
    command,
    running,
    write_app,
)
from tests.waiting import eventually

pytestmark = pytest.mark.system


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node whose processes are all gone when the test is over."""
    made = Node(tmp_path, reactor)
    made.start(PROJECT)
    yield made
    reap.reap(tmp_path / "launches", 0.0)


def serve(node: Node, source: str = SERVER, delay: str = "0", **more: object) -> str:
    """Install an app that answers after *delay* seconds; return what marks it.

    The mark is in the command lines of all its processes.
    """
    mark = uuid.uuid4().hex
    place = node.directory / mark
    place.mkdir()
    program = write_app(place, source)
    where = "%(port)s" if more.get("listen") == "port" else "%(socket)s"
    node.manifest("serve", command(program, where, delay, mark), **more)
    return mark


def mode(path: Path) -> int:
    """Return the mode of what is at *path*, 0 for nothing."""
    return path.stat().st_mode if path.exists() else 0


async def all_ended(*services: Launches) -> None:
    """Wait until each of several services, the old one too, knows of no launch."""
    await eventually(
        lambda: not any(one.list() for one in services), "every launch has ended"
    )


@pytest_twisted.ensureDeferred
async def test_an_app_answers_when_launch_returns(node: Node) -> None:
    """A launch is handed out once its socket answers, and ends whole."""
    mark = serve(node)
    launches = node.launches()
    seen: list[str] = []
    launches.listen(lambda launch: seen.append(launch.state))
    launch = await launches.launch(asking("serve"))
    assert launch.state == "running"
    place = Path(launch.socket)
    assert mode(place) & 0o007 == 0
    assert mode(place.parent) & 0o077 == 0
    log = node.directory / "log/appLogs/ada/lab/ada/serve.log"
    assert log.read_text().startswith(f"starting {launch.id}")
    assert log.stat().st_mode & 0o077 == 0
    await launches.stop(launch.id)
    assert seen == ["starting", "running", "stopped"]
    assert running(mark) == []
    assert node.records.read() == []
    assert mode(place) == 0
    with pytest.raises(NotFound):
        launches.find(launch.id)


@pytest_twisted.ensureDeferred
async def test_several_who_ask_get_one_launch(node: Node) -> None:
    """An app opened twice at once is started once; another user has their own."""
    serve(node)
    launches = node.launches()
    wanted = [start(launches.launch(asking("serve"))) for _ in range(3)]
    mine = await gatherResults(wanted)
    theirs = await launches.launch(asking("serve", "bob"))
    assert len({one.id for one in mine}) == 1
    assert theirs.id != mine[0].id
    await launches.stop_project("p1")
    assert launches.list() == ()


@pytest_twisted.ensureDeferred
async def test_a_shared_app_is_one_for_the_team(node: Node) -> None:
    """``"instance": "project"`` runs once, for the owner."""
    serve(node, instance="project")
    launches = node.launches()
    one = await launches.launch(asking("serve", "bob"))
    two = await launches.launch(asking("serve", "ada"))
    assert one.id == two.id
    assert one.user == "ada"
    await launches.stop_project("p1")


@pytest_twisted.ensureDeferred
async def test_an_app_on_a_port(node: Node) -> None:
    """An app that cannot use a socket listens on a loopback port of its own."""
    serve(node, listen="port")
    launches = node.launches()
    launch = await launches.launch(asking("serve"))
    assert launch.port > 0
    assert launch.socket == ""
    await launches.stop_project("p1")


@pytest_twisted.ensureDeferred
async def test_an_app_that_ends_at_start(node: Node) -> None:
    """Its exit code and the last lines of its output are told."""
    program = write_app(node.directory, FAILING)
    node.manifest("bad", command(program, "%(socket)s"))
    launches = node.launches()
    with pytest.raises(Failed) as caught:
        await launches.launch(asking("bad"))
    assert caught.value.message == "Bad ended at start (exit code 3)."
    assert caught.value.log == ("no module named lab",)
    with pytest.raises(Failed) as again:
        await launches.launch(asking("bad"))
    assert again.value.log == caught.value.log  # the first start's are not told twice


@pytest_twisted.ensureDeferred
async def test_a_program_that_is_not_there(node: Node) -> None:
    """The reason is among the lines shown."""
    node.manifest("gone", ["/nonexistent/app", "%(socket)s"])
    with pytest.raises(Failed) as caught:
        await node.launches().launch(asking("gone"))
    assert "exit code 127" in caught.value.message
    assert "/nonexistent/app cannot be run" in caught.value.log[0]


@pytest_twisted.ensureDeferred
async def test_an_app_that_never_answers(node: Node) -> None:
    """It is given up after its time, and ended."""
    mark = serve(node, delay="60", ready_timeout=0.3)
    launches = node.launches()
    with pytest.raises(Failed, match="did not answer in time"):
        await launches.launch(asking("serve"))
    await launches.stop_project("p1")
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_a_nasty_tree_is_gone(node: Node) -> None:
    """Double forks, new sessions and clean environments do not outlive a project."""
    mark = serve(node, source=NASTY)
    launches = node.launches()
    await launches.launch(asking("serve"))
    assert len(running(mark)) == 5  # the app, its supervisor's line, three sleepers
    await launches.stop_project("p1")
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_what_is_left_goes_though_the_supervisor_was_killed(node: Node) -> None:
    """A user who kills the supervisor hides nothing that bears the mark."""
    mark = serve(node, source=STUBBORN)
    launches = node.launches()
    await launches.launch(asking("serve"))
    (record,) = node.records.read()
    os.kill(record.pid, signal.SIGKILL)
    await all_ended(launches)
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_a_stubborn_app_is_killed_after_its_patience(node: Node) -> None:
    """SIGTERM ignored is SIGKILL earned."""
    mark = serve(node, source=STUBBORN)
    node.limits = LaunchLimits(patience=0.2)
    launches = node.launches()
    await launches.launch(asking("serve"))
    await launches.stop_project("p1")
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_a_stopped_supervisor_is_no_obstacle(node: Node) -> None:
    """A supervisor that a user has frozen cannot hold up the end."""
    mark = serve(node, source=NASTY)
    node.limits = LaunchLimits(patience=0.2)
    launches = node.launches()
    await launches.launch(asking("serve"))
    (record,) = node.records.read()
    os.kill(record.pid, signal.SIGSTOP)
    await launches.stop_project("p1")
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_a_restarted_service_adopts(node: Node) -> None:
    """Apps outlive the service; its successor finds them and starts none twice."""
    mark = serve(node)
    old = node.launches()
    before = await old.launch(asking("serve"))
    launches = node.launches()
    assert launches.adopt() == 1
    after = await launches.launch(asking("serve"))
    assert after == before
    await launches.stop(after.id)
    await all_ended(old)
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_an_app_that_was_starting_is_adopted(node: Node) -> None:
    """The time in which nobody asked does not count against it."""
    serve(node)
    old = node.launches()
    launch = await old.launch(asking("serve"))
    (record,) = node.records.read()
    starting = evolve(launch, state="starting")
    node.records.write(evolve(record, launch=starting, ready_until=1.0))
    launches = node.launches()
    assert launches.adopt() == 1
    assert launches.find(launch.id).state == "starting"
    assert await launches.launch(asking("serve")) == launch
    await launches.stop(launch.id)
    await all_ended(old)


@pytest_twisted.ensureDeferred
async def test_an_adopted_app_that_ends_is_noticed(node: Node) -> None:
    """A child that is not ours any more tells its end all the same."""
    serve(node)
    old = node.launches()
    await old.launch(asking("serve"))
    launches = node.launches()
    launches.adopt()
    seen: list[str] = []
    launches.listen(lambda launch: seen.append(launch.state))
    (record,) = node.records.read()
    os.kill(record.pid, signal.SIGKILL)
    await all_ended(old, launches)
    assert seen == ["stopped"]


@pytest_twisted.ensureDeferred
async def test_an_app_of_a_stopped_project_is_not_adopted(node: Node) -> None:
    """What should have ended while the service was away ends now."""
    mark = serve(node)
    old = node.launches()
    await old.launch(asking("serve"))
    shutil.rmtree(node.directory / "running")
    launches = node.launches()
    launches.adopt()
    await all_ended(old, launches)
    assert running(mark) == []


@pytest_twisted.ensureDeferred
async def test_killed_between_record_and_start(node: Node) -> None:
    """A record that names no process is cleared away, and what bears its mark."""
    mark = serve(node)
    old = node.launches()
    launch = await old.launch(asking("serve"))
    (record,) = node.records.read()
    node.records.write(evolve(record, pid=0, started=0))
    launches = node.launches()
    assert launches.adopt() == 0
    await all_ended(old, launches)
    assert running(mark) == []
    assert node.records.read() == []
    again = await launches.launch(asking("serve"))
    assert again.id != launch.id
    await launches.stop_project("p1")


@pytest_twisted.ensureDeferred
async def test_only_in_a_running_project(node: Node) -> None:
    """An app of a project that is not running here is a conflict."""
    serve(node)
    launches = node.launches()
    with pytest.raises(Conflict, match="not running"):
        await launches.launch(asking("serve", project=OTHER))


@pytest_twisted.ensureDeferred
async def test_who_has_left_the_team_has_no_apps(node: Node) -> None:
    """Theirs end whole, the others' go on."""
    mark = serve(node)
    launches = node.launches()
    mine = await launches.launch(asking("serve"))
    await launches.launch(asking("serve", "bob"))
    assert len(running(mark)) == 4
    await launches.end_others("p1", frozenset({"ada", "carol"}))
    assert launches.list("p1") == (mine,)
    assert len(running(mark)) == 2
    await launches.end_others("p1", frozenset())
    assert running(mark) == []


@pytest.mark.parametrize(
    ("permission", "stays"), [("read", True), ("method", True), ("write", False)]
)
@pytest_twisted.ensureDeferred
async def test_a_reader_keeps_what_is_for_readers(
    node: Node, permission: str, *, stays: bool
) -> None:
    """Who may only read goes on doing so when the team changes."""
    serve(node, permission=permission)
    launches = node.launches()
    theirs = await launches.launch(asking("serve", "bob"))
    await launches.end_others("p1", frozenset({"ada"}), frozenset({"bob"}))
    assert launches.list("p1") == ((theirs,) if stays else ())
    await launches.end_others("p1", frozenset({"ada"}))
    assert launches.list("p1") == ()


@pytest_twisted.ensureDeferred
async def test_at_most_so_many(node: Node) -> None:
    """A project that runs as many apps as it may is told so."""
    serve(node)
    node.limits = LaunchLimits(per_project=1)
    launches = node.launches()
    await launches.launch(asking("serve"))
    with pytest.raises(Conflict, match="already runs 1 apps"):
        await launches.launch(asking("serve", "bob"))
    await launches.stop_project("p1")


@pytest_twisted.ensureDeferred
async def test_logs_of_running_apps_are_bounded(node: Node) -> None:
    """What an app floods is cut while it runs; what it said last is put aside."""
    serve(node)
    node.limits = LaunchLimits(log_bytes=100)
    launches = node.launches()
    await launches.launch(asking("serve"))
    log = node.directory / "log/appLogs/ada/lab/ada/serve.log"
    with log.open("a") as file:
        file.write("x" * 200 + "last")
    await launches.bound_logs()
    assert log.stat().st_size == 0
    assert log.with_name("serve.log.1").read_text().endswith("last")
    await launches.stop_project("p1")


@pytest_twisted.ensureDeferred
async def test_reap_leaves_nothing(node: Node) -> None:
    """Every launch of an installation is ended without asking the service."""
    mark = serve(node, source=NASTY)
    launches = node.launches()
    await launches.launch(asking("serve"))
    assert reap.reap(node.directory / "launches", 0.2) == 0
    assert running(mark) == []
    await all_ended(launches)
