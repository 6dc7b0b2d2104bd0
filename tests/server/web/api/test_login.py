"""A token for a name and a password."""

from tests.server.furnished import PASSWORD
from tests.server.web.api.program import Program


def test_a_password_makes_a_token(nobody: Program) -> None:
    """It acts for its person, and is one of their tokens."""
    body = {"username": "bob", "password": PASSWORD, "note": "laptop"}
    status, answer = nobody.ask("POST", "/login", body)
    assert status == 201
    bobs = Program(nobody.browser, answer["token"])
    assert bobs.ask("GET", "/me")[1]["username"] == "bob"
    assert [one["note"] for one in bobs.ask("GET", "/tokens")[1]["items"]] == ["laptop"]


def test_wrong_passwords_are_slowed_down(nobody: Program) -> None:
    """As at the sign-in page, and nothing is said of whether the account exists."""
    said = set()
    for name in ("bob", "no-one"):
        for _ in range(4):
            body = {"username": name, "password": "wrong"}
            status, answer = nobody.ask("POST", "/login", body)
            assert status == 401
            said.add(answer["error"]["message"])
    assert len(said) == 1
    body = {"username": "bob", "password": "wrong"}
    statuses = [nobody.ask("POST", "/login", body)[0] for _ in range(4)]
    assert statuses[-1] == 429


def test_a_visitors_key_is_not_heeded(nobody: Program) -> None:
    """It would be anybody's: each login makes a token of its own."""
    body = {"username": "bob", "password": PASSWORD}
    found = {nobody.raw("POST", "/login", body, idempotency_key="k").text for _ in "ab"}
    assert len(found) == 2
    assert nobody.ask("POST", "/login", body)[0] == 201
