"""The server's rooms over a database in memory, and a data center that plays along."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from argon2 import PasswordHasher
from attrs import AttrsInstance, define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.errors import Unavailable
from aen.model.names import AppName, ProjectPath, parse_project_path
from aen.model.projects import Project, State, TeamRole
from aen.model.tasks import Task
from aen.model.users import Caller, Role
from aen.server.channel import Channels
from aen.server.directories.directory import Directory
from aen.server.events import project_topic
from aen.server.passwords import Passwords
from aen.server.records import Event, NewProject
from aen.server.rooms import Parts, Rooms, furnish
from aen.server.settings import ServerSettings
from aen.server.store.collection import Collection, Index
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.tasks import TasksWanted
from aen.server.work.handlers import handlers
from aen.server.work.worker import Pace, Worker
from aen.wire.call import parse
from aen.wire.client import OnLine, Place
from aen.wire.messages import Launch, LaunchList, NodeStatus
from aen.wire.routes import LOAD_SHIPMENT, Route
from aen.wire.shipments import PieceQuestion, packed
from aen.wire.tickets import SigningKey
from tests.server.mailing import FakeMailer

T = TypeVar("T", bound=AttrsInstance)
PASSWORD = "correct horse"
GATEWAY_KEY = SigningKey(b"g" * 32)
SERVER_KEY = SigningKey(b"s" * 32)
URL = "http://aen.example"
GATEWAY = "http://east.example:8089"
LAB = parse_project_path("ada", "lab")
Story = Callable[[AttrsInstance, OnLine], None]


@define
class FakeNodes:
    """A data center's nodes: notes what is asked and answers as a test says."""

    asked: list[tuple[str, str]] = field(factory=list)
    """Where and by which path, whether it was answered or not."""
    followed: list[AttrsInstance] = field(factory=list)
    """The messages of what was begun and told about while it went on."""
    answers: dict[type, Any] = field(factory=dict)
    errors: list[Exception] = field(factory=list)
    story: Story | None = None
    wait: "Deferred[None] | None" = None
    silent: bool = False
    """Whether none of them answers."""

    async def ask(
        self,
        at: Place,
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
    ) -> T:
        """Fail with the next error, else answer what `answers` has for the type."""
        self._note(at, route)
        found: T = self.answers[answer] if answer in self.answers else answer()
        return found

    async def follow(
        self, at: Place, route: Route, message: AttrsInstance, on_line: OnLine
    ) -> None:
        """Fail with the next error, else play the story, wait, and be done."""
        self._note(at, route)
        self.followed.append(message)
        if self.story is not None:
            self.story(message, on_line)
        if self.wait is not None:
            await self.wait

    async def pass_on(self, at: Place, route: Route, body: bytes) -> bytes:
        """Fail with the next error, else be at the end of a project's files."""
        self._note(at, route)
        if route is not LOAD_SHIPMENT:
            return b"{}"
        return packed(parse(body, PieceQuestion), b"")

    def _note(self, at: Place, route: Route) -> None:
        self.asked.append((at.base + at.path, route.path))
        if self.errors:
            raise self.errors.pop(0)
        if self.silent:
            raise Unavailable("The data center does not answer.")

    @property
    def routes(self) -> list[str]:
        """The last word of each path asked, in order."""
        return [path.rpartition("/")[2] for _, path in self.asked]


class FickleDatabase(MemoryDatabase):
    """A store that a test sends away and lets come back."""

    away = False

    def collection(self, name: str) -> Collection:
        """Return a collection that is away when the store is."""
        return cast("Collection", _Fickle(self, super().collection(name)))

    async def prepare(self, indexes: Sequence[Index]) -> None:
        """Make the indexes, when it is there."""
        self.demand()
        await super().prepare(indexes)

    async def ping(self) -> None:
        """Answer, when it is there."""
        self.demand()

    def demand(self) -> None:
        """Raise `Unavailable` while it is away."""
        if self.away:
            raise Unavailable("The database does not answer.")


class _Fickle:
    def __init__(self, database: FickleDatabase, collection: Collection) -> None:
        self._database = database
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        self._database.demand()
        return getattr(self._collection, name)


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
    database: FickleDatabase
    nodes: FakeNodes
    rooms: Rooms
    mailer: FakeMailer

    def channels(self) -> Channels:
        """Return the channels of one process, not started."""
        return Channels.of(self.rooms)

    def worker(self, name: str = "w") -> Worker:
        """Return a worker that does what is asked of projects, not started."""
        rooms, clock = self.rooms, self.clock
        work, records = handlers(rooms), rooms.archive.tasks
        return Worker(records, work, rooms.events, clock, name, Pace())

    async def work(self) -> None:
        """Have what was asked for done by a worker."""
        worker = self.worker()
        worker.start()
        await worker.stop()

    async def person(self, name: str, role: Role = Role.USER) -> Caller:
        """Return somebody new, signed in."""
        accounts, access = self.rooms.accounts, self.rooms.access
        await accounts.add_user(None, name, PASSWORD, role=role)
        _, caller = await access.sign_in(name, PASSWORD, "10.0.0.1", "tests")
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

    async def tasks(self) -> tuple[Task, ...]:
        """Return all tasks, the newest first."""
        return (await self.rooms.archive.tasks.page(TasksWanted(), None, 200)).items

    def hear(self, topic: str) -> list[Event]:
        """Return a list that each event of *topic* is added to as it comes."""
        heard: list[Event] = []
        self.rooms.events.subscribe(topic, heard.append)
        return heard

    async def watch(self, path: ProjectPath = LAB) -> list[Event]:
        """Return a list that each event of a project is added to as it comes."""
        project = await self.rooms.archive.projects.at(path)
        assert project is not None
        return self.hear(project_topic(project.id))

    async def project(self, caller: Caller, name: str = "lab", **parts: Any) -> Project:
        """Return a new project of *caller*."""
        return await self.rooms.projects.create(caller, NewProject(name, **parts))


async def furnished(
    clock: Clock | None = None,
    database: FickleDatabase | None = None,
    nodes: FakeNodes | None = None,
    directory: Directory | None = None,
    **settings: Any,
) -> World:
    """Return an empty server; give *database* to have two share one store."""
    clock = clock or Clock()
    if clock.seconds() == 0:
        clock.advance(1_000_000_000.0)
    database = database or FickleDatabase()
    await database.prepare(INDEXES)
    nodes = nodes or FakeNodes()
    parts = Parts(
        settings=ServerSettings(**{"public_url": URL, **settings}),
        clock=clock,
        database=database,
        passwords=quick_passwords(),
        key=SERVER_KEY,
        nodes=nodes,
        directory=directory,
        mailer=(mailer := FakeMailer()),
    )
    return World(clock, database, nodes, furnish(parts), mailer)


async def task_of(rooms: Rooms, key: str) -> Task:
    """Return the task with that id as it is now."""
    found = await rooms.archive.tasks.with_id(key)
    assert found is not None
    return found


def at(text: str) -> ProjectPath:
    """Return the path written as ``owner/project``."""
    owner, _, name = text.partition("/")
    return parse_project_path(owner, name)


def launch(project: str, **parts: Any) -> Launch:
    """Return an app of the project with that id, run by ada."""
    return Launch(
        **{
            "id": "l1",
            "project_id": project,
            "owner": "ada",
            "project": "lab",
            "app": "notebook",
            "user": "ada",
            "title": "Notebook",
            "instance": "user",
            "permission": "write",
            "strip_prefix": False,
            "started": 1.0,
            **parts,
        }
    )


async def running(state: State = State.RUNNING) -> tuple[World, Caller, Caller]:
    """Return a project in *state* on the node n1, with bob in its team."""
    world = await furnished()
    await world.center()
    await world.app()
    ada, bob = await world.person("ada"), await world.person("bob")
    project = await world.project(ada)
    records = world.rooms.archive.projects
    await records.begin(project.id, "m", state, 0.0)
    (center,) = await world.rooms.centers.data_centers()
    await records.place(project.id, "m", center.nodes[0].name)
    await records.finish(project.id, "m", state, None, 0.0)
    theirs = launch(project.id, id="l2", user="bob")
    stray = launch("other", id="l3")
    world.nodes.answers[LaunchList] = LaunchList((launch(project.id), theirs, stray))
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    return world, ada, bob
