"""One thing at a time for each project, and joined starts."""

from pathlib import Path

import pytest
import pytest_twisted
from attrs import define, evolve, field, frozen
from twisted.internet.defer import Deferred, gatherResults

from aen.compute.project_work import ProjectWork
from aen.compute.running import RunningProjects
from aen.model.errors import Failed, Invalid
from aen.model.names import UserName
from aen.model.projects import Member, Progress, TeamRole
from aen.runtime.tasks import start
from aen.wire.messages import ProjectCopy, ProjectMove
from tests.compute.fake_directories import FakeDirectories
from tests.compute.ground import OTHER, PROJECT


@frozen
class FakeApps:
    """Notes which apps are ended."""

    did: list[str]

    async def end_others(
        self,
        project_id: str,
        allowed: frozenset[str],
        readers: frozenset[str] = frozenset(),
    ) -> None:
        """Note who stays, and who keeps what is for readers."""
        reading = [f"({one})" for one in sorted(readers)]
        self.did.append(" ".join(["keep", *sorted(allowed), *reading]))

    async def stop_project(self, project_id: str) -> None:
        """Note it."""
        self.did.append("stop apps")


@define(eq=False)
class Scene:
    """Work on projects, and all that is told of it."""

    directory: Path
    disk: FakeDirectories = field(init=False)
    gate: Deferred[None] = field(factory=Deferred)
    """What starts wait for."""
    changes: list[int] = field(factory=list)
    heard: list[Progress] = field(factory=list)
    running: RunningProjects = field(init=False)
    work: ProjectWork = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.running = RunningProjects(self.directory)
        self.running.load()
        self.disk = FakeDirectories(self.directory, gate=self.gate)
        self.work = ProjectWork(
            self.disk,
            FakeApps(self.disk.did),
            self.running,
            lambda: self.changes.append(len(self.running)),
        )


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a node without projects."""
    return Scene(tmp_path)


@pytest_twisted.ensureDeferred
async def test_started_twice_is_one_start(scene: Scene) -> None:
    """Whoever asks for a start under way joins it and hears how far it is."""
    one = start(scene.work.start(PROJECT, scene.heard.append))
    two = start(scene.work.start(PROJECT, scene.heard.append))
    assert scene.heard == [Progress("One")] * 2
    assert PROJECT.id not in scene.running
    scene.gate.callback(None)
    await gatherResults([one, two])
    assert scene.disk.did == ["start"]
    scene.running.demand(PROJECT)
    assert scene.changes == [1]


@pytest_twisted.ensureDeferred
async def test_a_failed_start_is_told_and_tried_again(scene: Scene) -> None:
    """Everybody who waits hears why; the next start really starts."""
    waiting = start(scene.work.start(PROJECT, scene.heard.append))
    scene.gate.errback(Failed("The disk of the node is full."))
    with pytest.raises(Failed, match="full"):
        await waiting
    assert PROJECT.id not in scene.running
    scene.disk.gate = None
    await scene.work.start(PROJECT, scene.heard.append)
    assert PROJECT.id in scene.running


@pytest_twisted.ensureDeferred
async def test_a_stop_waits_for_the_start(scene: Scene) -> None:
    """What was asked last is done last."""
    starting = start(scene.work.start(PROJECT, scene.heard.append))
    stopping = start(scene.work.stop(PROJECT, scene.heard.append))
    assert scene.disk.did == ["start"]
    scene.gate.callback(None)
    await gatherResults([starting, stopping])
    assert scene.disk.did == ["start", "stop apps"]
    assert PROJECT.id not in scene.running
    assert scene.heard[-1] == Progress("Stopping apps")


@pytest_twisted.ensureDeferred
async def test_reset_and_remove_end_apps_first(scene: Scene) -> None:
    """No app runs on files that are made anew or go away."""
    await scene.work.reset(PROJECT, scene.heard.append)
    assert scene.disk.did == ["stop apps", "reset"]
    assert PROJECT.id in scene.running
    await scene.work.remove(PROJECT, scene.heard.append)
    assert scene.disk.did[2:] == ["stop apps", "remove"]
    assert PROJECT.id not in scene.running


@pytest_twisted.ensureDeferred
async def test_a_bad_name_touches_nothing(scene: Scene) -> None:
    """Paths and ids are checked before anything is done."""
    for bad in (
        evolve(PROJECT, id="../x"),
        evolve(PROJECT, owner=".."),
        evolve(PROJECT, name=""),
    ):
        for verb in (scene.work.start, scene.work.stop, scene.work.remove):
            with pytest.raises(Invalid):
                await verb(bad, scene.heard.append)
    assert scene.disk.did == []


TEAM = (
    Member(UserName("bob")),
    Member(UserName("eve"), TeamRole.VIEWER),
    Member(UserName("max"), TeamRole.MAINTAINER),
)


@pytest_twisted.ensureDeferred
async def test_a_team_that_changes(scene: Scene) -> None:
    """The door first, then the apps of those who may no longer run any, then files."""
    await scene.work.apply_team(evolve(PROJECT, team=TEAM), scene.heard.append)
    keeping = "keep ada bob max (eve)"
    assert scene.disk.did == ["narrow", keeping, "team bob eve max"]
    assert PROJECT.id not in scene.running


@pytest_twisted.ensureDeferred
async def test_a_team_of_a_project_without_files(scene: Scene) -> None:
    """Nothing is to do."""
    scene.disk.there = False
    await scene.work.apply_team(PROJECT, scene.heard.append)
    assert scene.disk.did == ["narrow"]


@pytest_twisted.ensureDeferred
async def test_teams_in_a_row(scene: Scene) -> None:
    """Each is applied, in order, after the start that is under way; the last holds."""
    start = Deferred.fromCoroutine(scene.work.start(PROJECT, scene.heard.append))
    several = [
        Deferred.fromCoroutine(
            scene.work.apply_team(evolve(PROJECT, team=team), scene.heard.append)
        )
        for team in (TEAM, (), TEAM)
    ]
    assert scene.disk.did == ["start"]
    scene.gate.callback(None)
    for one in (start, *several):
        await one
    assert [one for one in scene.disk.did if one.startswith("team")] == [
        "team bob eve max",
        "team",
        "team bob eve max",
    ]
    assert [one.team for one in scene.running] == [TEAM]


@pytest_twisted.ensureDeferred
async def test_a_project_that_moves_is_stopped_first(scene: Scene) -> None:
    """Nothing runs in files on their way."""
    scene.running.add(PROJECT)
    asked = ProjectMove(evolve(PROJECT, owner="bob"), "ada", "lab")
    await scene.work.move(asked, scene.heard.append)
    assert scene.disk.did == ["stop apps", "move ada/lab to bob/lab"]
    assert len(scene.running) == 0


@pytest_twisted.ensureDeferred
async def test_a_copy_stops_nothing(scene: Scene) -> None:
    """What is copied runs on, and the copy does not run by itself."""
    scene.running.add(OTHER)
    await scene.work.duplicate(ProjectCopy(PROJECT, OTHER), scene.heard.append)
    assert scene.disk.did == ["copy ada/other p2 to ada/lab p1"]
    assert [one.id for one in scene.running] == ["p2"]
