"""The server's own life."""

from attrs import define, field
from pytest_twisted import ensureDeferred
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.errors import Unavailable
from aen.runtime.services import InOrder
from aen.server.channel import Channels
from aen.server.life import Life
from aen.server.project_work import ProjectWork
from aen.server.store.collection import Index
from aen.server.store.memory import MemoryDatabase
from aen.server.worker import Pace, Worker
from tests.server.furnished import at, furnished


class LateDatabase(MemoryDatabase):
    """A store that is not there at first."""

    away = 0

    async def prepare(self, indexes: "tuple[Index, ...] | list[Index]") -> None:  # type: ignore[override]
        """Fail a few times."""
        if self.away:
            self.away -= 1
            raise Unavailable("The store does not answer.")
        await super().prepare(indexes)


@ensureDeferred
async def test_work_begins_when_the_store_is_there() -> None:
    """A server may be up before its store, and loses nothing by it."""
    database = LateDatabase()
    world = await furnished(database=database)
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    rooms = world.rooms
    work = ProjectWork(
        rooms.archive, rooms.events, rooms.nodes, rooms.settings, world.clock
    )
    worker = Worker(rooms.archive.tasks, work, rooms.events, world.clock, "w", Pace())
    channels = Channels(
        rooms.centers, rooms.archive.projects, rooms.events, world.clock
    )
    database.away = 3
    life = Life(rooms, channels, worker, world.clock)
    life.startService()
    await rooms.projects.start(ada, at("ada/lab"))
    assert world.nodes.asked == []
    for _ in range(3):
        world.clock.advance(0.5)
    assert world.nodes.routes == ["start"]
    await life.stopService()
    assert world.clock.getDelayedCalls() == []


@ensureDeferred
async def test_a_life_may_end_before_its_store_has_come() -> None:
    """Nothing is left behind."""
    database = LateDatabase()
    world = await furnished(database=database)
    rooms = world.rooms
    channels = Channels(
        rooms.centers, rooms.archive.projects, rooms.events, world.clock
    )
    database.away = 10**6
    life = Life(rooms, channels, None, world.clock)
    life.startService()
    world.clock.advance(5)
    await life.stopService()
    assert world.clock.getDelayedCalls() == []


@define(eq=False)
class Slow(Service):
    """Takes a second to stop."""

    clock: Clock
    label: str
    ended: list[str] = field(factory=list)

    def stopService(self) -> Deferred[None]:
        """Stop in a second."""
        stopped: Deferred[None] = Deferred()

        def end() -> None:
            self.ended.append(self.label)
            stopped.callback(None)

        self.clock.callLater(1, end)
        return stopped


@ensureDeferred
async def test_the_last_service_stops_first() -> None:
    """Nobody loses the store while still writing to it."""
    clock, ended = Clock(), list[str]()
    services = InOrder()
    for label in ("store", "worker", "pages"):
        Slow(clock, label, ended).setServiceParent(services)
    services.startService()
    stopping = services.stopService()
    clock.pump([1, 1])
    assert ended == ["pages", "worker"]
    clock.advance(1)
    await stopping
    assert ended == ["pages", "worker", "store"]
