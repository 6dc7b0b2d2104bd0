"""Commands of those who administer."""

import json

import pytest

from tests.cli.fake import Fake

USE = {"launch": "l1", "app": "terminal", "user": "bob", "cpu": 12.4, "memory": 5e8}
BUSY = {"id": "p1", "owner": "ada", "name": "lab", "apps": [USE], "problem": None}
FAULT = {
    "kind": "KeyError",
    "message": "'x'",
    "count": 3,
    "last": "2026",
    "read": False,
}


def test_what_runs(fake: Fake) -> None:
    """Each app on its line with what stops it; a silent node is said."""
    silent = {**BUSY, "name": "far", "apps": [], "problem": "It does not answer."}
    page = {"items": [BUSY, silent], "next": None}
    fake.says("GET /apps?owner=ada&limit=200", (200, page))
    status, out, _ = fake.run("admin", "apps", "--owner", "ada")
    assert status == 0
    assert "ada/lab" in out
    assert "500 MB" in out
    assert "p1 l1" in out
    assert "It does not answer." in out
    shown = fake.run("admin", "apps", "--owner", "ada", "--json")[1]
    assert json.loads(shown)[0]["apps"][0]["launch"] == "l1"


def test_stopping(fake: Fake) -> None:
    """By the two words that the list shows."""
    fake.says("DELETE /apps/p1/l1", (204, None))
    assert fake.run("admin", "stop-app", "p1", "l1")[0] == 0
    assert ("DELETE /apps/p1/l1", None) in fake.asked
    assert fake.run("admin", "stop-app", "p1", "l2")[0] == 1


def test_a_link(fake: Fake) -> None:
    """Alone on its line, for scripts; how long it is good for beside it."""
    fake.says("POST /users/bob/reset", (201, {"url": "https://aen/r/x", "hours": 24.0}))
    status, out, err = fake.run("admin", "reset", "bob")
    assert (status, out) == (0, "https://aen/r/x\n")
    assert "24 hours" in err


@pytest.mark.parametrize("words", [(), ("--read",)])
def test_exceptions(fake: Fake, words: tuple[str, ...]) -> None:
    """They are read only when that is asked."""
    fake.says("GET /exceptions?limit=200", (200, {"items": [FAULT], "next": None}))
    fake.says("POST /exceptions/read", (200, {"read": 1}))
    out = fake.run("admin", "exceptions", *words)[1]
    assert "KeyError" in out
    assert "new" in out
    assert (("POST /exceptions/read", None) in fake.asked) is bool(words)


def test_report(fake: Fake) -> None:
    """What was not done is left out."""
    counts = {"signed in": 7, "token made": 0}
    said = {"since": "a", "until": "b", "users": 3, "projects": 2, "active": 1}
    fake.says("GET /report?period=week", (200, {**said, "counts": counts}))
    out = fake.run("admin", "report", "--period", "week")[1]
    assert "signed in" in out
    assert "token made" not in out
