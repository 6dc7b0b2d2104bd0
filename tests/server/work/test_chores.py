"""What is done by the clock on a real server."""

from pytest_twisted import ensureDeferred

from aen.model.schedule import Every
from aen.server.work.chores import chores
from tests.server.furnished import furnished


@ensureDeferred
async def test_every_chore_can_be_done() -> None:
    """Twice without harm, on a store with nothing in it."""
    world = await furnished(trim_every=5.0)
    found = {one.name: one for one in chores(world.rooms)}
    assert {"late-teams", "trim"} <= set(found)
    assert found["trim"].when == Every(5.0)
    for chore in found.values():
        for _ in range(2):
            assert isinstance(await chore.work(), str)


@ensureDeferred
async def test_what_has_expired_is_forgotten() -> None:
    """Ended sessions go, as the settings say."""
    world = await furnished(session_days=1.0)
    await world.person("ada")
    sessions = world.database.collection("sessions")
    assert await sessions.count({}) == 1
    world.clock.advance(3 * 86_400.0)
    trim = next(one for one in chores(world.rooms) if one.name == "trim")
    await trim.work()
    assert await sessions.count({}) == 0
