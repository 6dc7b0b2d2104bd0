"""Teams: guests leave when their time is over, and everybody hears of it."""

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import Invalid, NotFound
from aen.model.periods import DAY, HOUR
from aen.model.projects import Member, TeamRole
from aen.model.tasks import Kind
from aen.server.events import gateway_topic
from aen.server.tasks import team_key
from tests.server.furnished import LAB, World, running


async def guest_of(world: World, seconds: float, name: str = "bob") -> float:
    """Make somebody a guest for so many seconds; return when that is over."""
    projects, end = world.rooms.projects, world.clock.seconds() + seconds
    ada = await world.rooms.archive.users.named("ada")
    assert ada is not None
    _, caller = await world.rooms.access.sign_in("ada", "correct horse", "", "t")
    await projects.set_member(caller, LAB, name, TeamRole.MEMBER, end)
    return end


@pytest_twisted.ensureDeferred
async def test_a_guest_is_a_stranger_from_that_moment_on() -> None:
    """Nobody has to have looked: the project is not there for them any more."""
    world, ada, bob = await running()
    end = await guest_of(world, HOUR)
    projects = world.rooms.projects
    assert (await projects.at(bob, LAB)).member(bob.user.name) == Member(
        bob.user.name, TeamRole.MEMBER, end
    )
    assert len(await projects.mine(bob)) == 1
    world.clock.advance(HOUR)
    with pytest.raises(NotFound):
        await projects.at(bob, LAB)
    assert await projects.mine(bob) == ()
    assert (await projects.at(ada, LAB)).team == ()


@pytest_twisted.ensureDeferred
async def test_the_look_takes_guests_out_and_the_files_follow() -> None:
    """Gateways are told, apps' tokens end, the team is applied, the log says it."""
    world, ada, _ = await running()
    await world.person("eve")
    await guest_of(world, HOUR)
    await guest_of(world, 2 * HOUR, "eve")
    rooms = world.rooms
    project = await rooms.projects.at(ada, LAB)
    heard = world.hear(gateway_topic("east"))
    assert await rooms.projects.end_guests() == ""
    world.clock.advance(HOUR)
    assert "1 guest" in await rooms.projects.end_guests()
    assert await rooms.projects.end_guests() == ""
    drops = [one.data["reason"] for one in heard if one.kind == "drop"]
    assert drops == ["The time of a guest is over."]
    task = await rooms.tasks.last(f"{team_key(project.id)}:0")
    assert task is not None
    assert task.kind is Kind.APPLY_TEAM
    entry = (await rooms.audit.of_project(project)).items[0]
    assert (entry.act, entry.user, entry.by) == (Act.MEMBER_DROPPED, "bob", "")
    assert [one.user for one in (await rooms.projects.at(ada, LAB)).team] == ["eve"]
    world.clock.advance(HOUR)
    assert "1 guest" in await rooms.projects.end_guests()
    assert (await rooms.projects.at(ada, LAB)).team == ()


@pytest_twisted.ensureDeferred
async def test_a_guest_may_be_asked_to_stay() -> None:
    """Another end, or none, takes the place of the first; files are left alone."""
    world, ada, bob = await running()
    await guest_of(world, HOUR)
    projects, tasks = world.rooms.projects, world.rooms.tasks
    project = await projects.at(ada, LAB)
    before = await tasks.last(f"{team_key(project.id)}:0")
    await projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    assert await tasks.last(f"{team_key(project.id)}:0") == before
    world.clock.advance(2 * HOUR)
    assert await projects.end_guests() == ""
    assert (await projects.at(bob, LAB)).path == LAB


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 20.0 * 366 * DAY])
@pytest_twisted.ensureDeferred
async def test_an_end_that_makes_no_sense_is_refused(seconds: float) -> None:
    """In the past, or so far away that nobody would remember."""
    world, _, _ = await running()
    with pytest.raises(Invalid) as caught:
        await guest_of(world, seconds)
    assert "until" in caught.value.fields


@pytest_twisted.ensureDeferred
async def test_what_is_done_to_teams_is_noted() -> None:
    """Who put whom in, as what, and who took them out; nothing twice."""
    world, ada, bob = await running()
    projects, audit = world.rooms.projects, world.rooms.audit
    project = await projects.at(ada, LAB)
    await projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    await projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    await projects.remove_member(bob, LAB, "bob")
    found = (await audit.of_project(project)).items
    told = [(one.act, one.by, one.user, one.details.get("role")) for one in found]
    assert sorted(told, key=str) == sorted(
        [
            (Act.MEMBER_DROPPED, "bob", "bob", None),
            (Act.MEMBER_PUT, "ada", "bob", "viewer"),
            (Act.MEMBER_PUT, "ada", "bob", "member"),
            (Act.PROJECT_MADE, "ada", "", None),
        ],
        key=str,
    )
