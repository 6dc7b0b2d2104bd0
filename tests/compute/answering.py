"""A node's API without processes, for tests, and a gateway that asks it."""

from typing import Any

from attrs import define
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it

from aen.compute.api import ComputeApi, OneGateway
from aen.compute.environment_ground import EnvironmentGround
from aen.compute.environment_work import EnvironmentWork
from aen.compute.environments.settings import Provider
from aen.compute.launches import Launches
from aen.compute.project_ground import Measured
from aen.compute.project_state import ProjectStates
from aen.compute.project_work import ProjectWork
from aen.compute.resources import ResourceBoard
from aen.compute.running import RunningProjects
from aen.compute.status import StatusBoard
from aen.compute.usage import Meter, UsageLimits
from aen.compute.use_book import UseBook
from aen.model.names import ProjectPath
from aen.wire import routes, tickets
from aen.wire.call import Door
from aen.wire.client import Place, WireClient
from aen.wire.messages import Launch, Line
from tests.compute.fake_directories import FakeDirectories
from tests.compute.fake_spawner import FakeSpawner
from tests.compute.ground import Node
from tests.compute.local_tool import FilePackages, LocalTool
from tests.compute.shipped import new_shipments

reactor: Any = _reactor
KEY = tickets.SigningKey(b"g" * 32)


@define
class Rules:
    """When apps are stopped: an hour after their last use."""

    book: UseBook

    def last_use(self, launch: Launch) -> float:
        """Return what the book says."""
        return self.book.last(launch)

    def until(self, launch: Launch) -> float:
        """Return an hour later."""
        return self.book.last(launch) + 3600


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
    files = FakeDirectories(node.directory / "projects", there=False)

    async def check() -> tuple[str, ...]:
        return ()

    async def measure(_: ProjectPath) -> Measured:
        return Measured(4711, 2, whole=True)

    board = StatusBoard("n1", "here", ground.manifests, ground.running, check)
    work = ProjectWork(files, launches, ground.running, board.look)
    door = Door(tickets.node("n1"), OneGateway(KEY.public), reactor)
    meter = Meter(reactor, measure, UsageLimits(sample=0.01))
    book = UseBook(node.directory / "uses.json")
    resources = ResourceBoard(launches, files, meter, Rules(book), board.status)
    changes = EnvironmentWork(changes_ground(node, files, ground.running))
    shipments = new_shipments(node.directory / "projects", work)
    return ComputeApi(
        door, work, launches, files, board, resources, book, changes, shipments
    )


def changes_ground(
    node: Node, files: FakeDirectories, running: RunningProjects
) -> EnvironmentGround:
    """Return what changes of environments stand on; nothing is on disk."""
    states = ProjectStates(node.directory / "projects")
    packages = {"builtin": FilePackages()}
    tool, none = LocalTool(), lambda _: ()
    return EnvironmentGround(
        files, states, running, tool, packages, Provider.BUILTIN, none
    )
