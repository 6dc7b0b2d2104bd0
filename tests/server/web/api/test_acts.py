"""``/me/log``."""

from twisted.internet.task import Clock

from aen.server.rooms import Rooms
from tests.server.web.api.program import Program, token_of


def test_own_log(bobs: Program, clock: Clock) -> None:
    """The newest first, page by page, with what stands out."""
    clock.advance(1)
    bobs.ask("POST", "/tokens", {"note": "script"})
    status, shown = bobs.ask("GET", "/me/log?limit=1&about=account")
    assert status == 200
    (entry,) = shown["items"]
    assert (entry["act"], entry["by"], entry["stands_out"]) == (
        "token made", "bob", True,
    )  # fmt: skip
    assert entry["details"] == {"note": "script", "may": "everything"}
    more = bobs.ask("GET", f"/me/log?limit=1&cursor={shown['next']}")[1]
    assert more["items"][0]["id"] != entry["id"]
    assert bobs.ask("GET", "/me/log?about=weather")[0] == 400


def test_a_limited_token_sees_nothing(rooms: Rooms, bobs: Program) -> None:
    """The log is part of the account itself."""
    limited = token_of(rooms, "bob", scopes=("project:read",))
    assert Program(bobs.browser, limited).ask("GET", "/me/log")[0] == 403
