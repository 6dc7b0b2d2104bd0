"""Finding accounts among many."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Invalid
from aen.model.names import UserName
from aen.model.users import Role, User
from aen.server.store.collection import Query
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.user_search import ORDERS, UserSearch, UsersWanted
from aen.server.store.users import Users

PEOPLE = (
    ("ada", "Ada Lovelace", Role.SUPERUSER, False, 1.0, 30.0),
    ("bob", "Bob Martin", Role.USER, True, 2.0, None),
    ("eve", "Éve Ádám", Role.USER, False, 3.0, 20.0),
    ("mary", "", Role.STAFF, False, 3.0, None),
)


async def filled() -> MemoryDatabase:
    """Return a store with a few accounts."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    users = Users(database)
    for name, title, role, disabled, created, seen in PEOPLE:
        user = User(
            f"id-{name}", UserName(name), title, f"{name.upper()}@Example.org", role,
            disabled, created, seen,
        )  # fmt: skip
        await users.add(user, "hash")
    return database


async def names(database: MemoryDatabase, limit: int = 50, **wanted: Any) -> list[str]:
    """Return who is found, over as many pages as there are."""
    search, found, cursor = UserSearch(database), [], None
    while True:
        page = await search.page(UsersWanted(**wanted), cursor, limit)
        found += [str(one.name) for one in page.items]
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "ada bob eve mary"),
        ({"order": "-name"}, "mary eve bob ada"),
        ({"order": "-signed_in"}, "ada eve mary bob"),
        ({"order": "signed_in"}, "bob mary eve ada"),
        ({"order": "-created"}, "mary eve bob ada"),
        ({"role": Role.USER, "order": "-signed_in"}, "eve bob"),
        ({"disabled": True}, "bob"),
        ({"disabled": False}, "ada eve mary"),
        ({"q": "ma"}, "bob mary"),
        ({"q": "LOVE ada"}, "ada"),
        ({"q": "ada"}, "ada eve"),
        ({"q": "eve@exam"}, "eve"),
        ({"q": "xample"}, ""),
        ({"q": "..."}, ""),
    ],
)
@ensureDeferred
async def test_found(wanted: dict[str, Any], found: str, limit: int) -> None:
    """By words, role and state, in any order, page by page."""
    assert await names(await filled(), limit, **wanted) == found.split()


@ensureDeferred
async def test_changes_are_found() -> None:
    """A new name, a new address, a sign-in."""
    database = await filled()
    users = Users(database)
    await users.change("id-bob", {"display_name": "Robert"})
    await users.change("id-bob", {"email": "r@new.example", "last_sign_in": 99.0})
    assert await names(database, q="rob") == ["bob"]
    assert await names(database, q="r@new") == ["bob"]
    assert (await names(database, order="-signed_in"))[0] == "bob"


@ensureDeferred
async def test_accounts_of_before() -> None:
    """Get what they lack, once."""
    database = await filled()
    collection = database.collection("users")
    await collection.update_all({}, {"$unset": {"words": "", "mail": "", "seen": ""}})
    assert await names(database, q="ada") == []
    assert await UserSearch(database).complete() == len(PEOPLE)
    assert await UserSearch(database).complete() == 0
    assert await names(database, q="ada") == ["ada", "eve"]


@pytest.mark.parametrize("cursor", ["x", "nan~id", "inf~id", "~"])
@ensureDeferred
async def test_cursors_are_checked(cursor: str) -> None:
    """Those of a number must hold one."""
    search, wanted = UserSearch(MemoryDatabase()), UsersWanted(order="created")
    with pytest.raises(Invalid):
        await search.page(wanted, cursor, 1)


@ensureDeferred
async def test_orders_are_known() -> None:
    """Nothing else can be sorted by."""
    search, wanted = UserSearch(MemoryDatabase()), UsersWanted(order="hash")
    with pytest.raises(Invalid):
        await search.page(wanted, None, 1)


@pytest.mark.parametrize("order", ORDERS)
@ensureDeferred
async def test_lists_are_walked(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No list looks at every account: an index gives them in order."""
    database = await filled()
    looked: list[Query] = []
    collection = database.named("users")
    original = collection._matching

    def noting(query: Query) -> Any:
        looked.append(query)
        return original(query)

    monkeypatch.setattr(collection, "_matching", noting)
    await names(database, 2, order=order)
    assert looked == []
