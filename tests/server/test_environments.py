"""Environments: who may change them, when, and what is refused."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Conflict, Forbidden, Invalid, NotFound
from aen.model.projects import State, TeamRole
from aen.model.tasks import Kind
from aen.server.environments import (
    FILE_BYTES,
    PACKAGES,
    EnvironmentChanges,
    NewEnvironment,
)
from aen.wire.environments import EnvironmentFile, FoundPackage, FoundPackages
from aen.wire.messages import Environment, EnvironmentList
from tests.server.furnished import LAB, World, running

INSTALL = EnvironmentChanges(install=("numpy",))


def has(world: World, *names: str) -> None:
    """Let the project have environments; the first is active."""
    found = [Environment(one, "3.11", active=one == names[0]) for one in names]
    world.nodes.answers[EnvironmentList] = EnvironmentList(tuple(found))


@ensureDeferred
async def test_making_one() -> None:
    """New, as a copy, or from a file: one task that says what to do."""
    world, ada, _ = await running()
    rooms = world.rooms
    new = NewEnvironment("gpu", file="torch==2.4\n")
    task = await rooms.environments.create(ada, LAB, new)
    project = await rooms.projects.at(ada, LAB)
    assert (task.kind, task.key) == (
        Kind.CHANGE_ENVIRONMENT, f"environments:{project.id}",
    )  # fmt: skip
    assert (task.arguments["user"], task.arguments["name"]) == ("ada", "gpu")
    (step,) = task.arguments["steps"]
    assert (step["verb"], step["file"]) == ("create", "torch==2.4\n")
    assert await rooms.environments.create(ada, LAB, new) == task
    with pytest.raises(Conflict, match="“gpu” is being changed"):
        await rooms.environments.create(ada, LAB, NewEnvironment("b", source="gpu"))
    assert await rooms.environments.last(ada, LAB) == task


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewEnvironment("../x"), ""),
        (NewEnvironment("a", source="../x"), ""),
        (NewEnvironment("a", source="b", file="numpy"), "file"),
        (NewEnvironment("a", file="x" * (FILE_BYTES + 1)), "file"),
        (NewEnvironment("a", packages=("--index-url",)), "packages"),
        (NewEnvironment("a", packages=("x" * 300,)), "packages"),
        (NewEnvironment("a", packages=("a\0b",)), "packages"),
        (
            NewEnvironment("a", packages=tuple(map(str, range(PACKAGES + 1)))),
            "packages",
        ),
    ],
)
@ensureDeferred
async def test_what_cannot_be_made(new: NewEnvironment, field: str) -> None:
    """It is refused before any node is asked."""
    world, ada, _ = await running()
    with pytest.raises(Invalid) as refusal:
        await world.rooms.environments.create(ada, LAB, new)
    assert not field or field in refusal.value.fields


@ensureDeferred
async def test_only_while_the_project_runs() -> None:
    """A stopped project's environments never drift."""
    world, ada, _ = await running(State.STOPPED)
    environments = world.rooms.environments
    with pytest.raises(Conflict, match="start it first"):
        await environments.change(ada, LAB, "default", INSTALL)
    with pytest.raises(Conflict, match="start it first"):
        await environments.delete(ada, LAB, "gpu")


@ensureDeferred
async def test_who_may() -> None:
    """Members change and search; viewers look and export."""
    world, ada, bob = await running()
    environments = world.rooms.environments
    has(world, "default")
    world.nodes.answers[EnvironmentFile] = EnvironmentFile("requirements.txt", "a==1\n")
    await environments.change(bob, LAB, "default", INSTALL)
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    with pytest.raises(Forbidden):
        await environments.change(bob, LAB, "default", INSTALL)
    with pytest.raises(Forbidden):
        await environments.search(bob, LAB, "default", "num")
    assert (await environments.export(bob, LAB, "default")).text == "a==1\n"
    assert (await environments.named(bob, LAB, "default")).active
    with pytest.raises(NotFound):
        await environments.named(bob, LAB, "other")


@ensureDeferred
async def test_the_active_one_is_not_deleted() -> None:
    """Something has to be there to run in."""
    world, ada, _ = await running()
    with pytest.raises(Conflict, match="make another one active first"):
        await world.rooms.environments.delete(ada, LAB, "default")
    task = await world.rooms.environments.delete(ada, LAB, "old")
    assert task.arguments["steps"][0]["verb"] == "delete"


@ensureDeferred
async def test_nothing_to_do_is_said() -> None:
    """The error is about the packages."""
    world, ada, _ = await running()
    with pytest.raises(Invalid) as refusal:
        await world.rooms.environments.change(ada, LAB, "gpu", EnvironmentChanges())
    assert "packages" in refusal.value.fields


@ensureDeferred
async def test_forms_of_export() -> None:
    """Requirements become an environment file; not every one the other way."""
    world, ada, _ = await running()
    has(world, "default")
    export = world.rooms.environments.export
    answers = world.nodes.answers
    answers[EnvironmentFile] = EnvironmentFile("requirements.txt", "# x\na==1\nb==2\n")
    assert (
        await export(ada, LAB, "default", "requirements")
    ).text == "# x\na==1\nb==2\n"
    made = await export(ada, LAB, "default", "environment")
    assert made.name == "environment.yml"
    assert made.text.splitlines()[-2:] == ["      - a==1", "      - b==2"]
    answers[EnvironmentFile] = EnvironmentFile("environment.yml", "name: default\n")
    assert (await export(ada, LAB, "default", "environment")).text == "name: default\n"
    with pytest.raises(Conflict, match="export it as an environment file"):
        await export(ada, LAB, "default", "requirements")
    with pytest.raises(Invalid):
        await export(ada, LAB, "default", "toml")


@ensureDeferred
async def test_search() -> None:
    """The node is asked for the beginning of a name, not for nothing."""
    world, ada, _ = await running()
    found = FoundPackage("numpy", ("2.1", "2.0"))
    world.nodes.answers[FoundPackages] = FoundPackages((found,))
    search = world.rooms.environments.search
    assert await search(ada, LAB, "default", " num ") == (found,)
    assert await search(ada, LAB, "default", "  ") == ()
    assert world.nodes.routes.count("search") == 1
