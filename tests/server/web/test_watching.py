"""The right to follow projects."""

import pytest_twisted

from aen.model.names import parse_project_path
from aen.server.rooms import Rooms
from aen.server.web.visit import Fields, Visit
from aen.server.web.watching import watching
from tests.server.furnished import World
from tests.server.web.bare import bare_request
from tests.server.web.example import signed_in


async def visit_of(rooms: Rooms, name: str) -> Visit:
    """Return a visit of somebody signed in."""
    token, caller = await signed_in(rooms, name)
    return Visit(bare_request(), caller, token, Fields(), Fields(), str)


@pytest_twisted.ensureDeferred
async def test_right(rooms: Rooms) -> None:
    """It lasts as long as session and membership do."""
    visit = await visit_of(rooms, "bob")
    atlas = parse_project_path("ada", "climate-atlas")
    project = await rooms.projects.at(visit.caller, atlas)
    subject = watching(rooms, visit, (project,), atlas)
    assert subject.topics == {f"project:{project.id}": {"project": str(atlas)}}
    assert subject.user_id == visit.person.user.id
    assert await subject.allowed()
    await rooms.access.sign_out(visit.person)
    assert not await subject.allowed()


@pytest_twisted.ensureDeferred
async def test_no_right(rooms: Rooms) -> None:
    """Nobody follows what is closed to them."""
    visit = await visit_of(rooms, "bob")
    subject = watching(rooms, visit, (), parse_project_path("ada", "scratch"))
    assert not await subject.allowed()


@pytest_twisted.ensureDeferred
async def test_store_down(world: World) -> None:
    """A store that is down takes nothing away."""
    visit = await visit_of(world.rooms, "bob")
    subject = watching(world.rooms, visit, ())
    world.database.away = True
    assert await subject.allowed()
