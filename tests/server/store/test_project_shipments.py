"""Where projects are brought, are, and were: only whoever holds them writes it."""

import pytest_twisted

from aen.model.names import PlaceName
from aen.model.projects import Shipment
from tests.server.furnished import furnished

WEST, N2 = PlaceName("west"), PlaceName("n2")
TO = Shipment("s1", WEST, N2)
FROM = Shipment("s1", PlaceName("east"), PlaceName("n1"))


@pytest_twisted.ensureDeferred
async def test_a_move_from_its_beginning_to_its_end() -> None:
    """Bound, there, and nothing left; without the mark nothing is written."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    project = await world.project(ada)
    projects = world.rooms.archive.projects
    shipments, key = projects.shipments, project.id
    await projects.begin(key, "m", None, 0.0)
    assert await shipments.bind(key, "other", TO) is None
    bound = await shipments.bind(key, "m", TO)
    assert bound is not None
    assert bound.bound == TO
    assert await shipments.arrive(bound, "other", WEST, N2, FROM) is None
    there = await shipments.arrive(bound, "m", WEST, N2, FROM)
    assert there is not None
    assert (there.data_center, there.node, there.bound) == ("west", "n2", None)
    assert [one.left for one in await shipments.with_left(9)] == [FROM]
    await shipments.cleared(key, "another")
    assert len(await shipments.with_left(9)) == 1
    await shipments.cleared(key, "s1")
    assert await shipments.with_left(9) == []


@pytest_twisted.ensureDeferred
async def test_a_project_that_has_got_another_path() -> None:
    """Its files are at the old one: it is not there yet."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    project = await world.project(ada)
    projects = world.rooms.archive.projects
    await projects.begin(project.id, "m", None, 0.0)
    await world.rooms.projects.rename(ada, project.path, "ice")
    found = await projects.shipments.arrive(project, "m", WEST, N2, None)
    assert found is None
