"""What stands around every call: who asks, what is sent, how it is refused."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from aen.runtime.assets import Assets
from aen.server.projects import Projects
from aen.server.rooms import Rooms
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.furnished import URL, furnished
from tests.server.web.api.program import Program, token_of
from tests.server.web.browser import Browser


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer aen_wrong"},
        {"authorization": "Bearer"},
        {"authorization": "Basic YWRhOng="},
        {"authorization": "Bearer \xff"},
    ],
)
def test_nobody_gets_401(nobody: Program, headers: dict[str, str]) -> None:
    """Without a good credential the answer is 401, in the contract's shape."""
    status, answer = nobody.ask("GET", "/me", **headers)
    assert status == 401
    assert answer["error"]["code"] == "unauthenticated"
    assert set(answer["error"]) == {"code", "message", "fields"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be an object"),
        ({"note": "x", "nte": 1}, "unknown key “nte” (did you mean “note”?)"),
        ({"note": 5}, "“note” must be a string"),
        ({}, "“note” is not set"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_wrong_body_is_explained(adas: Program, body: Any, said: str) -> None:
    """Unknown fields and wrong types are refused, in words."""
    status, answer = adas.ask("POST", "/tokens", body)
    assert status == 400
    assert said in answer["error"]["message"]


def test_only_json_is_read(adas: Program) -> None:
    """What a form of another site could send is no body."""
    status, _ = adas.ask("POST", "/tokens", {"note": "x"}, content_type="text/plain")
    assert status == 400


def test_a_long_body_is_refused(adas: Program) -> None:
    """And not kept in memory."""
    status, answer = adas.ask("POST", "/tokens", {"note": "x" * 2_000_000})
    assert (status, answer["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=1000", "page=2", "q=a&q=b", "q=%ff", "limit=²"],
)
def test_a_wrong_query_is_refused(adas: Program, query: str) -> None:
    """Unknown, repeated and impossible parameters are errors."""
    status, answer = adas.ask("GET", f"/projects?{query}")
    assert (status, answer["error"]["code"]) == (400, "invalid")


def test_a_browser_needs_the_anti_forgery_header(ada: Browser) -> None:
    """A session alone reads; it changes only with the token and from our origin."""
    program, token = Program(ada), ada.token
    assert program.ask("GET", "/me")[0] == 200
    body = {"note": "x"}
    assert program.ask("POST", "/tokens", body)[0] == 403
    assert program.ask("POST", "/tokens", body, x_aen_csrf="wrong")[0] == 403
    for foreign in ({"origin": "http://evil"}, {"sec_fetch_site": "cross-site"}):
        status, _ = program.ask("POST", "/tokens", body, x_aen_csrf=token, **foreign)
        assert status == 403
    made, answer = program.ask("POST", "/tokens", body, x_aen_csrf=token, origin=URL)
    assert (made, answer["note"]) == (201, "x")


def test_the_usual_port_is_no_other_origin(clock: Clock, assets: Assets) -> None:
    """An address in the settings may have it; browsers leave it out."""
    world = now(Deferred.fromCoroutine(furnished(clock, public_url=f"{URL}:80")))
    now(Deferred.fromCoroutine(world.person("ada")))
    ada = Browser(site(world.rooms, assets=assets)).sign_in("ada")
    body, token = {"note": "x"}, ada.token
    made = Program(ada).ask("POST", "/tokens", body, x_aen_csrf=token, origin=URL)
    assert made[0] == 201


def test_a_limited_token_stays_in_its_limits(rooms: Rooms, nobody: Program) -> None:
    """Scopes take rights away; they never add any."""
    limited = Program(nobody.browser, token_of(rooms, "ada", scopes=("project:read",)))
    assert limited.ask("GET", "/projects/ada/scratch")[0] == 200
    assert limited.ask("POST", "/projects/ada/scratch/start")[0] == 403
    assert limited.ask("GET", "/nodes")[0] == 403
    assert limited.ask("POST", "/tokens", {"note": "more"})[0] == 403


def test_a_bug_is_logged_not_shown(
    adas: Program, logged_failures: list[LogEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer holds nothing of it."""

    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(Projects, "at", broken)
    status, answer = adas.ask("GET", "/projects/ada/scratch")
    assert status == 500
    assert "inside" not in answer["error"]["message"]
    assert logged_failures.pop()["log_failure"].check(ZeroDivisionError)
