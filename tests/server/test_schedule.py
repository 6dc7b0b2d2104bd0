"""What is done by the clock, as administrators see it and have it done."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Forbidden, NotFound
from aen.model.users import Role
from aen.server.store.audit import Seeking
from tests.server.furnished import furnished


@ensureDeferred
async def test_administrators_see_it_and_have_it_done_now() -> None:
    """What is due later is due at once; that somebody asked is noted."""
    world = await furnished()
    schedule = world.rooms.schedule
    root = await world.person("wakari", Role.SUPERUSER)
    now = world.clock.seconds()
    await world.rooms.archive.schedule.put("trim", "Forget", "every hour", now + 3600)
    await schedule.run(root, "trim")
    (state,) = await schedule.chores(root)
    assert (state.title, state.when, state.due) == ("Forget", "every hour", now)
    log = await world.rooms.audit.everything(root, Seeking(acts=(Act.SCHEDULE_RUN,)))
    assert [entry.details for entry in log.items] == [{"name": "trim"}]
    with pytest.raises(NotFound):
        await schedule.run(root, "other")


@ensureDeferred
async def test_others_do_neither() -> None:
    """What is done by the clock is administrators' alone."""
    world = await furnished()
    ada = await world.person("ada")
    with pytest.raises(Forbidden):
        await world.rooms.schedule.chores(ada)
    with pytest.raises(Forbidden):
        await world.rooms.schedule.run(ada, "trim")
