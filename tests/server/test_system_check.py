"""How the server itself is."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Forbidden
from aen.model.users import Role
from aen.runtime.version import own_version
from aen.server.site_values import NewSmtp, SiteChanges
from aen.server.store.schedule import Outcome
from aen.wire.messages import NodeStatus
from tests.server.furnished import furnished


@ensureDeferred
async def test_a_fresh_server() -> None:
    """What is missing is said first."""
    world = await furnished()
    root = await world.person("root1", Role.SUPERUSER)
    system = await world.rooms.admin.system.look(root)
    told = [one.text for one in system.findings]
    goods = [one.good for one in system.findings]
    assert goods == sorted(goods)
    for part in ("no data center", "No worker", "answers in", "1 administrator can"):
        assert any(part in one for one in told), part
    assert [name for name, _ in system.versions] == [
        "AEN", "Python", "Twisted", "System",
    ]  # fmt: skip


@ensureDeferred
async def test_what_is_set_up() -> None:
    """Mail, nodes, work by the clock."""
    world = await furnished()
    root = await world.person("root1", Role.SUPERUSER)
    await world.center()
    await world.app()
    told = await world.rooms.admin.system.look(root)
    texts = [one.text for one in told.findings]
    assert not own_version() or any("runs version 1" in one for one in texts)
    status = NodeStatus("n1", own_version(), single_user=True, projects=0)
    await world.rooms.centers.heard_status("east", status)
    smtp = NewSmtp("m.example", 25, "a@b.c")
    await world.rooms.site.change(root, SiteChanges(smtp=smtp))
    schedule = world.rooms.archive.schedule
    await schedule.put("sweep", "Sweep", "hourly", 1.0)
    told = await world.rooms.admin.system.look(root)
    text = "\n".join(one.text for one in told.findings if one.good)
    for part in ("through m.example", "Every node answers", "by the clock succeeds"):
        assert part in text
    await world.rooms.centers.heard_silence("east", "n1")
    told = await world.rooms.admin.system.look(root)
    assert "“n1” of “east” is silent" in told.findings[0].text


@ensureDeferred
async def test_a_backup_that_failed() -> None:
    """It is said once, and why."""
    world = await furnished()
    root = await world.person("root1", Role.SUPERUSER)
    system, schedule = world.rooms.admin.system, world.rooms.archive.schedule
    assert (await system.backups(root)).good
    now = world.clock.seconds()
    await schedule.put("backup", "Make a backup", "daily", now)
    turn = await schedule.claim("backup", "w", now, 60.0)
    assert turn is not None
    await schedule.end(turn, "w", Outcome(good=False, words="No space."), now, now)
    assert not (await system.backups(root)).good
    texts = [one.text for one in (await system.look(root)).findings]
    assert sum("No space." in one for one in texts) == 1
    with pytest.raises(Forbidden):
        await system.backups(await world.person("ada"))


@ensureDeferred
async def test_without_the_store() -> None:
    """That is what is said, not an error."""
    world = await furnished()
    root = await world.person("root1", Role.SUPERUSER)
    world.database.away = True
    system = await world.rooms.admin.system.look(root)
    assert "The store does not answer" in system.findings[0].text


@ensureDeferred
async def test_only_superusers() -> None:
    """Staff do not."""
    world = await furnished()
    sam = await world.person("sam", Role.STAFF)
    with pytest.raises(Forbidden):
        await world.rooms.admin.system.look(sam)
