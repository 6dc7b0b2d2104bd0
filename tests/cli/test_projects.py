"""Commands about projects."""

import json

import pytest

from tests.cli.fake import PROJECT, Fake

ONE = "/projects/ada/lab"
DONE = {"id": "t1", "kind": "x", "state": "done"}
ITEMS = {
    "projects": [PROJECT],
    "apps": [{"name": "terminal", "title": "Terminal", "state": "stopped", "url": "u"}],
    "environments": [{"name": "default", "python": "3.11", "active": True}],
}


@pytest.fixture(autouse=True)
def answers(fake: Fake) -> None:
    """Have everything answered."""
    launch = {"url": "http://g/ada/lab/terminal", "state": "running"}
    for what, answer in {
        "GET /projects?limit=200": (200, {"items": ITEMS["projects"], "next": None}),
        f"GET {ONE}": (200, PROJECT),
        "POST /projects": (201, PROJECT),
        f"DELETE {ONE}": (202, DONE),
        f"POST {ONE}/start": (202, DONE),
        f"POST {ONE}/move": (202, DONE),
        f"GET {ONE}/apps?limit=200": (200, {"items": ITEMS["apps"], "next": None}),
        f"POST {ONE}/apps/terminal": (202, launch),
        f"GET {ONE}/apps/terminal/log": (200, {"lines": ["one", "two"]}),
        f"PUT {ONE}/team/bob": (200, PROJECT),
        f"DELETE {ONE}/team/bob": (200, {**PROJECT, "team": []}),
        f"GET {ONE}/environments?limit=200": (
            200, {"items": ITEMS["environments"], "next": None},
        ),
        f"PATCH {ONE}/environments/default": (202, DONE),
    }.items():  # fmt: skip
        fake.says(what, answer)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("projects list", "ada/lab  stopped  private     Tides"),
        ("projects show ada/lab", "bob (member)"),
        ("projects create lab --summary Tides", "ada/lab"),
        ("projects delete ada/lab --yes", "ada/lab is deleted."),
        ("projects move ada/lab west --yes", "ada/lab: "),
        ("start ada/lab", "ada/lab: stopped"),
        ("start ada/lab --no-wait", "ada/lab: stopped"),
        ("open ada/lab", "/ada/lab"),
        ("open ada/lab terminal", "http://g/ada/lab/terminal"),
        ("apps ada/lab", "Terminal"),
        ("logs ada/lab terminal", "one\ntwo"),
        ("team list ada/lab", "bob   member"),
        ("team add ada/lab bob --role viewer", "ada   owner"),
        ("team remove ada/lab bob", "ada   owner"),
        ("env list ada/lab", "default      3.11    active  0"),
        ("env install ada/lab numpy", "default: numpy"),
    ],
)
def test_commands(fake: Fake, words: str, shown: str) -> None:
    """Each says what has come of it, to people and to programs."""
    status, out, err = fake.run(*words.split())
    assert status == 0, err
    assert shown in out
    status, out, _ = fake.run(*words.split(), "--json")
    assert status == 0
    assert isinstance(json.loads(out), (dict, list))


@pytest.mark.parametrize(
    ("words", "what", "body"),
    [
        ("projects create bob/x --visibility public", "POST /projects",
         {"name": "x", "owner": "bob", "visibility": "public"}),
        ("team add ada/lab bob --role viewer", f"PUT {ONE}/team/bob",
         {"role": "viewer"}),
        ("env install ada/lab numpy pandas", f"PATCH {ONE}/environments/default",
         {"install": ["numpy", "pandas"]}),
    ],
)  # fmt: skip
def test_what_is_sent(fake: Fake, words: str, what: str, body: object) -> None:
    """And nothing beside it."""
    fake.run(*words.split())
    assert (what, body) in fake.asked


def test_nothing_is_deleted_by_accident(fake: Fake) -> None:
    """Without --yes nothing is sent."""
    status, _, err = fake.run("projects", "delete", "ada/lab")
    assert status == 2
    assert "--yes" in err
    assert fake.asked == []


def test_an_app_that_fails(fake: Fake) -> None:
    """It is told, and the status says so."""
    fake.says(f"POST {ONE}/apps/terminal", (202, {"url": "u", "state": "failed"}))
    status, _, err = fake.run("open", "ada/lab", "terminal")
    assert status == 1
    assert "has not come up" in err
