"""How a node begins, and what it keeps up."""

from pathlib import Path
from typing import Any, cast

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from aen.compute.launches import Launches
from aen.compute.manifests import Manifests
from aen.compute.mode import Mode
from aen.compute.running import RunningProjects
from aen.compute.settings import ComputeSettings
from aen.compute.status import StatusBoard
from aen.compute.upkeep import Beginning, Housekeeping
from aen.model.errors import Failed, Invalid
from tests.compute.fake_spawner import FakeSpawner
from tests.compute.ground import PROJECT, Node, asking

reactor: Any = _reactor


@define
class FakeDirectories:
    """Projects whose sweeping takes as long as the test wants."""

    sweeping: Deferred[None] = field(factory=Deferred)

    async def sweep(self) -> None:
        """Wait for the test."""
        await self.sweeping


@define
class FakeEnvironments:
    """Templates that cannot be built."""

    asked: list[str] = field(factory=list)

    async def ready(self, template: str, report: object) -> Path:
        """Fail."""
        self.asked.append(template)
        raise Failed("There is no network.")

    async def stop(self) -> None:
        """Note it."""
        self.asked.append("stop")


@define
class FakeCulling:
    """Notes when it is asked to look."""

    clock: Clock
    turns: list[float] = field(factory=list)
    stopped: bool = False

    async def turn(self) -> None:
        """Note it."""
        self.turns.append(self.clock.seconds())

    async def stop(self) -> None:
        """Note it."""
        self.stopped = True


@define(eq=False)
class Scene:
    """The beginning of a service on a node's directory."""

    node: Node
    settings: ComputeSettings
    directories: FakeDirectories = field(factory=FakeDirectories)
    launches: Launches = field(init=False)
    service: Beginning = field(init=False)

    def __attrs_post_init__(self) -> None:
        ground, directories = self.node.ground(), cast("Any", self.directories)
        self.launches = Launches(ground)
        self.service = Beginning(
            self.settings, ground.records, ground.running, self.launches, directories,
            Mode(),
        )  # fmt: skip


def scene(tmp_path: Path, projects: str = "projects") -> Scene:
    """Return a node with one app whose project runs."""
    node = Node(tmp_path, reactor, spawner=FakeSpawner(reactor))
    node.manifest("app", ["run", "%(socket)s"])
    node.start(PROJECT)
    prefix, root = str(tmp_path / "prefix"), str(tmp_path / projects)
    return Scene(node, ComputeSettings("n1", "k", prefix=prefix, projectRoot=root))


@pytest_twisted.ensureDeferred
async def test_a_node_that_begins_finds_its_apps(
    tmp_path: Path, logged: list[LogEvent]
) -> None:
    """Projects still run, apps are adopted, and the mode is said plainly."""
    one = scene(tmp_path)
    await one.node.launches().launch(asking("app"))
    one.service.privilegedStartService()
    one.service.startService()
    texts = [str(event.get("text", "")) for event in logged]
    assert any("Single-user mode" in text for text in texts)
    assert any(event.get("adopted") == 1 for event in logged)
    assert one.settings.logs.is_dir()
    await one.service.stopService()
    assert [launch.state for launch in one.launches.list()] == ["running"]
    await one.launches.stop_project("p1")


@pytest_twisted.ensureDeferred
async def test_a_sweep_under_way_ends_with_the_service(tmp_path: Path) -> None:
    """What is not swept now is swept at the next beginning."""
    one = scene(tmp_path)
    one.service.privilegedStartService()
    one.service.startService()
    assert not one.directories.sweeping.called
    await one.service.stopService()
    assert one.directories.sweeping.called


def test_a_place_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    """One sentence, no traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Invalid, match="cannot be used"):
        scene(tmp_path, "file/projects").service.privilegedStartService()


@pytest_twisted.ensureDeferred
async def test_no_template_is_a_warning(tmp_path: Path, logged: list[LogEvent]) -> None:
    """A node without a network still begins, and says what is missing."""
    clock, checks = Clock(), []

    async def check() -> tuple[str, ...]:
        checks.append(clock.seconds())
        return ()

    running = RunningProjects(tmp_path / "running")
    manifests = Manifests(tmp_path, own=tmp_path)
    board = StatusBoard("n1", "here", manifests, running, check)
    environments: Any = FakeEnvironments()
    launches = Node(tmp_path, clock).launches()
    culling: Any = FakeCulling(clock)
    service = Housekeeping(clock, environments, launches, board, culling)
    service.startService()
    clock.advance(30)
    clock.advance(30)
    await service.stopService()
    assert environments.asked == ["default", "jupyter", "stop"]
    assert checks == [0, 30, 60]
    assert culling.turns[0] >= 45
    assert culling.stopped
    assert any(event.get("why") == "There is no network." for event in logged)
    assert not clock.getDelayedCalls()
