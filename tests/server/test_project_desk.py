"""What is done to projects is noted, once for each thing that was asked."""

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import NotFound
from aen.model.names import AppName
from aen.server.environments import NewEnvironment
from aen.server.project_desk import no_account, still
from aen.server.records import ProjectChanges
from tests.server.furnished import LAB, World, running


async def acts(world: World) -> list[tuple[Act, str]]:
    """Return what the project's log says, without teams."""
    project = await world.rooms.archive.projects.at(LAB)
    assert project is not None
    found = (await world.rooms.audit.of_project(project)).items
    wanted = [one for one in found if "member" not in one.act.value]
    return [(one.act, one.by) for one in wanted]


@pytest_twisted.ensureDeferred
async def test_controls_are_noted_once() -> None:
    """Whoever asks for what is under way asks for nothing new."""
    world, _, bob = await running()
    projects = world.rooms.projects
    await projects.start(bob, LAB)
    await projects.start(bob, LAB)
    await projects.stop(bob, LAB)
    await projects.reset(bob, LAB)
    assert sorted(act.value for act, by in await acts(world) if by == "bob") == [
        "project reset",
        "project started",
        "project stopped",
    ]


@pytest_twisted.ensureDeferred
async def test_changes_are_noted_with_what_has_changed() -> None:
    """Saving what is there already is no change."""
    world, ada, _ = await running()
    projects, audit = world.rooms.projects, world.rooms.audit
    changes = ProjectChanges(summary="Ice", tags=("a", "b"), visibility="public")
    await projects.edit(ada, LAB, changes)
    project = await projects.edit(ada, LAB, changes)
    found = (await audit.of_project(project)).items
    (entry,) = [one for one in found if one.act is Act.PROJECT_CHANGED]
    assert entry.details == {"summary": "Ice", "tags": "a, b", "visibility": "public"}


@pytest_twisted.ensureDeferred
async def test_apps_and_environments_are_noted() -> None:
    """Who opened what, who ended whose, which environment was changed."""
    world, ada, bob = await running()
    rooms = world.rooms
    project = await rooms.projects.at(ada, LAB)
    app = await rooms.running.app(project, AppName("notebook"))
    await rooms.tokens.make(bob, project, app, "notebook")
    await rooms.running.stop_launch(ada, LAB, "l2")
    await rooms.environments.create(bob, LAB, NewEnvironment("py", packages=("dask",)))
    found = {one.act: one for one in (await rooms.audit.of_project(project)).items}
    assert found[Act.APP_OPENED].details == {"app": "notebook"}
    stopped = found[Act.APP_STOPPED]
    assert (stopped.by, stopped.user) == ("ada", "bob")
    changed = found[Act.ENVIRONMENT_CHANGED].details
    assert changed == {"environment": "py", "change": "create dask"}


def test_what_is_not_there_is_said() -> None:
    """An account by its name, a project without."""
    assert "“nobody”" in no_account("user", "nobody").message
    with pytest.raises(NotFound):
        still(None)
