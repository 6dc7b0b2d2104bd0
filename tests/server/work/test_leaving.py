"""Removing accounts that were closed."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import NotFound
from aen.model.projects import Problem, State
from aen.model.tasks import Kind, TaskState
from aen.model.users import Role
from tests.server.furnished import furnished, task_of


@ensureDeferred
async def test_it_waits_for_projects_and_says_which() -> None:
    """They are gone at some time; then the account goes, noted by who closed it."""
    world = await furnished()
    await world.center()
    rooms = world.rooms
    root, ada = await world.person("wakari", Role.SUPERUSER), await world.person("ada")
    lab = await world.project(ada, "lab")
    await rooms.accounts.shut(ada.user)
    arguments = {"user": ada.user.id}
    task = await rooms.tasks.add(Kind.REMOVE_ACCOUNT, "account:x", arguments, "wakari")
    worker = world.worker()
    worker.start()
    waiting = await task_of(rooms, task.id)
    assert waiting.state is TaskState.QUEUED
    assert waiting.problem == "Projects of “ada” are being deleted: ada/lab."
    records = rooms.archive.projects
    await records.begin(lab.id, "m", State.STOPPING, 0.0)
    await records.finish(lab.id, "m", State.FAILED, Problem("No."), 0.0)
    world.clock.pump([1.0] * 4)
    assert "could not be deleted yet" in (await task_of(rooms, task.id)).problem
    await records.remove(lab.id)
    world.clock.pump([1.0] * 20)
    assert (await task_of(rooms, task.id)).state is TaskState.DONE
    with pytest.raises(NotFound):
        await rooms.access.user("ada")
    (last, *_) = (await rooms.audit.own(ada)).items
    assert last.by == "wakari"
    assert (await rooms.access.user(root.user.name)).name == "wakari"
    await worker.stop()


@ensureDeferred
async def test_an_account_that_is_wanted_again() -> None:
    """Enabling it takes the removal back."""
    world = await furnished()
    rooms = world.rooms
    ada = await world.person("ada")
    for user in (ada.user.id, "nobody"):
        key, arguments = f"account:{user}", {"user": user}
        await rooms.tasks.add(Kind.REMOVE_ACCOUNT, key, arguments, "wakari")
    worker = world.worker()
    worker.start()
    assert (await rooms.access.user("ada")).name == "ada"
    await worker.stop()
