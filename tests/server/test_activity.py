"""What happened in a project, for those who may look at it."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Invalid, NotFound
from aen.model.projects import TeamRole, Visibility
from aen.server.records import ProjectChanges
from tests.server.furnished import LAB, furnished


@ensureDeferred
async def test_the_team_sees_all_and_strangers_no_project() -> None:
    """Page by page, by kind; addresses stay out."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    eve = await world.person("eve")
    await world.project(ada)
    world.clock.advance(1)
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    world.clock.advance(1)
    await world.rooms.projects.start(bob, LAB)
    activity = world.rooms.activity
    project, found = await activity.feed(bob, LAB, limit=2)
    assert [one.act for one in found.items] == [Act.PROJECT_STARTED, Act.MEMBER_PUT]
    assert {one.address for one in found.items} == {""}
    rest = await activity.of(bob, project, found.next, 2)
    assert [one.act for one in rest.items] == [Act.PROJECT_MADE]
    _, team = await activity.feed(ada, LAB, topic="team")
    assert [one.user for one in team.items] == ["bob"]
    for stranger in (eve, None):
        with pytest.raises(NotFound):
            await activity.feed(stranger, LAB)
    with pytest.raises(Invalid):
        await activity.feed(ada, LAB, topic="weather")


@ensureDeferred
async def test_visitors_see_that_it_changes_and_no_more() -> None:
    """Neither words of the time it was private nor what people did."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    await world.rooms.projects.edit(ada, LAB, ProjectChanges(summary="Secret"))
    await world.rooms.projects.start(ada, LAB)
    public = ProjectChanges(visibility=Visibility.PUBLIC.value)
    await world.rooms.projects.edit(ada, LAB, public)
    _, found = await world.rooms.activity.feed(None, LAB)
    assert {one.act for one in found.items} == {Act.PROJECT_MADE, Act.PROJECT_CHANGED}
    assert "Secret" not in str(found)
    _, nothing = await world.rooms.activity.feed(None, LAB, topic="team")
    assert nothing.items == ()
