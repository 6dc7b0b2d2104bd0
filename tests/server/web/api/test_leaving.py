"""``/me/close`` and ``/users/{user}/leave``."""

from tests.server.furnished import PASSWORD
from tests.server.web.api.program import Program


def test_close(bobs: Program) -> None:
    """With the password, and a word of each project."""
    projects = {"bob/forecast": "ada", "bob/secret": None}
    body = {"password": "wrong", "projects": projects}
    status, answer = bobs.ask("POST", "/me/close", body)
    assert (status, list(answer["error"]["fields"])) == (400, ["password"])
    body["password"] = PASSWORD
    status, answer = bobs.ask("POST", "/me/close", {"password": PASSWORD})
    assert (status, "projects" in answer["error"]["fields"]) == (400, True)
    assert bobs.ask("POST", "/me/close", body) == (
        200, {"given": 1, "deleted": 1, "removed": False},
    )  # fmt: skip
    assert bobs.ask("GET", "/me")[0] == 401


def test_leave(adas: Program, bobs: Program) -> None:
    """For administrators."""
    assert bobs.ask("POST", "/users/eve/leave", {})[0] == 403
    assert adas.ask("POST", "/users/bob/leave", {"then": "fire"})[0] == 400
    status, done = adas.ask("POST", "/users/bob/leave", {"rest": "ada"})
    assert (status, done) == (200, {"given": 2, "deleted": 0, "removed": False})
    assert adas.ask("GET", "/users/bob")[1]["disabled"] is True
    status, done = adas.ask("POST", "/users/eve/leave", {"then": "remove"})
    assert (status, done["removed"]) == (200, True)
    assert adas.ask("GET", "/users/eve")[0] == 404
