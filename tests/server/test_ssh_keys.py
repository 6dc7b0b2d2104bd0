"""People's SSH public keys."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Conflict, Forbidden, Invalid, NotFound, Taken
from aen.model.users import Role
from aen.server.records import AccountChanges
from aen.server.ssh_keys import SCOPE
from tests.server.furnished import furnished
from tests.ssh_keys import ed25519_line


@ensureDeferred
async def test_keys_are_added_and_removed() -> None:
    """By their owner; it is noted with the fingerprint."""
    world = await furnished()
    keys = world.rooms.ssh_keys
    ada, bob = await world.person("ada"), await world.person("bob")
    kept = await keys.add(ada, ed25519_line(1) + " ada@home")
    assert kept.title == "ada@home"
    with pytest.raises(Taken):
        await keys.add(ada, ed25519_line(1) + " again")
    await keys.add(bob, ed25519_line(1))
    assert await keys.own(ada) == (kept,)
    with pytest.raises(NotFound):
        await keys.remove(bob, kept.id)
    world.clock.advance(1)
    await keys.remove(ada, kept.id)
    assert await keys.own(ada) == ()
    noted = (await world.rooms.audit.own(ada)).items
    acts = {one.act: one.details for one in noted}
    told = {"title": "ada@home", "fingerprint": kept.key.fingerprint}
    assert acts[Act.KEY_ADDED] == acts[Act.KEY_REMOVED] == told


@ensureDeferred
async def test_what_is_refused() -> None:
    """No key, one too many, a title that is none, a limited token."""
    world = await furnished(ssh_keys_per_user=1)
    keys = world.rooms.ssh_keys
    ada = await world.person("ada")
    for text, title in (("nonsense", ""), (ed25519_line(1), "x" * 101)):
        with pytest.raises(Invalid):
            await keys.add(ada, text, title)
    await keys.add(ada, ed25519_line(1))
    with pytest.raises(Conflict):
        await keys.add(ada, ed25519_line(2))
    limited = evolve(ada, session=None, token="t", scopes=frozenset({SCOPE}))
    for attempt in (keys.own(limited), keys.add(limited, ed25519_line(2))):
        with pytest.raises(Forbidden):
            await attempt


@ensureDeferred
async def test_administrators_read_keys_of_all() -> None:
    """Also by a token that may do nothing else; a disabled account has none."""
    world = await furnished()
    keys, accounts = world.rooms.ssh_keys, world.rooms.accounts
    root, ada = await world.person("wakari", Role.SUPERUSER), await world.person("ada")
    kept = await keys.add(ada, ed25519_line(1))
    limited = evolve(root, session=None, token="t", scopes=frozenset({SCOPE}))
    assert await keys.of(root, "ada") == await keys.of(limited, "ada") == (kept,)
    with pytest.raises(NotFound):
        await keys.of(root, "nobody")
    for other in (
        ada,
        evolve(ada, scopes=frozenset({SCOPE})),
        evolve(limited, scopes=frozenset({"project:read"})),
        evolve(limited, project="p"),
    ):
        with pytest.raises(Forbidden):
            await keys.of(other, "ada")
    await accounts.change_user(root, "ada", AccountChanges(disabled=True))
    assert await keys.of(root, "ada") == ()
    await accounts.remove_user(root, "ada")
    assert await world.rooms.archive.ssh_keys.count(ada.user.id) == 0
