"""Related projects: what has tags or people in common, and is open to who looks."""

from typing import Any

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.names import PlaceName, UserName
from aen.model.projects import Member, Project
from aen.model.users import Role
from aen.server.records import NewProject
from aen.server.related import nearest, nearness
from tests.server.furnished import PASSWORD, World, at, furnished

BOB = Member(UserName("bob"))
LAB = Project("p1", at("ada/lab"), PlaceName("east"), tags=("ice", "sea"), team=(BOB,))
OTHER = Project("p2", at("eve/sky"), PlaceName("east"))


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({}, 0),
        ({"tags": ("ice",)}, 2),
        ({"tags": ("ice", "sea", "air")}, 4),
        ({"team": (BOB,)}, 1),
        ({"path": at("bob/sky"), "team": (Member(UserName("ada")),)}, 2),
    ],
)
def test_nearness(changed: dict[str, Any], points: int) -> None:
    """A tag says more than a person."""
    assert nearness(LAB, evolve(OTHER, **changed)) == points


def test_the_nearest_first() -> None:
    """Then what changed last; what has nothing in common is not related."""
    near = evolve(OTHER, id="near", tags=("ice", "sea"))
    late = evolve(OTHER, id="late", team=(BOB,), updated=9.0)
    early = evolve(OTHER, id="early", team=(BOB,), updated=1.0)
    found = nearest(LAB, (early, OTHER, late, near), 9)
    assert [one.id for one in found] == ["near", "late", "early"]
    assert nearest(LAB, (early, near), 1) == (near,)


async def made(world: World, owner: str, name: str, visibility: str, tag: str) -> None:
    """Have somebody make a project."""
    caller = await world.person(owner)
    new = NewProject(name, visibility, tags=(tag,))
    await world.rooms.projects.create(caller, new)


@ensureDeferred
async def test_only_what_one_may_see() -> None:
    """Private projects of others are left out, for administrators, too."""
    world = await furnished()
    await world.center()
    await made(world, "ada", "lab", "public", "ice")
    await made(world, "eve", "open", "public", "ice")
    await made(world, "bob", "closed", "private", "ice")
    await made(world, "dan", "sky", "public", "air")
    projects, related = world.rooms.projects, world.rooms.related
    lab = await projects.at(None, at("ada/lab"))
    bob = (await world.rooms.access.sign_in("bob", PASSWORD, "", "t"))[1]
    root = await world.person("root1", Role.SUPERUSER)
    for caller, names in (
        (None, ["eve/open"]),
        (root, ["eve/open"]),
        (bob, ["bob/closed", "eve/open"]),
        (evolve(bob, project=lab.id), []),
    ):
        found = await related.of(caller, lab)
        assert sorted(str(one.path) for one in found) == names
