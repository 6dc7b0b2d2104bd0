"""How a node begins, and what it keeps up."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, evolve, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.task import Clock
from twisted.logger import LogEvent, globalLogPublisher

from aen.compute.manifests import Manifests
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
    """Projects whose sweeping is noted."""

    swept: list[str] = field(factory=list)

    async def sweep(self) -> None:
        """Note it."""
        self.swept.append("swept")


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


@pytest.fixture
def events() -> Any:
    """Return what is logged."""
    seen: list[LogEvent] = []
    observer: Any = seen.append
    globalLogPublisher.addObserver(observer)
    yield seen
    globalLogPublisher.removeObserver(observer)


def beginning(node: Node, settings: ComputeSettings) -> Beginning:
    """Return the service that begins a node's work."""
    launches = node.launches()
    ground = launches._ground
    directories: Any = FakeDirectories()
    return Beginning(settings, ground.records, ground.running, launches, directories)


@pytest_twisted.ensureDeferred
async def test_a_node_that_begins_finds_its_apps(
    tmp_path: Path, events: list[LogEvent]
) -> None:
    """Projects still run, apps are adopted, and the mode is said plainly."""
    node = Node(tmp_path, reactor, spawner=FakeSpawner(reactor))
    node.manifest("app", ["run", "%(socket)s"])
    node.start(PROJECT)
    await node.launches().launch(asking("app"))
    settings = ComputeSettings("n1", "k", prefix=str(tmp_path / "prefix"))
    settings = evolve(settings, projectRoot=str(tmp_path / "projects"))
    service = beginning(node, settings)
    service.privilegedStartService()
    service.startService()
    texts = [str(event.get("text", "")) for event in events]
    assert any("Single-user mode" in text for text in texts)
    assert any(event.get("adopted") == 1 for event in events)
    assert settings.logs.is_dir()
    await service._launches.stop_project("p1")


def test_a_place_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    """One sentence, no traceback."""
    (tmp_path / "file").write_text("")
    settings = ComputeSettings("n1", "k", projectRoot=str(tmp_path / "file/projects"))
    with pytest.raises(Invalid, match="cannot be used"):
        beginning(Node(tmp_path, reactor), settings).privilegedStartService()


@pytest_twisted.ensureDeferred
async def test_no_template_is_a_warning(tmp_path: Path, events: list[LogEvent]) -> None:
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
    service = Housekeeping(clock, environments, launches, board)
    service.startService()
    clock.advance(30)
    clock.advance(30)
    await service.stopService()
    assert environments.asked == ["default", "jupyter", "stop"]
    assert checks == [0, 30, 60]
    assert any(event.get("why") == "There is no network." for event in events)
    assert not clock.getDelayedCalls()
