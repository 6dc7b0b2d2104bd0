"""Who is there: sessions."""

from typing import cast

import pytest
import pytest_twisted
from argon2 import PasswordHasher
from attrs import evolve
from twisted.internet.defer import Deferred

from aen.model.audit import Act
from aen.model.errors import Forbidden, NotFound, TooMany, Unauthenticated
from aen.model.periods import DAY
from aen.model.users import Caller
from aen.server.access import Visitor, digest
from aen.server.audit import Audit
from aen.server.events import GATEWAYS
from aen.server.records import AccountChanges
from tests.outcomes import now
from tests.server.furnished import PASSWORD, furnished


@pytest_twisted.ensureDeferred
async def test_sign_in_and_out() -> None:
    """A session lasts from sign-in to sign-out, and gateways hear its end."""
    world = await furnished()
    access = world.rooms.access
    await world.person("ada")
    token, caller = await access.sign_in("ada", PASSWORD, "10.0.0.1", "Firefox")
    assert await access.caller_of_session(token) == caller
    news = world.hear(GATEWAYS)
    await access.sign_out(caller)
    assert await access.caller_of_session(token) is None
    assert [event.data["session"] for event in news] == [caller.session]


@pytest_twisted.ensureDeferred
async def test_the_store_never_sees_the_cookie() -> None:
    """Only the SHA-256 of a session's token is kept."""
    world = await furnished()
    await world.person("ada")
    token, _ = await world.rooms.access.sign_in("ada", PASSWORD, "", "")
    documents = await world.database.collection("sessions").find({})
    assert token not in str(documents)
    assert digest(token) in {one["hash"] for one in documents}


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", "wrong horse"),
        ("nobody", PASSWORD),
        ("ada", ""),
        ("", ""),
        ("a" * 10_000, PASSWORD),
        ("ada\r\nroot", PASSWORD),
        ("ada", "x" * 100_000),
        ("ada", "\ud800"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_one_answer_to_all_that_is_wrong(name: str, password: str) -> None:
    """Whether the name or the password is wrong is not told."""
    world = await furnished()
    await world.person("ada")
    with pytest.raises(Unauthenticated, match="user name or the password is wrong"):
        await world.rooms.access.sign_in(name, password, "", "")


@pytest_twisted.ensureDeferred
async def test_the_name_is_taken_as_typed_by_people() -> None:
    """Capitals and spaces around a name do not matter."""
    world = await furnished()
    await world.person("ada")
    _, caller = await world.rooms.access.sign_in(" Ada ", PASSWORD, "", "")
    assert caller.user.name == "ada"


@pytest_twisted.ensureDeferred
async def test_a_session_expires_without_use() -> None:
    """It ends some days after the last use, not after the sign-in."""
    world = await furnished(session_days=2.0)
    access = world.rooms.access
    await world.person("ada")
    token, _ = await access.sign_in("ada", PASSWORD, "", "")
    for _ in range(3):
        world.clock.advance(1.5 * DAY)
        assert await access.caller_of_session(token) is not None
    world.clock.advance(2 * DAY + 1)
    assert await access.caller_of_session(token) is None


@pytest_twisted.ensureDeferred
async def test_a_cookie_is_renewed_once_a_day() -> None:
    """A browser that is used keeps the cookie of a session that is used."""
    world = await furnished()
    access = world.rooms.access
    await world.person("ada")
    token, ada = await access.sign_in("ada", PASSWORD, "", "")
    assert await access.visitor(token) == Visitor(ada, cookie_due=False)
    world.clock.advance(DAY)
    assert await access.visitor(token) == Visitor(ada, cookie_due=True)
    await access.cookie_was_set(ada)
    assert await access.visitor(token) == Visitor(ada, cookie_due=False)
    await access.sign_out(ada)
    assert await access.visitor(token) is None


@pytest.mark.parametrize(
    ("typed", "told"), [("ada", "ada"), ("Horse battery 1!", "unknown name")]
)
@pytest_twisted.ensureDeferred
async def test_a_password_typed_as_a_name_is_not_logged(
    typed: str, told: str, logged: list[str]
) -> None:
    """A refusal is logged by the name of an account, or by none."""
    world = await furnished()
    await world.person("ada")
    with pytest.raises(Unauthenticated):
        await world.rooms.access.sign_in(typed, "wrong", "10.0.0.9", "")
    assert f"sign-in refused: {told} 10.0.0.9" in logged
    assert not any("horse battery" in line.lower() for line in logged)


@pytest_twisted.ensureDeferred
async def test_a_hash_of_another_time_is_replaced() -> None:
    """At the next sign-in, when the password is known, and once."""
    world = await furnished()
    ada = await world.person("ada")
    users = world.rooms.archive.users
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    await users.change(ada.user.id, {"hash": old})
    kept = []
    for _ in range(2):
        await world.rooms.access.sign_in("ada", PASSWORD, "", "")
        kept.append(await users.hash_of("ada"))
    assert kept[0] is not None
    assert kept[0][1] != old
    assert kept[1] == kept[0]


@pytest_twisted.ensureDeferred
async def test_a_disabled_account_has_no_session() -> None:
    """Disabling ends every session at once and lets nobody in."""
    world = await furnished()
    access, accounts = world.rooms.access, world.rooms.accounts
    await world.person("ada")
    token, _ = await access.sign_in("ada", PASSWORD, "", "")
    await accounts.change_user(None, "ada", AccountChanges(disabled=True))
    assert await access.caller_of_session(token) is None
    with pytest.raises(Unauthenticated):
        await access.sign_in("ada", PASSWORD, "", "")
    await accounts.change_user(None, "ada", AccountChanges(disabled=False))
    assert await access.caller_of_session(token) is None


@pytest_twisted.ensureDeferred
async def test_people_see_and_end_their_sessions() -> None:
    """Others can be ended, one by one or all; nobody else's can."""
    world = await furnished()
    access = world.rooms.access
    bob = await world.person("bob")
    ada = await world.person("ada")
    tokens = [(await access.sign_in("ada", PASSWORD, "", "x"))[0] for _ in range(3)]
    listed = await access.sessions(ada)
    assert len(listed) == 4
    assert [one.id for one in listed if one.current] == [ada.session]
    assert bob.session
    with pytest.raises(NotFound):
        await access.end_session(ada, bob.session)
    await access.end_session(ada, next(one.id for one in listed if not one.current))
    await access.end_other_sessions(ada)
    assert [one.id for one in await access.sessions(ada)] == [ada.session]
    assert [await access.caller_of_session(one) for one in tokens] == [None] * 3


@pytest_twisted.ensureDeferred
async def test_wrong_passwords_slow_down() -> None:
    """After a few, even the right one has to wait; then it is let in."""
    world = await furnished(sign_in_free=3, sign_in_pause=8.0)
    access = world.rooms.access
    await world.person("ada")
    for _ in range(4):
        with pytest.raises(Unauthenticated):
            await access.sign_in("ada", "wrong", "10.0.0.9", "")
    with pytest.raises(TooMany) as refusal:
        await access.sign_in("ada", PASSWORD, "10.0.0.9", "")
    world.clock.advance(refusal.value.retry_after)
    _, caller = await access.sign_in("ada", PASSWORD, "10.0.0.9", "")
    assert caller.user.name == "ada"


@pytest_twisted.ensureDeferred
async def test_csrf_belongs_to_a_session() -> None:
    """Two sessions have different anti-forgery tokens; one has always the same."""
    access = (await furnished()).rooms.access
    assert access.csrf("one") == access.csrf("one") != access.csrf("two")


@pytest_twisted.ensureDeferred
async def test_a_limited_token_does_not_reach_the_account() -> None:
    """What an app holds cannot list sessions, tokens or people."""
    world = await furnished()
    ada = await world.person("ada")
    access = world.rooms.access
    tokens = world.rooms.api_tokens
    accounts = world.rooms.accounts
    passwords = world.rooms.password_changes
    limited = Caller(ada.user, token="t", scopes=frozenset({"project:read"}))
    for attempt in (
        access.sessions(limited),
        access.end_other_sessions(limited),
        tokens.tokens(limited),
        tokens.add_token(limited, "more"),
        accounts.users(limited),
        passwords.change_password(limited, PASSWORD, "another one"),
        accounts.change_user(limited, "ada", AccountChanges(email="a@b")),
    ):
        with pytest.raises(Forbidden):
            await attempt


@pytest_twisted.ensureDeferred
async def test_comings_and_goings_are_noted() -> None:
    """Who signed in, from where; who was refused in their name; what was ended."""
    world = await furnished()
    accounts = world.rooms.accounts
    access = world.rooms.access
    audit = world.rooms.audit
    tick = world.clock.advance
    await accounts.add_user(None, "ada", PASSWORD)
    callers = []
    for number, agent in enumerate(("Firefox/1", "Edg/1", "Edg/1"), 1):
        tick(1)
        address = f"192.0.2.{number}"
        callers.append((await access.sign_in("ada", PASSWORD, address, agent))[1])
    ada, other, third = callers
    tick(1)
    for name in ("ada", "nobody"):
        with pytest.raises(Unauthenticated):
            await access.sign_in(name, "wrong", "192.0.2.9", "curl")
    tick(1)
    await access.end_session(ada, other.session or "")
    assert await access.end_other_sessions(ada) == 1
    assert await access.end_other_sessions(ada) == 0
    await access.sign_out(third)
    tick(1)
    await access.sign_out(ada)
    entries = (await audit.own(ada)).items
    assert [(one.act, one.by, one.address) for one in reversed(entries[:-1])] == [
        (Act.SIGNED_IN, "ada", "192.0.2.1"),
        (Act.SIGNED_IN, "ada", "192.0.2.2"),
        (Act.SIGNED_IN, "ada", "192.0.2.3"),
        (Act.SIGN_IN_REFUSED, "", "192.0.2.9"),
        (Act.SESSION_ENDED, "ada", ""),
        (Act.SESSION_ENDED, "ada", ""),
        (Act.SIGNED_OUT, "ada", ""),
    ]
    refused = entries[3]
    assert refused.details == {"why": "wrong password", "browser": "curl"}
    noted = await world.database.collection("audit").count({})
    assert noted == len(entries), "of names that are none nothing is kept"


class Forgetful:
    """A log that takes for ever to be written."""

    async def note(self, *_: object, **__: object) -> None:
        """Never end."""
        await Deferred()


@pytest_twisted.ensureDeferred
async def test_a_refusal_does_not_wait_until_it_is_noted() -> None:
    """Else it would take longer where the account exists, and tell that it does."""
    world = await furnished()
    await world.person("ada")
    access = evolve(world.rooms.access, audit=cast("Audit", Forgetful()))
    for name in ("ada", "nobody"):
        with pytest.raises(Unauthenticated):
            now(Deferred.fromCoroutine(access.sign_in(name, "wrong", "", "")))
