"""Asking the API."""

import pytest

from aen.cli.client import Client, check_server, project_path
from aen.cli.problems import NotSignedIn, Problem, Refused, Unreachable, Wrong
from tests.cli.fake import Fake


def error(code: str, message: str, **more: object) -> object:
    """Return a refusal as the API has it."""
    return {"error": {"code": code, "message": message, "fields": {}, **more}}


@pytest.mark.parametrize(
    ("status", "content", "kind", "said"),
    [
        (401, error("unauthenticated", "Ended."), NotSignedIn, "Ended. Sign in"),
        (403, error("forbidden", "No."), Refused, "No."),
        (502, error("failed", "No.", log=["line 1"]), Refused, "line 1"),
        (500, {}, Refused, "500"),
        (200, b"<html>", Unreachable, "not as an AEN server"),
    ],
)
def test_refusals(
    fake: Fake, status: int, content: object, kind: type[Problem], said: str
) -> None:
    """Each is a problem with the server's own words."""
    fake.says("GET /me", (status, content))
    with pytest.raises(kind, match=said):
        Client(fake.url, "t").ask("GET", "/me")


def test_nobody_answers() -> None:
    """Neither on a port nobody listens at nor at a name that is none."""
    for url in ("http://127.0.0.1:9", "http://no-such-name.invalid"):
        with pytest.raises(Unreachable, match="does not answer"):
            Client(url, timeout=5.0).ask("GET", "/me")


def test_lists_are_read_to_their_end(fake: Fake) -> None:
    """Page after page."""
    fake.says("GET /tokens?limit=200", (200, {"items": [1, 2], "next": "c d"}))
    fake.says("GET /tokens?limit=200&cursor=c+d", (200, {"items": [3], "next": None}))
    assert list(Client(fake.url).every("/tokens", {"q": ""})) == [1, 2, 3]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("aen.example.org", "https://aen.example.org"),
        ("http://localhost:8080/", "http://localhost:8080"),
        (" https://a.org/aen/ ", "https://a.org/aen"),
    ],
)
def test_addresses(typed: str, url: str) -> None:
    """A name alone means https."""
    assert check_server(typed) == url


@pytest.mark.parametrize("typed", ["", "ftp://x", "http://", "file:///etc"])
def test_addresses_that_are_none(typed: str) -> None:
    """They are told apart before anything is sent."""
    with pytest.raises(Wrong):
        check_server(typed)


def test_projects() -> None:
    """Written owner/name, whatever the name holds."""
    assert project_path("ada/lab") == "/projects/ada/lab"
    assert project_path("ada/x?y") == "/projects/ada/x%3Fy"
    for text in ("ada", "/lab", "ada/", "a/b/c", ""):
        with pytest.raises(Wrong):
            project_path(text)
