"""``/me``, ``/users`` and ``/tokens``."""

from urllib.parse import urlsplit

import pytest

from tests.server.furnished import PASSWORD
from tests.server.web.api.program import Program


def test_me(adas: Program, bobs: Program) -> None:
    """Everybody learns who they are."""
    status, me = bobs.ask("GET", "/me")
    assert (status, me["username"], me["name"], me["role"]) == (
        200, "bob", "Bob Martin", "user",
    )  # fmt: skip
    assert adas.ask("GET", "/me")[1]["role"] == "superuser"


def test_an_administrator_makes_accounts(adas: Program, bobs: Program) -> None:
    """Others may not; a taken and a bad name are told apart."""
    body = {"username": "zoe", "password": PASSWORD, "email": "z@example.org"}
    assert bobs.ask("POST", "/users", body)[0] == 403
    status, made = adas.ask("POST", "/users", body)
    assert (status, made["username"], made["email"]) == (201, "zoe", "z@example.org")
    assert adas.ask("POST", "/users", body)[0] == 409
    status, answer = adas.ask("POST", "/users", body | {"username": "Zoe"})
    assert status == 400
    assert answer["error"]["fields"]


def test_others_do_not_see_what_is_private(adas: Program, bobs: Program) -> None:
    """An address is for its owner and for administrators."""
    assert bobs.ask("GET", "/users/ada")[1]["email"] is None
    assert adas.ask("GET", "/users/bob")[1]["email"] == "bob@example.org"
    assert bobs.ask("GET", "/users/bob")[1]["email"] == "bob@example.org"
    assert bobs.ask("GET", "/users/nobody")[0] == 404
    shown = bobs.ask("GET", "/users")[1]
    assert [one["email"] for one in shown["items"]] == [None] * 3


def test_lists_come_in_pages(adas: Program) -> None:
    """`next` leads on until there is no more."""
    names, more = [], ""
    for _ in range(3):
        page = adas.ask("GET", f"/users?limit=1{more}")[1]
        names += [one["username"] for one in page["items"]]
        more = f"&cursor={page['next']}"
    assert names == ["ada", "bob", "eve"]
    last = adas.ask("GET", "/users?limit=200")[1]
    assert (len(last["items"]), last["next"]) == (3, None)


def test_an_account_changes(adas: Program, bobs: Program) -> None:
    """People change their name; administrators disable; nobody raises themselves."""
    assert bobs.ask("PATCH", "/users/bob", {"name": "Robert"})[1]["name"] == "Robert"
    assert bobs.ask("PATCH", "/users/bob", {"role": "superuser"})[0] == 403
    assert bobs.ask("PATCH", "/users/ada", {"name": "x"})[0] == 403
    assert adas.ask("PATCH", "/users/eve", {"role": "emperor"})[0] == 400
    assert adas.ask("PATCH", "/users/bob", {"disabled": True})[1]["disabled"] is True
    assert bobs.ask("GET", "/me")[0] == 401


def test_what_people_say_of_themselves(adas: Program, bobs: Program) -> None:
    """They change it, others see it; whether mail tells them is theirs alone."""
    said = {"url": "https://example.org", "company": "Sons", "location": "Bath"}
    status, changed = bobs.ask("PATCH", "/users/bob", {**said, "notices": False})
    assert status == 200
    assert said.items() <= changed.items()
    assert said.items() <= adas.ask("GET", "/users/bob")[1].items()
    assert bobs.ask("GET", "/me")[1]["notices"] is False
    assert bobs.ask("PATCH", "/users/bob", {"url": "javascript:x"})[0] == 400


def test_an_account_is_removed(adas: Program) -> None:
    """Unless it owns projects."""
    assert adas.ask("DELETE", "/users/bob")[0] == 409
    assert adas.ask("DELETE", "/users/eve")[0] == 204
    assert adas.ask("GET", "/users/eve")[0] == 404


def test_a_link_for_a_new_password(
    adas: Program, bobs: Program, nobody: Program
) -> None:
    """It works in place of the older one; others cannot make any."""
    first = adas.ask("POST", "/users/bob/reset")[1]["url"]
    status, made = adas.ask("POST", "/users/bob/reset")
    assert (status, made["hours"]) == (201, 24.0)
    new = {"password": "quite another one", "again": "quite another one"}
    for link, answered in ((first, 404), (made["url"], 303)):
        path = urlsplit(link).path
        assert nobody.browser.post(path, new).status == answered
    assert adas.ask("POST", "/users/none/reset")[0] == 404
    assert bobs.ask("POST", "/users/ada/reset")[0] == 403
    assert nobody.ask("POST", "/users/ada/reset")[0] == 401


def test_a_token_is_shown_once(bobs: Program) -> None:
    """It works until it is removed; the list does not hold it."""
    status, made = bobs.ask("POST", "/tokens", {"note": "script", "days": 1})
    assert (status, made["note"]) == (201, "script")
    other = Program(bobs.browser, made["token"])
    assert other.ask("GET", "/me")[0] == 200
    listed = bobs.ask("GET", "/tokens")[1]["items"]
    assert made["id"] in [one["id"] for one in listed]
    assert all("token" not in one for one in listed)
    assert bobs.ask("DELETE", f"/tokens/{made['id']}")[0] == 204
    assert other.ask("GET", "/me")[0] == 401


def test_a_token_of_another_is_not_there(adas: Program, bobs: Program) -> None:
    """Its id opens nothing."""
    theirs = adas.ask("GET", "/tokens")[1]["items"][0]["id"]
    assert bobs.ask("DELETE", f"/tokens/{theirs}")[0] == 404


@pytest.mark.parametrize("body", [{"note": ""}, {"note": "x", "scopes": ["all"]}])
def test_a_bad_token_is_refused(bobs: Program, body: dict[str, object]) -> None:
    """Notes are needed; scopes are known ones."""
    assert bobs.ask("POST", "/tokens", body)[0] == 400
