"""Nodes of one account between which projects move, with real programs."""

from pathlib import Path
from typing import Any

from attrs import define, field
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.programs.piping import Pipes
from aen.compute.programs.steps import ChildSteps
from aen.compute.project_ground import OwnGround
from aen.compute.project_state import ProjectState, ProjectStates
from aen.compute.project_work import ProjectWork
from aen.compute.running import RunningProjects
from aen.compute.shipments import ShipmentGround, Shipments
from aen.model.projects import Progress
from aen.wire.messages import ProjectOnDisk
from aen.wire.shipments import (
    Cargo,
    Expected,
    PieceQuestion,
    ShipmentQuestion,
    read_piece,
)
from tests.compute.fake_directories import FakeDirectories

REACTOR: Any = reactor
LAB = ProjectOnDisk("p1", "ada", "lab")
FIRST = ShipmentQuestion(LAB, "s1")


class NoApps:
    """A node on which nothing runs."""

    def __init__(self) -> None:
        self.stopped: list[str] = []

    async def stop_project(self, project_id: str) -> None:
        """Note that all of it is to end."""
        self.stopped.append(project_id)

    async def end_others(
        self,
        project_id: str,
        allowed: frozenset[str],
        readers: frozenset[str] = frozenset(),
    ) -> None:
        """End nothing."""


def new_shipments(root: Path, work: ProjectWork, **more: Any) -> Shipments:
    """Return the shipments of a node whose projects are below *root*."""
    steps = ChildSteps(REACTOR, 60)
    ground = more.get("ground") or OwnGround(root, steps)
    pipes = more.get("pipes") or Pipes(steps, root)
    states = ProjectStates(root)
    return Shipments(ShipmentGround(root, states, ground, work, pipes, REACTOR))


@define(eq=False)
class Depot:
    """One node."""

    root: Path
    apps: NoApps = field(factory=NoApps)
    more: dict[str, Any] = field(factory=dict)
    told: list[Progress] = field(factory=list)
    shipments: Shipments = field(init=False)
    running: RunningProjects = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.begin()

    def begin(self) -> None:
        """Be the node, as after a restart."""
        run = self.root.parent / f"{self.root.name}-run"
        self.running = RunningProjects(run)
        self.running.load()
        files = FakeDirectories(self.root)
        work = ProjectWork(files, self.apps, self.running, lambda: None)
        self.shipments = new_shipments(self.root, work, **self.more)

    @property
    def home(self) -> Path:
        """Where the project is, if it is here."""
        return self.root / "ada" / "lab"

    @property
    def state(self) -> ProjectState | None:
        """What the node remembers of it."""
        return ProjectStates(self.root).read("p1")

    @property
    def clean(self) -> bool:
        """Whether nothing of the project is here, nor is anything half made."""
        staged = self.root / ".staging"
        left = list(staged.iterdir()) if staged.is_dir() else []
        return not self.home.exists() and self.state is None and not left

    def fill(self, project_id: str = "p1") -> None:
        """Make the project, with an environment and a file of some size."""
        (self.home / "envs/default/bin").mkdir(parents=True)
        (self.home / "public").mkdir()
        (self.home / "notes").write_text("hello")
        (self.home / "data").write_bytes(bytes(range(256)) * 10_000)
        script = self.home / "envs/default/bin/tool"
        script.write_text(f"#!{self.home}/envs/default/bin/python\n")
        (self.home / "envs/default/pyvenv.cfg").write_text("version = 3.11\n")
        state = ProjectState("ada/lab", active="mine")
        ProjectStates(self.root).write(project_id, state)


async def carry(
    source: Depot, target: Depot, asked: ShipmentQuestion = FIRST, pieces: int = 1000
) -> int:
    """Carry at most so many pieces between nodes; return how many there were.

    The last one is empty.
    """
    cargo: Cargo = await source.shipments.prepare(asked)
    expected = Expected(asked.project, asked.shipment, cargo)
    if (await target.shipments.expect(expected)).here:
        return 0
    for number in range(pieces):
        question = PieceQuestion(asked.project.id, asked.shipment, number)
        piece = read_piece(await source.shipments.load(question))
        if not piece.content:
            return number
        await target.shipments.unload(piece)
    return pieces
