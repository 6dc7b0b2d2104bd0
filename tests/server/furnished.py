"""The server's rooms over a database in memory, and a data center that plays along."""

from collections.abc import Callable
from typing import Any, TypeVar

from argon2 import PasswordHasher
from attrs import AttrsInstance, define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.names import AppName, ProjectPath, parse_project_path
from aen.model.projects import Project
from aen.model.users import Caller, Role
from aen.server.passwords import Passwords
from aen.server.records import NewProject
from aen.server.rooms import Parts, Rooms, furnish
from aen.server.settings import ServerSettings
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.wire.client import OnLine, Place
from aen.wire.messages import NodeStatus
from aen.wire.routes import Route
from aen.wire.tickets import SigningKey

T = TypeVar("T", bound=AttrsInstance)
PASSWORD = "correct horse"
GATEWAY_KEY = SigningKey(b"g" * 32)
SERVER_KEY = SigningKey(b"s" * 32)
GATEWAY = "http://east.example:8089"
Story = Callable[[AttrsInstance, OnLine], None]


@define
class FakeNodes:
    """A data center's nodes: notes what is asked and answers as a test says."""

    asked: list[tuple[str, str]] = field(factory=list)
    answers: dict[type, Any] = field(factory=dict)
    errors: list[Exception] = field(factory=list)
    story: Story | None = None
    wait: "Deferred[None] | None" = None

    async def ask(
        self,
        at: Place,
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
    ) -> T:
        """Answer what `answers` has for the type."""
        self.asked.append((at.base + at.path, route.path))
        if self.errors:
            raise self.errors.pop(0)
        found: T = self.answers[answer] if answer in self.answers else answer()
        return found

    async def follow(
        self, at: Place, route: Route, message: AttrsInstance, on_line: OnLine
    ) -> None:
        """Fail with the next error, else play the story, wait, and be done."""
        self.asked.append((at.base + at.path, route.path))
        if self.errors:
            raise self.errors.pop(0)
        if self.story is not None:
            self.story(message, on_line)
        if self.wait is not None:
            await self.wait

    @property
    def routes(self) -> list[str]:
        """The last word of each path asked, in order."""
        return [path.rpartition("/")[2] for _, path in self.asked]


async def _here(work: Callable[[], str]) -> str:
    return work()


def quick_passwords() -> Passwords:
    """Return hashing that is real but takes no time."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return Passwords(_here, hasher)


@define
class World:
    """A server in memory with a clock that a test turns."""

    clock: Clock
    database: MemoryDatabase
    nodes: FakeNodes
    rooms: Rooms

    async def person(self, name: str, role: Role = Role.USER) -> Caller:
        """Return somebody new, signed in."""
        accounts = self.rooms.accounts
        await accounts.add_user(None, name, PASSWORD, role=role)
        _, caller = await accounts.sign_in(name, PASSWORD, "10.0.0.1", "tests")
        return caller

    async def center(self, name: str = "east", node: str = "n1") -> None:
        """Add a data center with one node that answers."""
        centers = self.rooms.centers
        await centers.register(None, name, GATEWAY, GATEWAY_KEY.public)
        await centers.add_node(None, name, node, f"http://{node}:5002")

    async def app(self, name: str = "notebook", **parts: Any) -> None:
        """Have the node say that it offers an app."""
        app = AppSummary(
            **{
                "name": AppName(name),
                "title": name.capitalize(),
                "icon": name,
                "permission": Permission.WRITE,
                "instance": Instance.USER,
                **parts,
            }
        )
        status = NodeStatus("n1", "1", single_user=True, projects=0, apps=(app,))
        await self.rooms.centers.heard_status("east", status)

    async def project(self, caller: Caller, name: str = "lab", **parts: Any) -> Project:
        """Return a new project of *caller*."""
        return await self.rooms.projects.create(caller, NewProject(name, **parts))


async def furnished(
    clock: Clock | None = None,
    database: MemoryDatabase | None = None,
    **settings: Any,
) -> World:
    """Return an empty server; give *database* to have two share one store."""
    clock = clock or Clock()
    if clock.seconds() == 0:
        clock.advance(1_000_000_000.0)
    database = database or MemoryDatabase()
    await database.prepare(INDEXES)
    nodes = FakeNodes()
    parts = Parts(
        settings=ServerSettings(**{"public_url": "http://aen.example", **settings}),
        clock=clock,
        database=database,
        passwords=quick_passwords(),
        key=SERVER_KEY,
        nodes=nodes,
    )
    return World(clock, database, nodes, furnish(parts))


def at(text: str) -> ProjectPath:
    """Return the path written as ``owner/project``."""
    owner, _, name = text.partition("/")
    return parse_project_path(owner, name)
