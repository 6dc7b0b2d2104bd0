"""What the compute resources page is told."""

import os
from pathlib import Path
from typing import Any

import pytest_twisted
from attrs import define, evolve, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it

from aen.compute.helper.cgroups import Use
from aen.compute.project_ground import Measured
from aen.compute.resources import NodeLimits, ResourceBoard
from aen.compute.usage import Meter, UsageLimits
from aen.model.names import ProjectPath
from aen.wire.messages import Launch, Limit, NodeStatus
from tests.compute.fake_directories import FakeProjects
from tests.compute.ground import LAUNCH, PROJECT

reactor: Any = _reactor
OWN = evolve(LAUNCH, state="running")
GROUPED = evolve(OWN, id="l2")


async def _measure(path: ProjectPath) -> Measured:
    assert str(path) == "ada/lab"
    return Measured(4711, 2, whole=True)


@define
class Scene:
    """Two apps, one of them with a control group."""

    root: Path
    spent: float = 0.0
    apps: list[Launch] = field(factory=lambda: [OWN, GROUPED])

    def list(self, project_id: str = "") -> tuple[Launch, ...]:
        """Return the apps of the one project."""
        return tuple(self.apps) if project_id == "p1" else ()

    def pids_of(self, launch_id: str) -> set[int]:
        """Return our own process for the app without a group."""
        return {os.getpid()} if launch_id == "l1" else set()

    def last_use(self, launch: Launch) -> float:
        """Return a time."""
        return 5.0

    def until(self, launch: Launch) -> float:
        """Return a later one."""
        return 9.0

    def group(self, launch: Launch) -> Use | None:
        """Return what the group says; it works at each look."""
        if launch.id != "l2":
            return None
        self.spent += 1.0
        return Use(self.spent, 1000, 3)

    def board(self, limits: NodeLimits | None = None) -> ResourceBoard:
        """Return the board."""
        status = NodeStatus("n1", "1", True, 1, messages=("No ACL.",))
        meter = Meter(reactor, _measure, UsageLimits(sample=0.05, fresh=0.0))
        return ResourceBoard(
            self, FakeProjects(self.root), meter, self, lambda: status,
            limits or NodeLimits(), self.group,
        )  # fmt: skip


@pytest_twisted.ensureDeferred
async def test_each_app_by_what_tells_of_it(tmp_path: Path) -> None:
    """A control group where there is one, else its processes; all of them together."""
    limits = NodeLimits("cgroup v2", Limit(memory=1), Limit(cpu=2.0), 10)
    found = await Scene(tmp_path).board(limits).look(PROJECT)
    own, grouped = found.apps
    assert own.processes == 1
    assert own.memory > 1_000_000
    assert (grouped.memory, grouped.processes) == (1000, 3)
    assert 0 < grouped.cpu <= 2000
    assert found.usage.processes == 4
    assert found.usage.memory == own.memory + 1000
    assert (own.last_use, own.idle_until) == (5.0, 9.0)
    assert (found.node, found.limits_by, found.quota) == ("n1", "cgroup v2", 10)
    assert (found.app_limit.memory, found.project_limit.cpu) == (1, 2.0)
    assert found.messages == ("No ACL.",)
    assert found.environments[0].packages == ("ipykernel==7.0", "pip==24.0")


@pytest_twisted.ensureDeferred
async def test_a_project_without_apps(tmp_path: Path) -> None:
    """Uses its disk alone."""
    scene = Scene(tmp_path)
    scene.apps.clear()
    usage = await scene.board().usage(PROJECT)
    assert (usage.cpu, usage.memory, usage.processes) == (0, 0, 0)
    assert usage.disk == 4711
