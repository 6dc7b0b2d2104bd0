"""What only administrators do."""

from pytest_twisted import ensureDeferred

from aen.server.people import People
from tests.server.furnished import furnished


@ensureDeferred
async def test_together() -> None:
    """It is part of the rooms."""
    world = await furnished()
    assert isinstance(world.rooms.admin.people, People)
