"""Who is let in, and what becomes of accounts of a directory."""

from typing import Any

import pytest
import pytest_twisted
from attrs import define, field

from aen.model.audit import Act
from aen.model.errors import Invalid, Unauthenticated, Unavailable
from aen.model.users import Role, User
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.directories.door import role_of
from aen.server.records import AccountChanges
from aen.server.store.audit import Seeking
from tests.server.furnished import PASSWORD, World, furnished

HORSE = "directory horse"


@define
class People:
    """A directory of a test."""

    known: dict[str, Person] = field(factory=dict)
    asked: list[tuple[str, str]] = field(factory=list)
    problem: str = ""
    refusal: Refusal | None = None

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Let in who is known, by one password."""
        self.asked.append((name, password))
        if self.problem:
            raise Unavailable(self.problem)
        if self.refusal is not None:
            return self.refusal
        if name not in self.known:
            return Refusal(Reason.UNKNOWN)
        return self.known[name] if password == HORSE else Refusal(Reason.WRONG)


async def world_of(*people: Person, **settings: Any) -> tuple[World, People]:
    """Return a server that asks a directory of *people*."""
    directory = People({one.name: one for one in people})
    settings = {"accounts": "pam", **settings}
    return await furnished(directory=directory, **settings), directory


async def enter(world: World, name: str, password: str = HORSE) -> User:
    """Sign in."""
    _, caller = await world.rooms.access.sign_in(name, password, "10.0.0.1", "x")
    return caller.user


@pytest_twisted.ensureDeferred
async def test_the_first_sign_in_makes_an_account() -> None:
    """With what the directory knows, noted; the next ones bring it up to date."""
    world, people = await world_of(Person("eve", " Eve\nX ", "eve@example.org"))
    user = await enter(world, "Eve")
    assert (user.name, user.source, user.role) == ("eve", "pam", Role.USER)
    assert (user.display_name, user.email) == ("Eve?X", "eve@example.org")
    page = await world.rooms.archive.audit.page(Seeking("eve"), None, 10)
    assert {one.act for one in page.items} == {Act.ACCOUNT_MADE, Act.SIGNED_IN}
    people.known["eve"] = Person("eve", "Eve Y", "not an address")
    again = await enter(world, "eve")
    assert (again.id, again.display_name) == (user.id, "Eve Y")
    assert again.email == "eve@example.org"
    assert await world.rooms.access.user("eve") == again


@pytest_twisted.ensureDeferred
async def test_accounts_made_beforehand() -> None:
    """Where the setting says so, an administrator decides who has one."""
    world, _ = await world_of(Person("eve"), accounts_at_sign_in=False)
    with pytest.raises(Unauthenticated, match="You have no account here yet"):
        await enter(world, "eve")
    await world.rooms.accounts.add_user(None, "eve", None)
    assert (await enter(world, "eve")).source == "pam"


@pytest_twisted.ensureDeferred
async def test_local_accounts_go_on() -> None:
    """Also while the directory is away, and nobody is asked about them there."""
    world, people = await world_of(Person("ada"))
    await world.rooms.accounts.add_user(None, "ada", PASSWORD, role=Role.SUPERUSER)
    people.problem = "it is away"
    assert (await enter(world, "ada", PASSWORD)).role is Role.SUPERUSER
    assert not people.asked
    people.problem = ""
    with pytest.raises(Unauthenticated):
        await enter(world, "ada", HORSE)
    assert not people.asked
    assert (await world.rooms.access.user("ada")).source == "local"


@pytest.mark.parametrize("kept", ["ldap", "our:Class"])
@pytest_twisted.ensureDeferred
async def test_accounts_of_another_back_end(kept: str) -> None:
    """None is taken over by being called so in this one."""
    world, people = await world_of(Person("eve"))
    eve = await enter(world, "eve")
    await world.rooms.archive.users.change(eve.id, {"source": kept})
    people.asked.clear()
    with pytest.raises(Unauthenticated, match="is wrong"):
        await enter(world, "eve")
    assert not people.asked


@pytest_twisted.ensureDeferred
async def test_names_the_directory_gives() -> None:
    """Its name for somebody counts, and opens no account but theirs."""
    world, people = await world_of()
    people.known["eve@example.org"] = Person("Eve")
    assert (await enter(world, "eve@example.org")).name == "eve"
    await world.rooms.accounts.add_user(None, "ada", PASSWORD)
    people.known["mallory"] = Person("ada")
    with pytest.raises(Unauthenticated, match="is wrong"):
        await enter(world, "mallory")
    people.known["root2"] = Person("root")
    people.known["max.m"] = Person("Max.M")
    for name in ("root2", "max.m"):
        with pytest.raises(Unauthenticated, match="cannot be a user name here"):
            await enter(world, name)
    people.known["w"] = Person("wakari")
    with pytest.raises(Unauthenticated, match="no account"):
        await enter(world, "w")


@pytest_twisted.ensureDeferred
async def test_a_name_that_is_somebody_elses_now() -> None:
    """Whom a name is given to later does not get the account of who had it."""
    world, people = await world_of(Person("eve", id="1"))
    await enter(world, "eve")
    people.known["eve"] = Person("eve", id="2")
    with pytest.raises(Unauthenticated):
        await enter(world, "eve")
    people.known["eve"] = Person("eve", id="1")
    await enter(world, "eve")


@pytest_twisted.ensureDeferred
async def test_who_is_disabled_here() -> None:
    """Stays out, whatever the directory says."""
    world, _ = await world_of(Person("eve"))
    eve = await enter(world, "eve")
    await world.rooms.archive.users.change(eve.id, {"disabled": True})
    with pytest.raises(Unauthenticated, match="is wrong"):
        await enter(world, "eve")


@pytest.mark.parametrize("password", ["", "\ud800"])
@pytest_twisted.ensureDeferred
async def test_what_is_no_password(password: str) -> None:
    """The directory is not even asked."""
    world, people = await world_of(Person("eve"))
    with pytest.raises(Unauthenticated, match="is wrong"):
        await enter(world, "eve", password)
    assert not people.asked


@pytest_twisted.ensureDeferred
async def test_refusals(logged: list[str]) -> None:
    """One answer to all; only who gave the right password may be told more."""
    world, people = await world_of(Person("eve"))
    for name, password in (("eve", "wrong"), ("nobody", HORSE)):
        with pytest.raises(Unauthenticated, match="user name or the password is wrong"):
            await enter(world, name, password)
    people.refusal = Refusal(Reason.EXPIRED, "", "Your password has expired.")
    with pytest.raises(Unauthenticated, match="has expired"):
        await enter(world, "eve")
    assert not any(HORSE in line or "nobody" in line for line in logged)


@pytest_twisted.ensureDeferred
async def test_a_directory_that_is_away() -> None:
    """It is no wrong password, and says what to do."""
    world, people = await world_of(Person("eve"))
    people.problem = "ldap://a refuses connections"
    with pytest.raises(Unavailable, match="Try again in a minute") as told:
        await enter(world, "eve")
    assert "ldap" not in told.value.message
    assert not (await world.rooms.door.watch.health()).good


@pytest_twisted.ensureDeferred
async def test_passwords_are_asked_again_there() -> None:
    """What needs the password once more asks whoever keeps it."""
    world, people = await world_of(Person("eve"))
    access = world.rooms.access
    _, caller = await access.sign_in("eve", HORSE, "", "")
    asked = len(people.asked)
    await access.demand_password(caller, HORSE, "password")
    assert people.asked[asked:] == [("eve", HORSE)]
    with pytest.raises(Invalid) as wrong:
        await access.demand_password(caller, "another", "password")
    assert list(wrong.value.fields) == ["password"]


@pytest_twisted.ensureDeferred
async def test_roles_by_groups() -> None:
    """Given and taken at each sign-in, where the setting names groups."""
    roles = {"cn=Admins,o=x": Role.SUPERUSER, "cn=staff,o=x": Role.STAFF}
    both = frozenset({"CN=admins,o=X", "cn=staff,o=x", "other"})
    world, people = await world_of(Person("eve", groups=both), group_roles=roles)
    assert (await enter(world, "eve")).role is Role.SUPERUSER
    people.known["eve"] = Person("eve", groups=frozenset({"cn=staff,o=x"}))
    assert (await enter(world, "eve")).role is Role.STAFF
    people.known["eve"] = Person("eve")
    assert (await enter(world, "eve")).role is Role.USER
    assert role_of(Person("x", groups=both), {}) is Role.USER


@pytest_twisted.ensureDeferred
async def test_roles_given_here_stay() -> None:
    """Without the setting the directory has no say in them."""
    world, _ = await world_of(Person("eve"))
    await enter(world, "eve")
    await world.rooms.accounts.change_user(None, "eve", AccountChanges(role=Role.STAFF))
    assert (await enter(world, "eve")).role is Role.STAFF


@pytest_twisted.ensureDeferred
async def test_the_directory_is_gone_from_the_settings() -> None:
    """Its accounts stay shut, an empty hash is no password."""
    world, _ = await world_of(Person("eve"))
    await enter(world, "eve")
    local = await furnished(clock=world.clock, database=world.database)
    for password in ("", HORSE):
        with pytest.raises(Unauthenticated):
            await enter(local, "eve", password)
