"""An app's token may do what its manifest says, for whom it runs."""

from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.names import AppName
from tests.server.furnished import furnished

APP = AppSummary(
    AppName("dash"), "Dash", "app", Permission.WRITE, Instance.USER, ("project:read",)
)


@ensureDeferred
async def test_a_token_is_limited_to_its_project_and_scopes() -> None:
    """And acts for the one who launched the app."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    project = await world.project(ada)
    text = await world.rooms.tokens.make(ada, project, APP, "dash")
    caller = await world.rooms.api_tokens.caller_of_token(text)
    assert caller is not None
    assert caller.user.name == "ada"
    assert (caller.scopes, caller.project) == (frozenset({"project:read"}), project.id)
    unknown = await world.rooms.tokens.make(ada, project, None, "dash")
    nothing = await world.rooms.api_tokens.caller_of_token(unknown)
    assert nothing is not None
    assert nothing.scopes == frozenset()


@ensureDeferred
async def test_a_shared_app_acts_for_the_owner() -> None:
    """Not for whoever happened to open it."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    project = await world.project(ada)
    shared = evolve(APP, instance=Instance.PROJECT)
    text = await world.rooms.tokens.make(bob, project, shared, "dash")
    caller = await world.rooms.api_tokens.caller_of_token(text)
    assert caller is not None
    assert caller.user.name == "ada"


@ensureDeferred
async def test_old_tokens_make_room() -> None:
    """Only the newest few of a person, project and app live."""
    world = await furnished(app_tokens=2)
    await world.center()
    ada = await world.person("ada")
    project = await world.project(ada)
    made = []
    for _ in range(3):
        made.append(await world.rooms.tokens.make(ada, project, APP, "dash"))
        world.clock.advance(1)
    tokens = world.rooms.api_tokens
    alive = [await tokens.caller_of_token(text) is not None for text in made]
    assert alive == [False, True, True]
