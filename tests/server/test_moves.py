"""Renaming and giving away: the record at once, the files by a task, nothing lost."""

from typing import Any

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import (
    Conflict,
    Failed,
    Forbidden,
    Invalid,
    Moved,
    NotFound,
    Taken,
)
from aen.model.projects import State, TeamRole
from aen.model.tasks import Kind
from aen.model.users import Role
from aen.server.events import gateway_topic
from aen.wire.messages import NodeStatus, ProjectMove
from tests.server.furnished import LAB, World, at, running

ICE = at("ada/ice")
REFUSING = NodeStatus("n1", "1", single_user=False, projects=0, refused=("root1",))


def moves(world: World) -> list[tuple[str, str]]:
    """Return the moves that nodes were asked for: from where to where."""
    return [
        (f"{one.owner}/{one.name}", f"{one.project.owner}/{one.project.name}")
        for one in world.nodes.followed
        if isinstance(one, ProjectMove)
    ]


@pytest_twisted.ensureDeferred
async def test_a_project_gets_another_name() -> None:
    """Its files follow, it runs again, and the old address leads to the new one."""
    world, ada, bob = await running()
    rooms = world.rooms
    heard = world.hear(gateway_topic("east"))
    task = await rooms.projects.rename(ada, LAB, "ice")
    assert task.kind is Kind.MOVE_PROJECT
    assert [one.kind for one in heard] == ["drop"]
    project = await rooms.projects.at(bob, ICE)
    assert (project.state, project.home) == (State.STOPPING, LAB)
    with pytest.raises(Moved) as moved:
        await rooms.projects.at(bob, LAB)
    assert (moved.value.owner, moved.value.name) == ("ada", "ice")
    await world.work()
    project = await rooms.projects.at(bob, ICE)
    assert (project.state, project.home) == (State.RUNNING, None)
    assert moves(world) == [("ada/lab", "ada/ice")]
    newest = (await rooms.audit.of_project(project)).items
    (entry,) = [one for one in newest if one.act is Act.PROJECT_RENAMED]
    assert (entry.path, entry.details) == ("ada/lab", {"to": "ada/ice"})


@pytest.mark.parametrize("verb", ["stopped", "failed", "given away"])
@pytest_twisted.ensureDeferred
async def test_what_is_not_started_again(verb: str) -> None:
    """What did not run, what could not be started, what has another owner now."""
    world, ada, bob = await running()
    projects = world.rooms.projects
    await world.work()
    if verb == "stopped":
        await projects.stop(ada, LAB)
        await world.work()
    elif verb == "failed":
        world.nodes.errors.append(Failed("There is no room."))
        await projects.reset(ada, LAB)
        await world.work()
    world.nodes.asked.clear()
    path = ICE
    if verb == "given away":
        path = at("bob/lab")
        await projects.transfer(ada, LAB, "bob")
    else:
        await projects.rename(ada, LAB, "ice")
    await world.work()
    project = await projects.at(bob, path)
    assert (project.state, project.home) == (State.STOPPED, None)
    assert "start" not in world.nodes.routes


@pytest_twisted.ensureDeferred
async def test_strangers_do_not_learn_where_it_went() -> None:
    """A private project is not there for them, under either name."""
    world, ada, _ = await running()
    eve = await world.person("eve")
    await world.rooms.projects.rename(ada, LAB, "ice")
    for path in (LAB, ICE):
        with pytest.raises(NotFound) as caught:
            await world.rooms.projects.at(eve, path)
        assert not isinstance(caught.value, Moved)


@pytest_twisted.ensureDeferred
async def test_a_new_project_at_the_old_path_wins() -> None:
    """Once the files are gone from there, and not before."""
    world, ada, _ = await running()
    projects = world.rooms.projects
    await projects.rename(ada, LAB, "ice")
    with pytest.raises(Conflict, match="still being moved"):
        await world.project(ada)
    with pytest.raises(Moved):
        await projects.at(ada, LAB)
    await world.work()
    made = await world.project(ada)
    assert (await projects.at(ada, LAB)).id == made.id
    with pytest.raises(Taken):
        await projects.rename(ada, ICE, "Lab")


@pytest_twisted.ensureDeferred
async def test_names_that_cannot_be() -> None:
    """Its own, no name at all, or one whose files are on their way."""
    world, ada, bob = await running()
    projects = world.rooms.projects
    with pytest.raises(Conflict, match="already"):
        await projects.rename(ada, LAB, "lab")
    with pytest.raises(Invalid):
        await projects.rename(ada, LAB, "../x")
    with pytest.raises(Forbidden):
        await projects.rename(bob, LAB, "ice")
    await world.project(ada, "sea")
    await projects.rename(ada, LAB, "ice")
    with pytest.raises(Conflict, match="still being moved"):
        await projects.rename(ada, at("ada/sea"), "lab")


@pytest_twisted.ensureDeferred
async def test_renamed_again_before_the_files_have_moved() -> None:
    """They go from where they are to where it is at last."""
    world, ada, _ = await running()
    projects = world.rooms.projects
    await projects.rename(ada, LAB, "ice")
    await projects.rename(ada, ICE, "sea")
    await projects.rename(ada, at("ada/sea"), "Sea")
    await world.work()
    project = await projects.at(ada, at("ada/sea"))
    assert (str(project.path), project.home) == ("ada/Sea", None)
    assert moves(world) == [("ada/lab", "ada/Sea")]
    for old in (LAB, ICE):
        with pytest.raises(Moved):
            await projects.at(ada, old)


@pytest_twisted.ensureDeferred
async def test_back_to_its_first_name() -> None:
    """Files that were on their way come back, too."""
    world, ada, _ = await running()
    projects = world.rooms.projects
    await projects.rename(ada, LAB, "ice")
    await projects.rename(ada, ICE, "lab")
    await world.work()
    assert (await projects.at(ada, LAB)).home is None
    assert moves(world) == [("ada/lab", "ada/lab")]


@pytest.mark.parametrize("stay", [True, False])
@pytest_twisted.ensureDeferred
async def test_a_project_is_given_away(stay: bool) -> None:  # noqa: FBT001
    """The receiver owns it and leaves its team; who had it stays or goes."""
    world, ada, bob = await running()
    rooms = world.rooms
    eve = await world.person("eve")
    await rooms.projects.set_member(ada, LAB, "eve", TeamRole.VIEWER)
    await rooms.projects.transfer(ada, LAB, "eve", stay=stay)
    await world.work()
    mine = at("eve/lab")
    project = await rooms.projects.at(eve, mine)
    team = [(one.user, one.role) for one in project.team]
    former = [("ada", TeamRole.MAINTAINER)] if stay else []
    assert team == [*former, ("bob", TeamRole.MEMBER)]
    assert moves(world) == [("ada/lab", "eve/lab")]
    assert [one.path for one in await rooms.projects.mine(bob)] == [mine]
    assert len(await rooms.projects.mine(ada)) == stay
    with pytest.raises(Moved if stay else NotFound):
        await rooms.projects.at(ada, LAB)
    own = (await rooms.audit.own(eve)).items
    assert Act.PROJECT_TRANSFERRED in {one.act for one in own}


@pytest_twisted.ensureDeferred
async def test_who_cannot_have_it() -> None:
    """Nobody, its owner, a disabled account, one that nodes refuse, one with one."""
    world, ada, bob = await running()
    projects, root = world.rooms.projects, await world.person("root1", Role.SUPERUSER)
    eve = await world.person("eve")
    await world.project(eve)
    for name, error in (("ada", Conflict), ("nobody", Invalid), ("eve", Taken)):
        with pytest.raises(error):
            await projects.transfer(ada, LAB, name)
    await world.rooms.centers.heard_status("east", REFUSING)
    with pytest.raises((Conflict, Forbidden)):
        await projects.transfer(ada, LAB, "root1")
    with pytest.raises(Forbidden):
        await projects.transfer(bob, LAB, "bob")
    task = await projects.transfer(root, LAB, "bob")
    assert task.by == "root1"


@pytest_twisted.ensureDeferred
async def test_a_node_that_is_away_is_asked_later() -> None:
    """The project says why; the look, or the next start, brings the files home."""
    world, ada, _ = await running()
    projects, nodes = world.rooms.projects, world.nodes
    nodes.errors.append(Failed("The disk is full."))
    await projects.rename(ada, LAB, "ice")
    await world.work()
    project = await projects.at(ada, ICE)
    assert (project.state, project.home) == (State.FAILED, LAB)
    assert project.problem is not None
    assert "full" in project.problem.message
    assert await projects.settle_moves() == ""
    world.clock.advance(601)
    assert "1 project" in await projects.settle_moves()
    assert await projects.settle_moves() == ""
    await world.work()
    assert moves(world) == [("ada/lab", "ada/ice")]
    assert (await projects.at(ada, ICE)).state is State.STOPPED


@pytest.mark.parametrize("verb", ["start", "reset"])
@pytest_twisted.ensureDeferred
async def test_a_start_brings_the_files_home_first(verb: str) -> None:
    """Whoever does not wait for the look need not."""
    world, ada, _ = await running()
    projects: Any = world.rooms.projects
    world.nodes.errors.append(Failed("The disk is full."))
    await projects.rename(ada, LAB, "ice")
    await world.work()
    world.nodes.asked.clear()
    await getattr(projects, verb)(ada, ICE)
    await world.work()
    assert world.nodes.routes[:2] == ["move", verb]
    assert moves(world) == [("ada/lab", "ada/ice")]
    assert (await projects.at(ada, ICE)).state is State.RUNNING


@pytest_twisted.ensureDeferred
async def test_what_never_started_has_only_a_record() -> None:
    """No node is asked, and the task ends all the same."""
    world, ada, _ = await running()
    await world.project(ada, "fresh")
    world.nodes.asked.clear()
    await world.rooms.projects.rename(ada, at("ada/fresh"), "old")
    await world.work()
    project = await world.rooms.projects.at(ada, at("ada/old"))
    assert project.home is None
    assert "move" not in world.nodes.routes


@pytest_twisted.ensureDeferred
async def test_what_is_being_deleted_keeps_its_name() -> None:
    """There is nothing to rename any more."""
    world, ada, _ = await running()
    await world.rooms.projects.delete(ada, LAB)
    with pytest.raises(Conflict, match="being deleted"):
        await world.rooms.projects.rename(ada, LAB, "ice")
