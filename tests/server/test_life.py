"""The server's own life."""

from pytest_twisted import ensureDeferred

from aen.server.life import Life
from tests.server.furnished import LAB, furnished


@ensureDeferred
async def test_work_begins_when_the_store_is_there() -> None:
    """A server may be up before its store, and loses nothing by it."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    await world.rooms.projects.start(ada, LAB)
    world.database.away = True
    life = Life(world.rooms, world.channels(), world.worker(), world.clock)
    life.startService()
    world.clock.pump([0.5] * 6)
    assert world.nodes.asked == []
    world.database.away = False
    world.clock.pump([0.5] * 6)
    assert world.nodes.routes == ["start"]
    await life.stopService()
    assert world.clock.getDelayedCalls() == []


@ensureDeferred
async def test_a_life_may_end_before_its_store_has_come() -> None:
    """Nothing is left behind."""
    world = await furnished()
    world.database.away = True
    life = Life(world.rooms, world.channels(), None, world.clock)
    life.startService()
    world.clock.advance(5)
    await life.stopService()
    assert world.clock.getDelayedCalls() == []
