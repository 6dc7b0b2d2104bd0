"""People, for administrators."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Conflict, Forbidden, NotFound
from aen.model.users import Role
from aen.server.store.audit import Seeking
from aen.server.store.user_search import UsersWanted
from tests.server.furnished import LAB, PASSWORD, furnished


@ensureDeferred
async def test_listing_counts_projects() -> None:
    """Those somebody owns."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada", Role.SUPERUSER), await world.person("bob")
    for name in ("one", "two"):
        await world.project(bob, name)
    page = await world.rooms.admin.people.listing(ada, UsersWanted())
    assert [(str(one.user.name), one.projects) for one in page.items] == [
        ("ada", 0), ("bob", 2),
    ]  # fmt: skip


@ensureDeferred
async def test_one() -> None:
    """With sessions and tokens, and how to end them."""
    world = await furnished()
    rooms, people = world.rooms, world.rooms.admin.people
    ada, bob = await world.person("ada", Role.SUPERUSER), await world.person("bob")
    await rooms.api_tokens.add_token(bob, "robot")
    found = await people.one(ada, "bob")
    assert [one.note for one in found.tokens] == ["robot"]
    assert len(found.sessions) == 1
    await people.end_token(ada, "bob", found.tokens[0].id)
    with pytest.raises(NotFound):
        await people.end_token(ada, "bob", found.tokens[0].id)
    await people.end_sessions(ada, "bob")
    after = await people.one(ada, "bob")
    assert (after.sessions, after.tokens) == ((), ())
    seeking = Seeking("bob", acts=(Act.TOKEN_ENDED, Act.SESSION_ENDED))
    acts = await rooms.audit.everything(ada, seeking)
    assert [one.by for one in acts.items] == ["ada", "ada"]


@ensureDeferred
async def test_roles_and_states() -> None:
    """Are changed by administrators, but not their own."""
    world = await furnished()
    rooms, people = world.rooms, world.rooms.admin.people
    ada, _ = await world.person("ada", Role.SUPERUSER), await world.person("bob")
    assert (await people.set_role(ada, "bob", Role.STAFF)).role is Role.STAFF
    assert (await people.set_disabled(ada, "bob", disabled=True)).disabled
    assert not (await people.set_disabled(ada, "bob", disabled=False)).disabled
    await rooms.access.sign_in("bob", PASSWORD, "", "")
    with pytest.raises(Conflict):
        await people.set_role(ada, "ada", Role.USER)
    with pytest.raises(Conflict):
        await people.set_disabled(ada, "ada", disabled=True)


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
@ensureDeferred
async def test_only_superusers(role: Role) -> None:
    """Nobody else sees or changes any of it."""
    world = await furnished()
    sam, people = await world.person("sam", role), world.rooms.admin.people
    tries: list[Any] = [
        people.listing(sam, UsersWanted()),
        people.one(sam, "sam"),
        people.set_role(sam, "sam", Role.SUPERUSER),
        people.set_disabled(sam, "sam", disabled=False),
        people.end_sessions(sam, "sam"),
        people.end_token(sam, "sam", "x"),
    ]
    for one in tries:
        with pytest.raises(Forbidden):
            await one


@ensureDeferred
async def test_a_token_says_which_project_it_reaches() -> None:
    """To administrators as to whoever made it."""
    world = await furnished()
    await world.center()
    root = await world.person("wakari", Role.SUPERUSER)
    ada = await world.person("ada")
    await world.project(ada)
    await world.rooms.api_tokens.add_token(ada, "deploy", project=LAB)
    (token,) = (await world.rooms.admin.people.one(root, "ada")).tokens
    assert (token.note, token.project) == ("deploy", "ada/lab")
