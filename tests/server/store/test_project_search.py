"""Projects for administrators."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Invalid
from aen.model.projects import State, TeamRole, Visibility
from aen.model.users import Caller
from aen.server.store.project_search import ProjectsWanted
from tests.server.furnished import World, at, furnished


async def filled() -> World:
    """Return a server with a few projects."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    for owner, name, visibility in (
        (ada, "Atlas", "public"), (bob, "forecast", "private"), (ada, "zoo", "private"),
    ):  # fmt: skip
        await world.project(owner, name, visibility=visibility, summary=f"{name}s")
        world.clock.advance(1.0)
    return world


@pytest.mark.parametrize("limit", [1, 50])
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "zoo forecast Atlas"),
        ({"order": "name"}, "Atlas zoo forecast"),
        ({"order": "-name"}, "forecast zoo Atlas"),
        ({"order": "created"}, "Atlas forecast zoo"),
        ({"owner": "ada"}, "zoo Atlas"),
        ({"q": "CAST"}, "forecast"),
        ({"q": "ada/"}, "zoo Atlas"),
        ({"visibility": Visibility.PUBLIC}, "Atlas"),
        ({"state": State.RUNNING}, ""),
        ({"data_center": "east", "state": State.STOPPED}, "zoo forecast Atlas"),
    ],
)
@ensureDeferred
async def test_found(wanted: dict[str, Any], found: str, limit: int) -> None:
    """Narrowed and sorted, page by page, whoever they belong to."""
    search = (await filled()).rooms.archive.project_search
    names: list[str] = []
    cursor = None
    while True:
        page = await search.page(ProjectsWanted(**wanted), cursor, limit)
        names += [str(one.path.name) for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert names == found.split()


@ensureDeferred
async def test_refused() -> None:
    """An order or a cursor that is none."""
    search = (await filled()).rooms.archive.project_search
    for wanted, cursor in (
        (ProjectsWanted(order="x"), None),
        (ProjectsWanted(), "x~y"),
    ):
        with pytest.raises(Invalid):
            await search.page(wanted, cursor, 1)


@ensureDeferred
async def test_whose_time_is_over_is_left_out() -> None:
    """Administrators read the same team as everybody else."""
    world = await filled()
    search, now = world.rooms.archive.project_search, world.clock.seconds()
    ada = Caller(await world.rooms.access.user("ada"), session="s")
    guest = ("bob", TeamRole.MEMBER, now + 60)
    await world.rooms.projects.set_member(ada, at("ada/zoo"), *guest)
    for passed, team in ((0, ["bob"]), (60, [])):
        world.clock.advance(passed)
        (zoo,) = (await search.page(ProjectsWanted(q="zoo"), None, 5)).items
        assert [one.user for one in zoo.team] == team
