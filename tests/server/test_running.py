"""What runs on nodes, as people see it."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.apps import Permission
from aen.model.errors import Conflict, Forbidden, NotFound, Unavailable
from aen.model.projects import Problem, State, TeamRole
from aen.wire.messages import (
    AppUse,
    Environment,
    EnvironmentList,
    Log,
    Resources,
    Usage,
)
from tests.server.furnished import GATEWAY, LAB, at, launch, running


@ensureDeferred
async def test_apps_are_links_to_the_gateway() -> None:
    """Only those one may open."""
    world, ada, bob = await running()
    (link,) = await world.rooms.running.apps(ada, LAB)
    assert link.url == f"{GATEWAY}/ada/lab/notebook/"
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    assert await world.rooms.running.apps(bob, LAB) == ()
    await world.app(permission=Permission.READ)
    assert len(await world.rooms.running.apps(bob, LAB)) == 1


@ensureDeferred
async def test_launching_starts_the_project_if_need_be() -> None:
    """Its answer is the address, and how far the project is."""
    world, ada, _ = await running(State.STOPPED)
    opened = await world.rooms.running.open(ada, LAB, "notebook")
    assert (opened.url, opened.state) == (f"{GATEWAY}/ada/lab/notebook/", "starting")
    with pytest.raises(NotFound):
        await world.rooms.running.open(ada, LAB, "unknown")


@ensureDeferred
async def test_a_reader_is_told_whom_to_ask() -> None:
    """They start nothing; what writes is not theirs, whether it runs or not."""
    world, ada, bob = await running(State.STOPPED)
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    with pytest.raises(Forbidden):
        await world.rooms.running.open(bob, LAB, "notebook")
    await world.app(permission=Permission.READ)
    with pytest.raises(Conflict, match="ask ada to"):
        await world.rooms.running.open(bob, LAB, "notebook")
    assert (await world.rooms.projects.at(ada, LAB)).state is State.STOPPED
    await world.rooms.projects.start(ada, LAB)
    opened = await world.rooms.running.open(bob, LAB, "notebook")
    assert opened.state == "starting"


@ensureDeferred
async def test_a_failed_project_says_why_it_does_not_launch() -> None:
    """It is reset by hand, not again and again by every click."""
    world, ada, _ = await running()
    records = world.rooms.archive.projects
    project = await world.rooms.projects.at(ada, LAB)
    await records.begin(project.id, "m", None, 0.0)
    problem = Problem("No network.")
    await records.finish(project.id, "m", State.FAILED, problem, 0.0)
    with pytest.raises(Conflict, match="No network"):
        await world.rooms.running.open(ada, LAB, "notebook")


@ensureDeferred
async def test_launches_are_listed_and_stopped() -> None:
    """One's own by name or id; another's by those who look after the team."""
    world, ada, bob = await running()
    room = world.rooms.running
    assert [one.id for one in await room.launches(ada, LAB)] == ["l1", "l2"]
    await room.stop_launch(bob, LAB, "notebook")
    with pytest.raises(Forbidden):
        await room.stop_launch(bob, LAB, "l1")
    await room.stop_launch(ada, LAB, "l2")
    with pytest.raises(NotFound):
        await room.stop_launch(ada, LAB, "terminal")
    assert world.nodes.routes.count("stop") == 2


@ensureDeferred
async def test_environments_and_usage() -> None:
    """Asked of the node; nothing before the first start."""
    world, ada, _ = await running()
    found = Environment("default", "3.11", active=True)
    world.nodes.answers[EnvironmentList] = EnvironmentList((found,))
    world.nodes.answers[Usage] = Usage(1.0, 2, 3, 4)
    assert await world.rooms.running.environments(ada, LAB) == (found,)
    assert (await world.rooms.running.usage(ada, LAB)).memory == 2
    await world.project(ada, "fresh")
    assert await world.rooms.running.environments(ada, at("ada/fresh")) == ()
    assert (await world.rooms.running.usage(ada, at("ada/fresh"))).processes == 0


@ensureDeferred
async def test_a_node_that_is_away_says_so() -> None:
    """The sentence is the wire's."""
    world, ada, _ = await running()
    world.nodes.errors.append(Unavailable("The data center does not answer."))
    with pytest.raises(Unavailable):
        await world.rooms.running.launches(ada, LAB)


@ensureDeferred
async def test_resources_and_output() -> None:
    """Who may not run the project does not see who runs what in it."""
    world, ada, bob = await running()
    room = world.rooms.running
    project = await world.rooms.projects.at(ada, LAB)
    mine, stray = launch(project.id), launch("other", id="l3")
    usage = Usage(1.0, 2, 3, 4)
    world.nodes.answers[Resources] = Resources(usage, (AppUse(mine), AppUse(stray)))
    world.nodes.answers[Log] = Log(("line",))
    found = await room.resources(ada, LAB)
    assert ([one.launch for one in found.apps], found.usage) == ([mine], usage)
    assert await room.log(ada, LAB, "notebook") == ("line",)
    assert await room.log(ada, LAB, "l2") == ("line",)
    with pytest.raises(Forbidden):
        await room.log(bob, LAB, "l1")
    with pytest.raises(NotFound):
        await room.log(bob, LAB, "terminal")
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    assert (await room.resources(bob, LAB)).apps == ()
    await world.project(ada, "fresh")
    with pytest.raises(Unavailable, match="not been started yet"):
        await room.resources(ada, at("ada/fresh"))
