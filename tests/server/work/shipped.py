"""A server with two data centers whose nodes have real disks, for tests of moves."""

from pathlib import Path
from typing import Any, TypeVar

from attrs import AttrsInstance, define, field
from typing_extensions import override

from aen.model.errors import AenError, Unavailable
from aen.model.projects import Project
from aen.model.tasks import Kind, Task, TaskState
from aen.model.users import Caller
from aen.server.store.tasks import End, Holder
from aen.server.work.handlers import handlers
from aen.server.work.hands import TryAgain
from aen.wire import routes
from aen.wire.call import parse
from aen.wire.client import OnLine, Place
from aen.wire.messages import Line
from aen.wire.routes import Route
from aen.wire.shipments import PieceQuestion, read_piece
from tests.compute.shipped import Depot
from tests.server.furnished import LAB, FakeNodes, World, furnished

T = TypeVar("T", bound=AttrsInstance)


@define(eq=False)
class Depots(FakeNodes):
    """Nodes that really send and take projects; all else is answered as a fake does."""

    depots: dict[str, Depot] = field(factory=dict)
    gone: set[str] = field(factory=set)
    """The names of nodes that do not answer."""
    breaks: dict[tuple[str, Route], Any] = field(factory=dict)
    """What happens once, before a node does what is asked."""

    def _depot(self, at: Place, route: Route) -> Depot:
        name = at.path.rpartition("/")[2]
        self._note(at, route)
        if name in self.gone:
            raise Unavailable(f"The node {name} does not answer.")
        act = self.breaks.pop((name, route), None)
        if act is not None:
            act()
        return self.depots[name]

    @override
    async def ask(
        self,
        at: Place,
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
    ) -> T:
        depot: Any = self._depot(at, route).shipments
        asked = {
            routes.PREPARE_SHIPMENT: depot.prepare,
            routes.EXPECT_SHIPMENT: depot.expect,
        }
        found: T = await asked[route](message)
        return found

    @override
    async def follow(
        self, at: Place, route: Route, message: AttrsInstance, on_line: OnLine
    ) -> None:
        depot: Any = self._depot(at, route).shipments
        asked = {
            routes.SETTLE_SHIPMENT: depot.settle,
            routes.CLEAR_SHIPMENT: depot.clear,
            routes.DROP_SHIPMENT: depot.drop,
        }
        if route in asked:
            await asked[route](message, lambda one: on_line(Line(progress=one)))

    @override
    async def pass_on(self, at: Place, route: Route, body: bytes) -> bytes:
        depot = self._depot(at, route).shipments
        if route is routes.LOAD_SHIPMENT:
            return await depot.load(parse(body, PieceQuestion))
        await depot.unload(read_piece(body))
        return b"{}"


@define(eq=False)
class Move:
    """A project of ada's on the node n1 of east; west has the node n2."""

    world: World
    nodes: Depots
    ada: Caller
    project: Project

    @classmethod
    async def made(cls, directory: Path) -> "Move":
        """Return one whose files are there."""
        nodes = Depots()
        world = await furnished(nodes=nodes, task_pauses=())
        await world.center("east", "n1")
        await world.center("west", "n2")
        ada = await world.person("ada")
        project = await world.project(ada, data_center="east")
        records = world.rooms.archive.projects
        await records.begin(project.id, "m", None, 0.0)
        center = await world.rooms.centers.center("east")
        await records.place(project.id, "m", center.nodes[0].name)
        await records.finish(project.id, "m", project.state, None, 0.0)
        for name in ("n1", "n2"):
            nodes.depots[name] = Depot(directory / name)
        nodes.depots["n1"].fill(project.id)
        return cls(world, nodes, ada, project)

    async def ask(self) -> Task:
        """Ask for the project to be moved to west."""
        return await self.world.rooms.projects.ship(self.ada, LAB, "west")

    async def take(self) -> tuple[Task, Holder]:
        """Take up the next task, as a worker does."""
        records, now = self.world.rooms.archive.tasks, self.world.clock.seconds()
        task = await records.claim("w", Kind, now, 30.0)
        assert task is not None
        return task, Holder(task.id, "w", task.attempts, task.kind)

    async def work(self, taken: tuple[Task, Holder] | None = None) -> Task:
        """Do the next task, or one that was taken up."""
        task, holder = taken or await self.take()
        try:
            await handlers(self.world.rooms).do(task, holder)
        except TryAgain:
            raise
        except AenError as error:
            await self._end(holder, End(TaskState.FAILED, error.message))
            raise
        await self._end(holder, End(TaskState.DONE))
        return task

    async def _end(self, holder: Holder, end: End) -> None:
        now = self.world.clock.seconds()
        await self.world.rooms.archive.tasks.finish(holder, end, now)

    async def now(self) -> Project:
        """Return the project as it is in the store."""
        found = await self.world.rooms.archive.projects.with_id(self.project.id)
        assert found is not None
        return found

    def whole(self) -> tuple[str, ...]:
        """On which nodes there are all files."""
        return tuple(
            name
            for name, one in self.nodes.depots.items()
            if (one.home / "data").is_file() and (one.home / "notes").is_file()
        )

    async def end(self) -> None:
        """End what was begun."""
        for one in self.nodes.depots.values():
            await one.shipments.stopService()


def restarted(depot: Depot) -> None:
    """Let a node forget all that was under way, as one that was killed does."""
    sessions = depot.shipments._sessions
    for one in sessions.values():
        if one.timer is not None:
            one.timer.cancel()
        one.program._process.loseConnection()
    sessions.clear()
    depot.begin()
