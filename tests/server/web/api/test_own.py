"""``/me/sessions``, ``/me/ssh-keys``, and keys for sshd."""

from aen.server.rooms import Rooms
from tests.server.web.api.program import Program, token_of
from tests.ssh_keys import ed25519_line

KEY = ed25519_line(1)


def test_sessions(bobs: Program) -> None:
    """They are listed and ended; a token is none of them."""
    bobs.browser.sign_in("bob")
    _, shown = bobs.ask("GET", "/me/sessions")
    assert not any(one["current"] for one in shown["items"])
    first = shown["items"][0]["id"]
    assert bobs.ask("DELETE", f"/me/sessions/{first}")[0] == 204
    assert bobs.ask("DELETE", f"/me/sessions/{first}")[0] == 404
    left = len(shown["items"]) - 1
    assert bobs.ask("DELETE", "/me/sessions") == (200, {"ended": left})
    assert bobs.ask("GET", "/me/sessions")[1]["items"] == []


def test_keys(bobs: Program) -> None:
    """They are added, listed and removed."""
    status, made = bobs.ask("POST", "/me/ssh-keys", {"key": f"{KEY} bob@home"})
    assert (status, made["title"], made["key"]) == (201, "bob@home", KEY)
    assert made["fingerprint"].startswith("SHA256:")
    assert bobs.ask("POST", "/me/ssh-keys", {"key": KEY})[0] == 409
    status, answer = bobs.ask("POST", "/me/ssh-keys", {"key": "nonsense"})
    assert (status, list(answer["error"]["fields"])) == (400, ["key"])
    assert bobs.ask("GET", "/me/ssh-keys")[1]["items"] == [made]
    assert bobs.ask("DELETE", f"/me/ssh-keys/{made['id']}")[0] == 204
    assert bobs.ask("GET", "/me/ssh-keys")[1]["items"] == []


def test_keys_for_sshd(adas: Program, bobs: Program) -> None:
    """An administrator's program reads them, as a list and as a file."""
    bobs.ask("POST", "/me/ssh-keys", {"key": f"{KEY} bob@home"})
    _, shown = adas.ask("GET", "/users/bob/ssh-keys")
    assert [one["key"] for one in shown["items"]] == [KEY]
    file = adas.raw("GET", "/users/bob/authorized-keys")
    assert file.text == f"{KEY}\n"
    assert file.header("content-type").startswith("text/plain")
    assert bobs.ask("GET", "/users/bob/ssh-keys")[0] == 403
    assert bobs.ask("GET", "/users/ada/ssh-keys")[0] == 403


def test_a_token_for_sshd_and_nothing_else(
    rooms: Rooms, adas: Program, bobs: Program
) -> None:
    """It reads everybody's keys; it is no use to somebody who does not administer."""
    bobs.ask("POST", "/me/ssh-keys", {"key": KEY})
    scopes = ("ssh-keys:read",)
    node = Program(adas.browser, token_of(rooms, "ada", scopes=scopes))
    path = "/users/bob/authorized-keys"
    assert node.raw("GET", path).text == f"{KEY}\n"
    assert node.ask("GET", "/me/ssh-keys")[0] == 403
    assert node.ask("GET", "/tokens")[0] == 403
    other = Program(adas.browser, token_of(rooms, "bob", scopes=scopes))
    assert other.ask("GET", path)[0] == 403


def test_a_token_for_one_project(rooms: Rooms, bobs: Program) -> None:
    """It reaches that project, no other, and not the account."""
    body = {"note": "ci", "project": "bob/forecast"}
    status, made = bobs.ask("POST", "/tokens", body)
    assert (status, made["project"]) == (201, "bob/forecast")
    listed = bobs.ask("GET", "/tokens")[1]["items"]
    assert "bob/forecast" in [one["project"] for one in listed]
    limited = Program(bobs.browser, made["token"])
    assert limited.ask("GET", "/projects/bob/forecast")[0] == 200
    assert limited.ask("GET", "/projects/bob/secret")[0] == 404
    assert limited.ask("GET", "/tokens")[0] == 403
    assert limited.ask("GET", "/me/ssh-keys")[0] == 403
    for path in ("ada/engine-notes", "bob/none", "bob", "a/b/c"):
        assert bobs.ask("POST", "/tokens", {**body, "project": path})[0] == 400


def test_an_administrator_s_token_for_one_project(rooms: Rooms, adas: Program) -> None:
    """It administers nothing."""
    body = {"note": "ci", "project": "ada/climate-atlas"}
    limited = Program(adas.browser, adas.ask("POST", "/tokens", body)[1]["token"])
    assert limited.ask("GET", "/projects/ada/climate-atlas")[0] == 200
    assert limited.ask("GET", "/users/bob/ssh-keys")[0] == 403
    assert limited.ask("PATCH", "/users/bob", {"disabled": True})[0] == 403
    assert token_of(rooms, "ada")
