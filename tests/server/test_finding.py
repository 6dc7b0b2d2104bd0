"""Search, stars, kept searches and the dashboard."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import Conflict, Forbidden, Invalid, NotFound
from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Project, TeamRole
from aen.model.users import Caller
from aen.server.finding import companions
from aen.server.records import NewProject
from tests.server.furnished import LAB, World, furnished


async def _world() -> tuple[World, Caller, Caller]:
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    projects = world.rooms.projects
    await projects.create(ada, NewProject("lab", "public", tags=("sea", "tide")))
    await projects.create(ada, NewProject("notes", "private", summary="About tides"))
    await projects.create(bob, NewProject("sky", "public", tags=("sea",)))
    return world, ada, bob


def _names(found: tuple[Project, ...]) -> list[str]:
    return [str(one.path.name) for one in found]


@ensureDeferred
async def test_search_takes_what_is_typed() -> None:
    """Words and keys; one's starred projects alone when asked."""
    world, ada, bob = await _world()
    search = world.rooms.finding.search
    assert set(_names((await search(bob, "tid")).items)) == {"lab"}
    assert set(_names((await search(ada, "tid")).items)) == {"lab", "notes"}
    assert set(_names((await search(None, "tag:sea")).items)) == {"lab", "sky"}
    await world.rooms.finding.star(bob, LAB)
    assert _names((await search(bob, "is:starred")).items) == ["lab"]
    assert (await search(bob, "is:starred nothing")).items == ()
    assert (await search(None, "is:starred")).items == ()


@ensureDeferred
async def test_stars_count_people() -> None:
    """Once each; what one may not see has no star to give."""
    world, ada, bob = await _world()
    finding = world.rooms.finding
    counts = [(await finding.star(who, LAB)).stars for who in (ada, bob, bob)]
    assert counts == [1, 2, 2]
    assert (await world.rooms.projects.at(ada, LAB)).stars == 2
    assert await finding.has_star(bob, await world.rooms.projects.at(bob, LAB))
    assert [(await finding.unstar(bob, LAB)).stars for _ in range(2)] == [1, 1]
    with pytest.raises(NotFound):
        await finding.star(bob, parse_project_path("ada", "notes"))


@ensureDeferred
async def test_who_lost_sight_of_a_project_does_not_find_its_star() -> None:
    """Stars stay, what is shown follows the table of rights."""
    world, ada, bob = await _world()
    notes = parse_project_path("ada", "notes")
    await world.rooms.projects.set_member(ada, notes, "bob", TeamRole.VIEWER)
    await world.rooms.finding.star(bob, notes)
    assert _names(await world.rooms.finding.starred(bob)) == ["notes"]
    await world.rooms.projects.remove_member(ada, notes, "bob")
    assert await world.rooms.finding.starred(bob) == ()


@ensureDeferred
async def test_searches_are_kept() -> None:
    """By whoever keeps them, as many as the settings say."""
    world, ada, bob = await _world()
    finding = world.rooms.finding
    kept = await finding.save(ada, "", "  tag:sea   tide ")
    assert (kept.name, kept.q) == ("tag:sea tide", "tag:sea tide")
    assert await finding.searches(ada) == (kept,)
    with pytest.raises(NotFound):
        await finding.forget(bob, kept.id)
    with pytest.raises(Invalid):
        await finding.save(ada, "empty", "   ")
    finding._most_searches = 1
    with pytest.raises(Conflict):
        await finding.save(ada, "more", "tide")
    await finding.forget(ada, kept.id)
    assert await finding.searches(ada) == ()
    with pytest.raises(Forbidden):
        await finding.searches(evolve(ada, scopes=frozenset({"project:read"})))


@ensureDeferred
async def test_the_dashboard_shows_what_one_comes_back_to() -> None:
    """One's own, shared, used and starred projects; tags and people."""
    world, ada, bob = await _world()
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    sky = parse_project_path("bob", "sky")
    await world.rooms.finding.star(bob, sky)
    await world.rooms.finding.save(bob, "Sea", "tag:sea")
    board = await world.rooms.finding.dashboard(bob)
    assert (_names(board.own), _names(board.shared)) == (["sky"], ["lab"])
    assert _names(board.recent) == ["sky"]
    assert (_names(board.starred), _names(board.top)) == (["sky"], ["sky"])
    assert board.tags == ("sea", "tide")
    assert board.people == ("ada",)
    assert [one.name for one in board.searches] == ["Sea"]
    assert (await world.rooms.finding.dashboard(ada)).people == ("bob",)


def test_companions_come_by_the_number_of_projects() -> None:
    """Owners and team alike; never oneself."""

    def project(owner: str, *team: str) -> Project:
        members = tuple(Member(UserName(one)) for one in team)
        path = parse_project_path(owner, "x")
        return Project(owner, path, PlaceName("east"), team=members)

    found = (project("ada", "bob", "eve"), project("eve", "ada"), project("zoe", "ada"))
    assert companions(found, "ada") == ("eve", "bob", "zoe")
