"""Tasks: asked for once, seen by administrators."""

import pytest
import pytest_twisted

from aen.model.errors import Conflict
from aen.model.tasks import Kind
from aen.server.store.tasks import End, Holder
from tests.server.furnished import furnished, task_of


@pytest.mark.parametrize("active", list(Kind))
@pytest.mark.parametrize("asked", list(Kind))
@pytest_twisted.ensureDeferred
async def test_one_active_task_for_a_key(active: Kind, asked: Kind) -> None:
    """The same is the same; what weighs more takes over; what weighs less waits."""
    world = await furnished()
    tasks = world.rooms.tasks
    first = await tasks.add(active, "project:1", {"n": 1}, "ada")
    if asked.nature.weight < active.nature.weight:
        with pytest.raises(Conflict):
            await tasks.add(asked, "project:1", {"n": 2}, "bob")
        return
    second = await tasks.add(asked, "project:1", {"n": 2}, "bob")
    assert (second.id, second.kind) == (first.id, asked)
    assert second.arguments == ({"n": 1} if asked is active else {"n": 2})
    assert await tasks.active("project:1") == second


@pytest_twisted.ensureDeferred
async def test_a_key_is_free_when_its_task_has_ended() -> None:
    """And the ended one is kept for history."""
    world = await furnished()
    tasks, records = world.rooms.tasks, world.rooms.archive.tasks
    first = await tasks.add(Kind.START_PROJECT, "project:1", {}, "ada")
    claimed = await records.claim("w", Kind, world.clock.seconds(), 30)
    assert claimed is not None
    holder = Holder(first.id, "w", 1, Kind.START_PROJECT)
    assert await records.finish(holder, End(), world.clock.seconds())
    second = await tasks.add(Kind.START_PROJECT, "project:1", {}, "ada")
    assert second.id != first.id
    assert (await task_of(world.rooms, first.id)).state.ended


@pytest_twisted.ensureDeferred
async def test_a_fresh_task_begins_after_it_was_asked_for() -> None:
    """One that waits will see what is now; one that runs may have looked before."""
    world = await furnished()
    tasks, records = world.rooms.tasks, world.rooms.archive.tasks
    first = await tasks.add_fresh(Kind.APPLY_TEAM, "team:1", {}, "ada")
    assert await tasks.add_fresh(Kind.APPLY_TEAM, "team:1", {}, "bob") == first
    await records.claim("w", Kind, world.clock.seconds(), 30.0)
    second = await tasks.add_fresh(Kind.APPLY_TEAM, "team:1", {}, "bob")
    assert second.id != first.id
    assert (await tasks.last("team:1:1")) == second
    for _ in range(18):
        await records.claim("w", Kind, world.clock.seconds(), 30.0)
        await tasks.add_fresh(Kind.APPLY_TEAM, "team:1", {}, "bob")
    await records.claim("w", Kind, world.clock.seconds(), 30.0)
    with pytest.raises(Conflict):
        await tasks.add_fresh(Kind.APPLY_TEAM, "team:1", {}, "bob")
