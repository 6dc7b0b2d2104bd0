"""How often the API may be called."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.names import UserName
from aen.model.users import Caller, User
from aen.runtime.assets import Assets
from aen.server.web.api.limits import bucket_of
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.furnished import furnished
from tests.server.web.api.program import Program, token_of
from tests.server.web.browser import Browser

ADA = User("1", UserName("ada"))


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (None, "address 10.0.0.7"),
        (Caller(ADA, session="s"), "user 1"),
        (Caller(ADA, token="t"), "token t"),
    ],
)
def test_who_is_counted(caller: Caller | None, expected: str) -> None:
    """Each token for itself, a person's browsers together, visitors by address."""
    assert bucket_of(caller, "10.0.0.7") == expected


def small(clock: Clock, assets: Assets, **settings: Any) -> tuple[Program, str]:
    """Return a server that lets few calls through, and a token for it."""
    world = now(Deferred.fromCoroutine(furnished(clock, **settings)))
    now(Deferred.fromCoroutine(world.person("ada")))
    program = Program(Browser(site(world.rooms, assets=assets)))
    return program, token_of(world.rooms, "ada")


def test_too_many_calls(clock: Clock, assets: Assets) -> None:
    """429 says when to go on; each answer says what is left."""
    program, token = small(clock, assets, api_rate=2)
    program.token = token
    left = [program.raw("GET", "/me").header("ratelimit-remaining") for _ in "ab"]
    assert left == ["1", "0"]
    refused = program.raw("GET", "/me")
    assert refused.status == 429
    assert refused.header("retry-after") == "30"
    assert refused.header("ratelimit-limit") == "2"
    clock.advance(30)
    assert program.ask("GET", "/me")[0] == 200


def test_wrong_tokens_are_counted_by_address(clock: Clock, assets: Assets) -> None:
    """Who guesses is stopped, and those with a good token are not."""
    program, token = small(clock, assets, api_rate_address=2)
    program.token = "aen_guess"
    assert [program.ask("GET", "/me")[0] for _ in range(4)] == [401, 401, 429, 429]
    program.token = token
    assert program.ask("GET", "/me")[0] == 200
