"""Whether the directory still knows its people."""

from typing import Any

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import Failed, Unauthenticated, Unavailable
from aen.model.users import Role
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.records import AccountChanges
from aen.server.store.audit import Seeking
from aen.server.work.chores import chores
from tests.server.directories.test_door import HORSE, People, enter
from tests.server.furnished import PASSWORD, World, furnished


class Known(People):
    """A directory in which people can be looked for."""

    async def look(self, name: str) -> Person | Refusal:
        """Find who is known."""
        if self.problem:
            raise Unavailable(self.problem)
        return self.known.get(name) or Refusal(Reason.UNKNOWN)


async def world_of(*names: str, **settings: Any) -> tuple[World, Known]:
    """Return a server with people of a directory, each of whom has signed in."""
    people = Known({name: Person(name, id=name) for name in names})
    world = await furnished(directory=people, accounts="pam", **settings)
    for name in names:
        await enter(world, name)
    return world, people


async def look(world: World) -> str:
    """Do what the clock does."""
    (chore,) = (one for one in chores(world.rooms) if one.name == "accounts")
    return await chore.work()


@pytest_twisted.ensureDeferred
async def test_who_is_gone_is_out_at_once() -> None:
    """Sessions and tokens end; who is back opens the account by signing in."""
    world, people = await world_of("eve", "bob")
    access, tokens = world.rooms.access, world.rooms.api_tokens
    session, caller = await access.sign_in("eve", HORSE, "", "")
    _, token = await tokens.add_token(caller, "script")
    assert await look(world) == ""
    assert await tokens.caller_of_token(token) is not None
    gone = people.known.pop("eve")
    assert await look(world) == "1 of 2 people are gone."
    assert await access.caller_of_session(session) is None
    assert await tokens.caller_of_token(token) is None
    assert (await access.user("eve")).disabled
    page = await world.rooms.archive.audit.page(Seeking("eve"), None, 10)
    assert Act.ACCOUNT_CHANGED in {one.act for one in page.items}
    assert await look(world) == ""
    people.known["eve"] = gone
    assert not (await enter(world, "eve")).disabled
    assert await tokens.caller_of_token(token) is not None


@pytest_twisted.ensureDeferred
async def test_whom_an_administrator_disabled() -> None:
    """Is not enabled by being found again."""
    world, people = await world_of("eve")
    gone = people.known.pop("eve")
    await look(world)
    await world.rooms.accounts.change_user(None, "eve", AccountChanges(disabled=True))
    people.known["eve"] = gone
    with pytest.raises(Unauthenticated, match="is wrong"):
        await enter(world, "eve")


@pytest_twisted.ensureDeferred
async def test_too_many_at_once() -> None:
    """A mistake in the settings shuts out nobody."""
    names = tuple(f"u{number}" for number in range(9))
    world, people = await world_of(*names)
    people.known.clear()
    with pytest.raises(Failed, match="9 of 9"):
        await look(world)
    assert not (await world.rooms.access.user("u1")).disabled


@pytest_twisted.ensureDeferred
async def test_a_directory_that_is_away() -> None:
    """Tells nothing of anybody."""
    world, people = await world_of("eve")
    people.problem = "away"
    with pytest.raises(Unavailable):
        await look(world)
    assert not (await world.rooms.access.user("eve")).disabled


@pytest_twisted.ensureDeferred
async def test_what_has_changed_meanwhile() -> None:
    """Names, roles by groups, and whom a name is given to, before the next sign-in."""
    roles = {"admins": Role.SUPERUSER}
    world, people = await world_of("eve", group_roles=roles)
    people.known["eve"] = Person("eve", "Eve", id="eve", groups=frozenset({"admins"}))
    await look(world)
    eve = await world.rooms.access.user("eve")
    assert (eve.display_name, eve.role) == ("Eve", Role.SUPERUSER)
    people.known["eve"] = Person("eve", id="another")
    await look(world)
    assert (await world.rooms.access.user("eve")).disabled


@pytest_twisted.ensureDeferred
async def test_a_few_at_a_time() -> None:
    """Those not looked for longest come first; local accounts never."""
    world, people = await world_of("eve", "bob", accounts_look_most=1)
    await world.rooms.accounts.add_user(None, "ada", PASSWORD)
    people.known.clear()
    said = []
    for _ in range(3):
        world.clock.advance(1.0)
        said.append(await look(world))
    assert said == ["1 of 1 people are gone."] * 2 + [""]
    assert not (await world.rooms.access.user("ada")).disabled


@pytest_twisted.ensureDeferred
async def test_back_ends_that_cannot_tell() -> None:
    """Nobody is shut out by them."""
    world = await furnished(directory=People({"eve": Person("eve")}), accounts="pam")
    await enter(world, "eve")
    assert await look(world) == ""
    assert await look(await furnished()) == ""


@pytest_twisted.ensureDeferred
async def test_by_the_name_they_are_known_by() -> None:
    """Who signs in by an address is looked for by that address."""
    people = Known({"eve@example.org": Person("eve")})
    world = await furnished(directory=people, accounts="pam")
    await enter(world, "eve@example.org")
    assert await look(world) == ""
    assert not (await world.rooms.access.user("eve")).disabled
