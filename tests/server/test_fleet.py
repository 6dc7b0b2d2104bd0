"""All projects and all that runs, for administrators."""

from typing import Any

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import Forbidden, NotFound
from aen.model.tasks import Kind
from aen.model.users import Role
from aen.server.store.project_search import ProjectsWanted
from aen.wire.messages import AppUse, Resources, Usage
from tests.server.furnished import launch, running


async def busy() -> tuple[Any, Any, Any, str]:
    """Return a server on which ada's project runs, with an app of bob in it."""
    world, ada, _ = await running()
    (project,) = await world.rooms.projects.mine(ada)
    theirs = AppUse(launch(project.id, id="l2", user="bob"), 12.0, 1024)
    stray = AppUse(launch("other", id="l3"))
    usage = Usage(cpu=0.0, memory=0, disk=0, processes=0)
    world.nodes.answers[Resources] = Resources(usage, (theirs, stray))
    root = await world.person("root1", Role.SUPERUSER)
    return world, root, ada, project.id


@ensureDeferred
async def test_what_runs() -> None:
    """With what it uses; a node that is silent is said, and hides nothing else."""
    world, root, _, _ = await busy()
    fleet = world.rooms.admin.fleet
    (one,) = (await fleet.busy(root)).items
    assert [(use.launch.user, use.cpu) for use in one.apps] == [("bob", 12.0)]
    assert (await fleet.busy(root, owner="nobody")).items == ()
    world.nodes.silent = True
    (one,) = (await fleet.busy(root)).items
    assert one.apps == ()
    assert "does not answer" in one.problem


@ensureDeferred
async def test_ending() -> None:
    """One app, or the whole project; noted with who and whose."""
    world, root, _, project = await busy()
    fleet = world.rooms.admin.fleet
    await fleet.stop_app(root, project, "l2")
    assert world.nodes.routes[-1] == "stop"
    for key, app in ((project, "l3"), ("none", "l2")):
        with pytest.raises(NotFound):
            await fleet.stop_app(root, key, app)
    task = await fleet.stop_project(root, project)
    assert task.kind is Kind.STOP_PROJECT
    acts = await world.database.collection("audit").find({"by": "root1"})
    told = [(one["act"], one["user"]) for one in acts]
    assert ("app stopped", "bob") in told
    assert ("project stopped", "") in told


@ensureDeferred
async def test_only_superusers() -> None:
    """Nobody else, not even of a project of their own."""
    world, root, ada, project = await busy()
    fleet = world.rooms.admin.fleet
    tries = [
        fleet.projects(ada, ProjectsWanted()),
        fleet.busy(ada),
        fleet.stop_app(ada, project, "l2"),
        fleet.stop_project(ada, project),
        fleet.busy(evolve(root, project=project)),
    ]
    for one in tries:
        with pytest.raises(Forbidden):
            await one
    assert (await fleet.projects(root, ProjectsWanted())).items
