"""Accounts whose passwords are in the store."""

import pytest_twisted
from argon2 import PasswordHasher

from aen.model.names import UserName
from aen.model.users import User
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.directories.local import Local
from tests.server.furnished import PASSWORD, furnished, quick_passwords


@pytest_twisted.ensureDeferred
async def test_hashes_of_the_store() -> None:
    """The right one lets in, and nobody comes in without one."""
    world = await furnished()
    await world.person("ada")
    users = world.rooms.archive.users
    await users.add(User("u9", UserName("eve"), source="ldap"), "")
    local = Local(users, quick_passwords())
    assert isinstance(await local.check("ada", PASSWORD), Person)
    for name, password, reason in (
        ("ada", "wrong", Reason.WRONG),
        ("nobody", PASSWORD, Reason.UNKNOWN),
        ("eve", "", Reason.UNKNOWN),
        ("eve", PASSWORD, Reason.UNKNOWN),
    ):
        assert await local.check(name, password) == Refusal(reason)


@pytest_twisted.ensureDeferred
async def test_weak_hashes_are_renewed() -> None:
    """At the first sign-in after the parameters were made stronger."""
    world = await furnished()
    await world.person("ada")
    users = world.rooms.archive.users
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    ada = await world.rooms.access.user("ada")
    await users.change(ada.id, {"hash": weak})
    await Local(users, quick_passwords()).check("ada", PASSWORD)
    found = await users.hash_of("ada")
    assert found is not None
    assert found[1] != weak
