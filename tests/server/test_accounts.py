"""Accounts: people and their passwords."""

from typing import Any

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import Conflict, Forbidden, Invalid, NotFound, Taken
from aen.model.projects import TeamRole
from aen.model.users import Role
from aen.server.records import AccountChanges
from aen.server.store.audit import Seeking
from tests.server.furnished import PASSWORD, at, furnished, running


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "a" * 300,
        "Ada",
        "\u0430da",
        "admin",
        "root",
        "api",
        "a/b",
        "a b",
        "1a",
    ],
)
@pytest_twisted.ensureDeferred
async def test_bad_names_are_refused(name: str) -> None:
    """Also for the operator: names are addresses, accounts and directories."""
    world = await furnished()
    with pytest.raises(Invalid) as refusal:
        await world.rooms.accounts.add_user(None, name, PASSWORD)
    assert "username" in refusal.value.fields


@pytest_twisted.ensureDeferred
async def test_a_name_is_taken_once() -> None:
    """The second account of a name is refused, and says of which field."""
    world = await furnished()
    await world.person("ada")
    with pytest.raises(Taken) as refusal:
        await world.rooms.accounts.add_user(None, "ada", PASSWORD)
    assert "username" in refusal.value.fields


@pytest.mark.parametrize("password", ["", "short", "x" * 1025, "\ud800" * 10])
@pytest_twisted.ensureDeferred
async def test_bad_passwords_are_refused(password: str) -> None:
    """Too short, too long, or not text."""
    world = await furnished()
    with pytest.raises(Invalid) as refusal:
        await world.rooms.accounts.add_user(None, "ada", password)
    assert "password" in refusal.value.fields


@pytest_twisted.ensureDeferred
async def test_only_administrators_manage_people() -> None:
    """Nobody makes accounts, raises roles, disables or removes but superusers."""
    world = await furnished()
    accounts, passwords = world.rooms.accounts, world.rooms.password_changes
    ada = await world.person("ada")
    await world.person("bob")
    for attempt in (
        accounts.add_user(ada, "eve", PASSWORD),
        accounts.change_user(ada, "ada", AccountChanges(role=Role.SUPERUSER)),
        accounts.change_user(ada, "ada", AccountChanges(disabled=True)),
        accounts.change_user(ada, "ada", AccountChanges(password="another one")),
        accounts.change_user(ada, "bob", AccountChanges(email="x@y")),
        accounts.remove_user(ada, "bob"),
        passwords.make_reset(ada, "bob"),
        accounts.register("eve", PASSWORD),
    ):
        with pytest.raises(Forbidden):
            await attempt
    changed = await accounts.change_user(
        ada, "ada", AccountChanges(display_name="Ada L.")
    )
    assert changed.title == "Ada L."


@pytest_twisted.ensureDeferred
async def test_registration_can_be_open() -> None:
    """Then anybody makes a plain account."""
    accounts = (await furnished(open_registration=True)).rooms.accounts
    user = await accounts.register("eve", PASSWORD, "eve@example.org")
    assert (user.role, user.email) == (Role.USER, "eve@example.org")


@pytest_twisted.ensureDeferred
async def test_others_addresses_are_private() -> None:
    """People find each other by name; addresses are for administrators."""
    world = await furnished()
    accounts = world.rooms.accounts
    root = await world.person("wakari", Role.SUPERUSER)
    await accounts.add_user(root, "ada", PASSWORD, "ada@example.org")
    bob = await world.person("bob")
    assert [one.email for one in (await accounts.users(bob, "ad")).items] == [""]
    found = await accounts.users(root, "ad")
    assert [one.email for one in found.items] == ["ada@example.org"]


@pytest_twisted.ensureDeferred
async def test_people_are_paged() -> None:
    """A cursor leads on; each account is seen once."""
    world = await furnished()
    root = await world.person("wakari", Role.SUPERUSER)
    for number in range(5):
        await world.rooms.accounts.add_user(None, f"user{number}", PASSWORD)
    seen: list[str] = []
    cursor = None
    while True:
        page = await world.rooms.accounts.users(root, cursor=cursor, limit=2)
        seen += [one.name for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["user0", "user1", "user2", "user3", "user4", "wakari"]


@pytest_twisted.ensureDeferred
async def test_the_last_administrator_stays() -> None:
    """They cannot be demoted, disabled or removed, not even by themselves."""
    world = await furnished()
    accounts = world.rooms.accounts
    await world.person("wakari", Role.SUPERUSER)
    for attempt in (
        accounts.change_user(None, "wakari", AccountChanges(role=Role.USER)),
        accounts.change_user(None, "wakari", AccountChanges(disabled=True)),
        accounts.remove_user(None, "wakari"),
    ):
        with pytest.raises(Conflict, match="last administrator"):
            await attempt


@pytest_twisted.ensureDeferred
async def test_removing_somebody() -> None:
    """Owners of projects stay; who goes leaves teams, sessions and tokens."""
    world = await furnished()
    tokens = world.rooms.api_tokens
    accounts = world.rooms.accounts
    access = world.rooms.access
    projects = world.rooms.projects
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.project(ada)
    await projects.set_member(ada, at("ada/lab"), "bob", TeamRole.MEMBER)
    _, token = await tokens.add_token(bob, "script")
    with pytest.raises(Conflict, match="owns 1 project"):
        await accounts.remove_user(None, "ada")
    await accounts.remove_user(None, "bob")
    assert await tokens.caller_of_token(token) is None
    assert (await projects.at(ada, at("ada/lab"))).team == ()
    with pytest.raises(NotFound):
        await access.user("bob")


@pytest_twisted.ensureDeferred
async def test_files_are_closed_to_somebody_removed() -> None:
    """Where files are already, the node is told of the team without them."""
    world, _, _ = await running()
    worker = world.worker()
    worker.start()
    told = world.nodes.routes.count("team")
    await world.rooms.accounts.remove_user(None, "bob")
    assert world.nodes.routes.count("team") == told + 1
    await worker.stop()


@pytest_twisted.ensureDeferred
async def test_what_happens_to_an_account_is_noted() -> None:
    """Who made, changed and removed it, and what it was changed to."""
    world = await furnished(open_registration=True)
    accounts, audit = world.rooms.accounts, world.rooms.audit
    root = await world.person("wakari", Role.SUPERUSER)
    await accounts.register("eve", PASSWORD, address="192.0.2.1")
    changes: dict[str, Any]
    for changes in (
        {"role": Role.STAFF, "disabled": True},
        {"role": Role.STAFF},
        {"password": "another one"},
    ):
        world.clock.advance(1)
        await accounts.change_user(root, "eve", AccountChanges(**changes))
    world.clock.advance(1)
    await accounts.remove_user(root, "eve")
    found = await audit.everything(root, Seeking("eve"))
    assert [(one.by, one.act, dict(one.details)) for one in found.items] == [
        ("wakari", Act.ACCOUNT_REMOVED, {}),
        ("wakari", Act.PASSWORD_CHANGED, {}),
        ("wakari", Act.ACCOUNT_CHANGED, {"role": "staff", "sign-in": "disabled"}),
        ("eve", Act.ACCOUNT_MADE, {}),
    ]
    assert found.items[-1].address == "192.0.2.1"
