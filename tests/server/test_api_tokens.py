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
    tokens = world.rooms.api_tokens
    ada, bob = await world.person("ada"), await world.person("bob")
    info, token = await tokens.add_token(ada, "script")
    assert re.fullmatch(r"aen_[A-Za-z0-9_-]{43}", token)
    assert token not in str(await world.database.collection("tokens").find({}))
    caller = await tokens.caller_of_token(token)
    assert caller is not None
    assert (caller.user.name, caller.session, caller.token) == ("ada", None, info.id)
    assert [one.note for one in await tokens.tokens(ada)] == ["script"]
    with pytest.raises(NotFound):
        await tokens.remove_token(bob, info.id)
    await tokens.remove_token(ada, info.id)
    assert await tokens.caller_of_token(token) is None


@pytest.mark.parametrize("text", ["", "aen_", "x", "aen_" + "A" * 43, "Bearer aen_x"])
@pytest_twisted.ensureDeferred
async def test_what_is_no_token(text: str) -> None:
    """Anything else is nobody."""
    assert await (await furnished()).rooms.api_tokens.caller_of_token(text) is None


@pytest_twisted.ensureDeferred
async def test_tokens_expire_and_tell_their_last_use() -> None:
    """The last use is noted, at most once a minute."""
    world = await furnished()
    tokens = world.rooms.api_tokens
    ada = await world.person("ada")
    _, token = await tokens.add_token(ada, "script", ("project:read",), days=1)
    began = world.clock.seconds()
    for seconds in (0, 30, 31):
        world.clock.advance(seconds)
        caller = await tokens.caller_of_token(token)
        assert caller is not None
        assert caller.scopes == frozenset({"project:read"})
        (info,) = await tokens.tokens(ada)
        assert info.last_used == began + (61 if seconds == 31 else 0)
    world.clock.advance(DAY)
    assert await tokens.caller_of_token(token) is None


@pytest_twisted.ensureDeferred
async def test_bad_tokens_are_not_made() -> None:
    """Without a note, with unknown scopes, odd days, or one too many."""
    world = await furnished(tokens_per_user=1)
    tokens = world.rooms.api_tokens
    ada = await world.person("ada")
    for attempt in (
        tokens.add_token(ada, "  "),
        tokens.add_token(ada, "x" * 200),
        tokens.add_token(ada, "script", ("everything",)),
        tokens.add_token(ada, "script", days=0),
        tokens.add_token(ada, "script", days=float("nan")),
    ):
        with pytest.raises(Invalid):
            await attempt
    await tokens.add_token(ada, "script")
    with pytest.raises(Conflict):
        await tokens.add_token(ada, "another")
