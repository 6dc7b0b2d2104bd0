"""Signing in and out, tokens."""

import json
from pathlib import Path

from tests.cli.fake import Fake

ME = {"username": "ada", "name": "Ada", "role": "user", "email": ""}


def test_signing_in_and_out(fake: Fake, tmp_path: Path) -> None:
    """A password becomes a token; it is ended where it was made."""
    place = {"AEN_CONFIG": str(tmp_path / "login.json"), "AEN_URL": "", "AEN_TOKEN": ""}
    fake.says("POST /login", (201, {"id": "t1", "token": "aen_new"}))
    fake.says("GET /me", (200, ME))
    fake.says("DELETE /tokens/t1", (204, None))
    status, out, err = fake.run("login", fake.url, secret="pass word", **place)
    assert (status, err) == (0, "")
    assert "as ada" in out
    sent = {"username": "ada", "password": "pass word", "note": "aen"}
    assert ("POST /login", sent) in fake.asked
    kept = json.loads((tmp_path / "login.json").read_text())
    assert kept == {"url": fake.url, "token": "aen_new", "id": "t1"}
    assert fake.run("whoami", **place)[0] == 0
    assert fake.run("logout", **place)[0] == 0
    assert ("DELETE /tokens/t1", None) in fake.asked
    status, _, err = fake.run("whoami", **place)
    assert status == 3
    assert "aen login URL" in err


def test_a_wrong_password(fake: Fake, tmp_path: Path) -> None:
    """Nothing is kept, and the server's words are shown."""
    error = {"code": "unauthenticated", "message": "Wrong.", "fields": {}}
    fake.says("POST /login", (401, {"error": error}))
    path = tmp_path / "login.json"
    status, _, err = fake.run("login", fake.url, secret="x", AEN_CONFIG=str(path))
    assert (status, path.exists()) == (3, False)
    assert "Wrong." in err


def test_tokens(fake: Fake) -> None:
    """Listed, made, ended."""
    one = {"id": "t1", "note": "ci", "scopes": ["project:read"], "expires": None}
    fake.says("GET /tokens?limit=200", (200, {"items": [one], "next": None}))
    fake.says("POST /tokens", (201, {**one, "token": "aen_shown"}))
    fake.says("DELETE /tokens/t1", (204, None))
    assert "project:read" in fake.run("tokens", "list")[1]
    words = ("tokens", "create", "ci", "--scope", "project:read", "--days", "7")
    assert fake.run(*words)[1] == "aen_shown\n"
    sent = {"note": "ci", "scopes": ["project:read"], "days": 7.0}
    assert ("POST /tokens", sent) in fake.asked
    assert fake.run("tokens", "remove", "t1")[0] == 0
