"""Every kind of task has its hand."""

from pytest_twisted import ensureDeferred

from aen.model.tasks import Kind
from aen.server.work.handlers import handlers
from tests.server.furnished import furnished


@ensureDeferred
async def test_every_kind_is_done_by_somebody() -> None:
    """A kind nobody does would wait for ever."""
    world = await furnished()
    assert set(handlers(world.rooms).of) == set(Kind)
