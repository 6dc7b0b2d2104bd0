"""Copies of projects: made by a task, tried again by a start, never half for whole."""

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import Conflict, Failed, NotFound, Taken
from aen.model.projects import State, Visibility
from aen.model.tasks import Kind
from aen.wire.messages import ProjectCopy
from tests.server.furnished import LAB, World, at, running

COPY = at("bob/copy")


def copies(world: World) -> list[tuple[str, str]]:
    """Return the copies that nodes were asked for: of what, and for whom."""
    return [
        (f"{one.source.owner}/{one.source.name}", one.project.owner)
        for one in world.nodes.followed
        if isinstance(one, ProjectCopy)
    ]


@pytest_twisted.ensureDeferred
async def test_a_member_makes_a_copy_of_their_own() -> None:
    """Private, stopped, on the same node, with the words of the other."""
    world, ada, bob = await running()
    projects = world.rooms.projects
    task = await projects.duplicate(bob, LAB, "copy")
    assert (task.kind, task.by) == (Kind.COPY_PROJECT, "bob")
    assert (await projects.at(bob, COPY)).state is State.STARTING
    await world.work()
    made, source = await projects.at(bob, COPY), await projects.at(ada, LAB)
    assert (made.state, made.node, made.source) == (State.STOPPED, "n1", "")
    assert (made.visibility, made.team) == (Visibility.PRIVATE, ())
    assert copies(world) == [("ada/lab", "bob")]
    found = (await world.rooms.audit.of_project(source)).items
    (entry,) = [one for one in found if one.act is Act.PROJECT_COPIED]
    assert (entry.by, entry.details) == ("bob", {"to": "bob/copy"})
    with pytest.raises(Taken):
        await projects.duplicate(bob, LAB, "copy")


@pytest_twisted.ensureDeferred
async def test_strangers_copy_nothing() -> None:
    """A private project is not there for them; a public one is."""
    world, _, _ = await running()
    eve = await world.person("eve")
    with pytest.raises(NotFound):
        await world.rooms.projects.duplicate(eve, LAB, "copy")


@pytest_twisted.ensureDeferred
async def test_a_copy_that_fails_is_tried_again_by_a_start() -> None:
    """It is never started half copied."""
    world, _, bob = await running()
    projects = world.rooms.projects
    await world.work()  # the team, which is applied after it was made
    world.nodes.errors.append(Failed("The disk is full."))
    await projects.duplicate(bob, LAB, "copy")
    await world.work()
    failed = await projects.at(bob, COPY)
    assert failed.state is State.FAILED
    assert failed.source
    world.nodes.asked.clear()
    await projects.start(bob, COPY)
    await world.work()
    assert world.nodes.routes == ["duplicate", "start"]
    assert copies(world) == [("ada/lab", "bob")]
    assert (await projects.at(bob, COPY)).state is State.RUNNING


@pytest_twisted.ensureDeferred
async def test_who_may_read_no_more_copies_no_more() -> None:
    """Also when they asked before."""
    world, ada, bob = await running()
    projects = world.rooms.projects
    await projects.duplicate(bob, LAB, "copy")
    await projects.remove_member(ada, LAB, "bob")
    await world.work()
    made = await projects.at(bob, COPY)
    assert made.problem is not None
    assert "not open to its owner" in made.problem.message
    assert copies(world) == []


@pytest_twisted.ensureDeferred
async def test_what_moves_is_not_copied() -> None:
    """Nor what is a copy that is not made yet."""
    world, ada, bob = await running()
    projects = world.rooms.projects
    await projects.duplicate(bob, LAB, "copy")
    with pytest.raises(Conflict, match="being copied"):
        await projects.duplicate(bob, COPY, "again")
    await projects.rename(ada, LAB, "ice")
    with pytest.raises(Conflict, match="being moved"):
        await projects.duplicate(ada, at("ada/ice"), "other")


@pytest_twisted.ensureDeferred
async def test_a_copy_of_what_never_started() -> None:
    """It has words and no files, and so has the copy."""
    world, ada, _ = await running()
    projects = world.rooms.projects
    await world.project(ada, "fresh", summary="Ice")
    await projects.duplicate(ada, at("ada/fresh"), "copy")
    await world.work()
    made = await projects.at(ada, at("ada/copy"))
    assert (made.state, made.summary, made.node) == (State.STOPPED, "Ice", None)
    assert copies(world) == []
