"""Projects in the store."""

from pytest_twisted import ensureDeferred

from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import (
    Member,
    Problem,
    Progress,
    Project,
    State,
    TeamRole,
    Visibility,
)
from aen.server.store.memory import MemoryDatabase
from aen.server.store.projects import ProjectRecords
from aen.server.store.schema import INDEXES

BOB = Member(UserName("bob"), TeamRole.VIEWER)
LAB = Project(
    id="p1",
    path=parse_project_path("ada", "Lab"),
    data_center=PlaceName("east"),
    visibility=Visibility.PUBLIC,
    summary="s",
    description="d",
    tags=("t",),
    team=(BOB,),
    created=1.0,
    updated=2.0,
)


async def records() -> ProjectRecords:
    """Return a store with one project."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    found = ProjectRecords(database, lambda: 0.0)
    await found.add(LAB)
    return found


@ensureDeferred
async def test_a_project_comes_back_as_it_was() -> None:
    """By path in any case, by id, by owner and by member."""
    store = await records()
    assert await store.at(parse_project_path("ada", "LAB")) == LAB
    assert await store.with_id("p1") == LAB
    assert await store.of_person("bob", 9) == await store.of_person("ada", 9) == [LAB]
    assert await store.memberships("bob") == [LAB]
    assert await store.owned("ada") == 1


@ensureDeferred
async def test_only_the_holder_of_the_mark_changes_the_state() -> None:
    """A worker that was overtaken writes nothing any more."""
    store = await records()
    assert await store.begin("p1", "first", State.STARTING, 3.0)
    assert await store.begin("p1", "second", State.STOPPING, 4.0)
    assert not await store.step("p1", "first", Progress("late"))
    assert not await store.place("p1", "first", PlaceName("n1"))
    assert await store.finish("p1", "first", State.RUNNING, None, 5.0) is None
    assert await store.step("p1", "second", Progress("Stopping", 1, 2))
    found = await store.with_id("p1")
    assert found is not None
    assert (found.state, found.progress) == (
        State.STOPPING,
        Progress("Stopping", 1, 2),
    )
    problem = Problem("It broke.", ("line",))
    ended = await store.finish("p1", "second", State.FAILED, problem, 6.0)
    assert ended is not None
    assert (ended.problem, ended.progress) == (problem, None)
    assert await store.finish("p1", "second", State.RUNNING, None, 7.0) is None


@ensureDeferred
async def test_an_announcement_never_overtakes_a_worker() -> None:
    """It holds only while nothing has happened since it was decided."""
    store = await records()
    revision = await store.revision("p1")
    await store.begin("p1", "m", State.STARTING, 3.0)
    await store.finish("p1", "m", State.FAILED, None, 4.0)
    assert not await store.announce("p1", revision, State.STARTING, 5.0)
    assert await store.announce("p1", await store.revision("p1"), State.STARTING, 5.0)
    assert await store.revision("gone") == -1


@ensureDeferred
async def test_two_changes_of_the_team_do_not_undo_each_other() -> None:
    """Each touches one person only."""
    store = await records()
    eve = Member(UserName("eve"), TeamRole.MEMBER)
    await store.put_member("p1", eve, 3.0)
    changed = await store.put_member("p1", Member(UserName("bob")), 4.0)
    assert changed is not None
    assert changed.team == (Member(UserName("bob")), eve)
    assert await store.drop_member("p1", "nobody", 5.0) is None
    changed = await store.drop_member("p1", "bob", 5.0)
    assert changed is not None
    assert changed.team == (eve,)


@ensureDeferred
async def test_projects_of_places_are_counted() -> None:
    """On a node only those that run there."""
    store = await records()
    assert await store.count_in("east") == 1
    assert await store.count_in("east", "n1") == 0
    await store.begin("p1", "m", State.RUNNING, 1.0)
    await store.place("p1", "m", PlaceName("n1"))
    assert await store.count_in("east", "n1") == 1
    await store.remove("p1")
    assert await store.count_in("east") == 0


@ensureDeferred
async def test_complaints_never_touch_the_state() -> None:
    """And are not made while a worker is at the project, which will say itself."""
    store = await records()
    problem = Problem("The files do not follow.", ("line",))
    assert await store.complain("p1", problem)
    found = await store.with_id("p1")
    assert found is not None
    assert (found.state, found.problem) == (LAB.state, problem)
    assert await store.complain("p1", None)
    await store.begin("p1", "m", State.STARTING, 3.0)
    assert not await store.complain("p1", problem)
    await store.finish("p1", "m", State.FAILED, Problem("Worse."), 4.0)
    assert not await store.complain("p1", None)


@ensureDeferred
async def test_an_edit_of_what_was_seen() -> None:
    """It is made while the project is described as it was seen, else not at all."""
    store = await records()
    changed = await store.edit("p1", {"summary": "a"}, 3.0, LAB)
    assert changed is not None
    assert await store.edit("p1", {"summary": "b"}, 4.0, LAB) is None
    assert await store.edit("none", {"summary": "b"}, 4.0, LAB) is None
    assert await store.edit("p1", {"tags": []}, 5.0, changed) is not None
    found = await store.with_id("p1")
    assert found is not None
    assert (found.summary, found.tags) == ("a", ())
