"""Accounts in the store."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import Taken
from aen.model.names import UserName
from aen.model.users import Role, User
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.users import Users, without_private

ADA = User("u1", UserName("ada"), "Ada L.", "ada@example.org", Role.SUPERUSER)


async def users() -> Users:
    """Return a store with one account."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    found = Users(database)
    await found.add(ADA, "hash")
    return found


@ensureDeferred
async def test_an_account_comes_back_as_it_was() -> None:
    """By name and by id; its hash only where it is asked for."""
    store = await users()
    assert await store.named("ada") == await store.with_id("u1") == ADA
    assert await store.hash_of("ada") == (ADA, "hash")
    assert await store.named("bob") is None
    assert await store.hash_of("bob") is None
    with pytest.raises(Taken):
        await store.add(evolve(ADA, id="u2"), "hash")


@ensureDeferred
async def test_a_new_hash_replaces_only_the_old_one() -> None:
    """A password changed meanwhile is not undone."""
    store = await users()
    assert await store.rehash("u1", "hash", "stronger")
    assert not await store.rehash("u1", "hash", "late")
    assert await store.hash_of("ada") == (ADA, "stronger")


@ensureDeferred
async def test_administrators_are_counted() -> None:
    """Those who can sign in."""
    store = await users()
    assert await store.superusers() == 1
    await store.change("u1", {"disabled": True})
    assert await store.superusers() == 0
    await store.remove("u1")
    assert await store.change("u1", {"disabled": False}) is None


def test_what_others_see() -> None:
    """Neither address nor habits."""
    assert without_private(ADA) == evolve(ADA, email="")


@ensureDeferred
async def test_accounts_from_before_there_were_profiles() -> None:
    """They are read as ones that say nothing of themselves."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    store = Users(database)
    await store.add(evolve(ADA, url="https://example.org", notices=False), "hash")
    new = ("url", "company", "location", "notices")
    await database.collection("users").update({}, {"$unset": dict.fromkeys(new, "")})
    assert await store.named("ada") == ADA
