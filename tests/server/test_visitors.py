"""Visitors who have not signed in: as whom their apps run, and that it is nobody."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Invalid, Unauthenticated
from aen.model.names import parse_visitors_name
from aen.model.projects import TeamRole
from aen.server.settings import ServerSettings, check_server
from tests.server.furnished import LAB, PASSWORD, URL, World, furnished


@ensureDeferred
async def test_none_is_set() -> None:
    """Then visitors open nothing."""
    world = await furnished()
    assert await world.rooms.visitors.account() is None
    assert await world.rooms.visitors.trouble() == ""


@ensureDeferred
async def test_nobody_gets_the_name() -> None:
    """By no way in which accounts are made, nor may it be put into a team."""
    world = await furnished(ANON_USER="passer", open_registration=True)
    accounts, access = world.rooms.accounts, world.rooms.access
    assert await world.rooms.visitors.account() == "passer"
    for made in (
        accounts.add_user(None, "passer", PASSWORD),
        accounts.register("passer", PASSWORD),
        world.rooms.registration.ask("passer", PASSWORD, "", "192.0.2.1"),
    ):
        with pytest.raises(Invalid, match="for visitors"):
            await made
    with pytest.raises(Unauthenticated):
        await access.sign_in("passer", PASSWORD, "192.0.2.1", "tests")
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    projects = world.rooms.projects
    with pytest.raises(Invalid, match="no account"):
        await projects.set_member(ada, LAB, "passer", TeamRole.VIEWER)
    with pytest.raises(Invalid, match="no account"):
        await projects.transfer(ada, LAB, "passer")


@ensureDeferred
async def test_a_name_that_is_somebodys_is_not_obeyed() -> None:
    """Else visitors would reach on the nodes what is that person's; it is said."""
    world = await furnished(ANON_USER="bob")
    visitors = world.rooms.visitors
    await _somebody(world, "bob")
    assert await visitors.account() is None
    assert "“bob” (ANON_USER) is somebody's" in await visitors.trouble()


async def _somebody(world: World, name: str) -> None:
    """Make an account as it was made before the setting was."""
    ada = await world.person("ada")
    users = world.database.collection("users")
    document = await users.find_one({"_id": ada.user.id})
    assert document is not None
    await users.insert({**document, "_id": "other", "name": name})


@pytest.mark.parametrize("name", ["anonymous", "public", "visitor-1"])
def test_names(name: str) -> None:
    """Reserved ones are the best: no person can have them."""
    assert parse_visitors_name(name) == name


@pytest.mark.parametrize("name", ["", "root", "wakari", "Anonymous", "a b", "x" * 33])
def test_names_that_cannot_be(name: str) -> None:
    """Neither the machine's nor the platform's account; the server does not start."""
    with pytest.raises(Invalid, match="ANON_USER"):
        check_server(
            ServerSettings(public_url=URL, ANON_USER=name, service_account="wakari")
        )
