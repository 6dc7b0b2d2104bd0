"""New passwords."""

import pytest
import pytest_twisted

from aen.model.audit import Act
from aen.model.errors import Invalid, NotFound, TooMany, Unauthenticated
from tests.server.furnished import PASSWORD, furnished


@pytest_twisted.ensureDeferred
async def test_changing_the_password() -> None:
    """It needs the old one and ends the other sessions."""
    world = await furnished()
    access, passwords = world.rooms.access, world.rooms.password_changes
    await world.person("ada")
    token, ada = await access.sign_in("ada", PASSWORD, "", "")
    other, _ = await access.sign_in("ada", PASSWORD, "", "")
    with pytest.raises(Invalid) as refusal:
        await passwords.change_password(ada, "wrong", "better horse")
    assert "old" in refusal.value.fields
    await passwords.change_password(ada, PASSWORD, "better horse")
    assert await access.caller_of_session(token) is not None
    assert await access.caller_of_session(other) is None
    with pytest.raises(Unauthenticated):
        await access.sign_in("ada", PASSWORD, "", "")
    await access.sign_in("ada", "better horse", "", "")


@pytest_twisted.ensureDeferred
async def test_guessing_the_old_password_is_slowed_down() -> None:
    """Who found a browser open does not find out the password."""
    world = await furnished(sign_in_free=1)
    ada = await world.person("ada")
    change = world.rooms.password_changes.change_password
    for _ in range(2):
        with pytest.raises(Invalid):
            await change(ada, "wrong", "better horse")
    with pytest.raises(TooMany):
        await change(ada, PASSWORD, "better horse")


@pytest_twisted.ensureDeferred
async def test_a_reset_link_works_once_and_not_for_ever() -> None:
    """It sets a password, ends every session, and is used up."""
    world = await furnished(reset_hours=1.0)
    access, passwords = world.rooms.access, world.rooms.password_changes
    await world.person("ada")
    token, _ = await access.sign_in("ada", PASSWORD, "", "")
    first = await passwords.make_reset(None, "ada")
    secret = await passwords.make_reset(None, "ada")
    with pytest.raises(NotFound):
        await passwords.reset_password(first, "better horse")
    await passwords.reset_password(secret, "better horse")
    assert await access.caller_of_session(token) is None
    with pytest.raises(NotFound):
        await passwords.reset_password(secret, "worse horse")
    late = await passwords.make_reset(None, "ada")
    world.clock.advance(3601)
    with pytest.raises(NotFound):
        await passwords.reset_password(late, "better horse")


@pytest_twisted.ensureDeferred
async def test_new_passwords_are_noted() -> None:
    """How it was set, and that somebody tried; never the password."""
    world = await furnished()
    passwords = world.rooms.password_changes
    ada = await world.person("ada")
    world.clock.advance(1)
    await passwords.change_password(ada, PASSWORD, "better horse")
    world.clock.advance(1)
    secret = await passwords.make_reset(None, "ada")
    world.clock.advance(1)
    await passwords.reset_password(secret, "best horse", "192.0.2.1")
    world.clock.advance(1)
    with pytest.raises(Invalid):
        await passwords.change_password(ada, "worst horse", "better horse")
    found = (await world.rooms.audit.own(ada)).items
    assert [one.act for one in found[:-2]] == [
        Act.SIGN_IN_REFUSED,
        Act.PASSWORD_RESET,
        Act.RESET_LINK_MADE,
        Act.PASSWORD_CHANGED,
    ]
    assert found[1].address == "192.0.2.1"
    assert not any("horse" in str(one) for one in found)
    assert secret not in str(found)
