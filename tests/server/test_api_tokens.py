"""API tokens."""

import re

import pytest
import pytest_twisted

from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.periods import DAY
from tests.server.furnished import furnished


@pytest_twisted.ensureDeferred
async def test_a_token_acts_for_its_maker_until_removed() -> None:
    """It is shown once, kept as a hash, listed by its note, and ends."""
    world = await furnished()
    accounts = world.rooms.accounts
    ada, bob = await world.person("ada"), await world.person("bob")
    info, token = await accounts.add_token(ada, "script")
    assert re.fullmatch(r"aen_[A-Za-z0-9_-]{43}", token)
    assert token not in str(await world.database.collection("tokens").find({}))
    caller = await accounts.caller_of_token(token)
    assert caller is not None
    assert (caller.user.name, caller.session, caller.token) == ("ada", None, info.id)
    assert [one.note for one in await accounts.tokens(ada)] == ["script"]
    with pytest.raises(NotFound):
        await accounts.remove_token(bob, info.id)
    await accounts.remove_token(ada, info.id)
    assert await accounts.caller_of_token(token) is None


@pytest.mark.parametrize("text", ["", "aen_", "x", "aen_" + "A" * 43, "Bearer aen_x"])
@pytest_twisted.ensureDeferred
async def test_what_is_no_token(text: str) -> None:
    """Anything else is nobody."""
    assert await (await furnished()).rooms.accounts.caller_of_token(text) is None


@pytest_twisted.ensureDeferred
async def test_tokens_expire_and_tell_their_last_use() -> None:
    """The last use is noted, at most once a minute."""
    world = await furnished()
    accounts = world.rooms.accounts
    ada = await world.person("ada")
    _, token = await accounts.add_token(ada, "script", ("project:read",), days=1)
    began = world.clock.seconds()
    for seconds in (0, 30, 31):
        world.clock.advance(seconds)
        caller = await accounts.caller_of_token(token)
        assert caller is not None
        assert caller.scopes == frozenset({"project:read"})
        (info,) = await accounts.tokens(ada)
        assert info.last_used == began + (61 if seconds == 31 else 0)
    world.clock.advance(DAY)
    assert await accounts.caller_of_token(token) is None


@pytest_twisted.ensureDeferred
async def test_bad_tokens_are_not_made() -> None:
    """Without a note, with unknown scopes, odd days, or one too many."""
    world = await furnished(tokens_per_user=1)
    accounts = world.rooms.accounts
    ada = await world.person("ada")
    for attempt in (
        accounts.add_token(ada, "  "),
        accounts.add_token(ada, "x" * 200),
        accounts.add_token(ada, "script", ("everything",)),
        accounts.add_token(ada, "script", days=0),
        accounts.add_token(ada, "script", days=float("nan")),
    ):
        with pytest.raises(Invalid):
            await attempt
    await accounts.add_token(ada, "script")
    with pytest.raises(Conflict):
        await accounts.add_token(ada, "another")
