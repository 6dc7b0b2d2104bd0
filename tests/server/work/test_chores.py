"""What is done by the clock on a real server."""

from pathlib import Path

from pytest_twisted import ensureDeferred

from aen.model.schedule import Daily, Every
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


@ensureDeferred
async def test_backups_are_made_where_they_are_wanted(tmp_path: Path) -> None:
    """Off by default; each turn makes one, as the settings say."""
    plain = await furnished()
    assert "backup" not in {one.name for one in chores(plain.rooms)}
    world = await furnished(
        prefix=str(tmp_path / "s"),
        backup_folder=str(tmp_path),
        backup_at="04:00",
        backup_seconds=60.0,
    )
    chore = next(one for one in chores(world.rooms) if one.name == "backup")
    assert (chore.when, chore.limit) == (Daily("04:00"), 60.0)
    assert "records" in await chore.work()
    assert len(list(tmp_path.glob("aen-*.tar.gz"))) == 1
