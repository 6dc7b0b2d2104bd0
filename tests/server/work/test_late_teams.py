"""Teams that could not be applied are tried again."""

from pytest_twisted import ensureDeferred

from aen.model.errors import Failed
from aen.model.names import PlaceName
from aen.model.projects import TeamRole
from aen.server.work.late_teams import REFUSED_SECONDS, LateTeams
from tests.server.furnished import LAB, World, furnished


async def lab() -> tuple[World, LateTeams]:
    """Return a project whose owner has just lost touch with its node."""
    world = await furnished(task_pauses=())
    await world.center()
    await world.app()
    ada = await world.person("ada")
    await world.person("bob")
    await world.project(ada)
    worker = world.worker()
    worker.start()
    await world.rooms.projects.start(ada, LAB)
    world.nodes.silent = True
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    await worker.stop()
    world.nodes.silent = False
    return world, LateTeams(world.rooms.archive, world.rooms.tasks, world.clock)


async def look(world: World, late: LateTeams) -> int:
    """Look once and return how often the node was told of a team by then."""
    worker = world.worker()
    worker.start()
    await late.look()
    await worker.stop()
    return world.nodes.routes.count("team")


async def problem(world: World) -> str:
    """Return what the project says."""
    project = await world.rooms.archive.projects.at(LAB)
    assert project is not None
    return project.problem.message if project.problem else ""


@ensureDeferred
async def test_a_node_that_is_back_hears_of_the_team() -> None:
    """Not while it is silent; once, when it has answered."""
    world, late = await lab()
    assert "tried again by itself" in await problem(world)
    await world.rooms.centers.heard_silence("east", PlaceName("n1"))
    assert await look(world, late) == 1
    await world.app()
    assert await look(world, late) == 2
    assert await problem(world) == ""
    assert await look(world, late) == 2


@ensureDeferred
async def test_a_node_that_cannot_is_asked_less_often() -> None:
    """What it says is on the project until it can."""
    world, late = await lab()
    world.nodes.errors.append(Failed("There is no account “bob”."))
    assert await look(world, late) == 2
    assert "no account “bob”" in await problem(world)
    assert await look(world, late) == 2
    world.clock.advance(REFUSED_SECONDS)
    assert await look(world, late) == 3
    assert await problem(world) == ""
