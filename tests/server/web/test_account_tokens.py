"""API tokens."""

import re

import pytest

from tests.server.web.browser import Browser


def test_token(bob: Browser) -> None:
    """A token is shown once, and gone when it is deleted."""
    made = bob.post("/account/tokens", {"note": "nightly", "days": "30"})
    (secret,) = re.findall(r'id="new-token" value="(aen_[^"]+)"', made.text)
    page = bob.get("/account/tokens")
    assert secret not in page.text
    assert "nightly" in page.words
    (path,) = re.findall(r'action="(/account/tokens/[^"]+/delete)"', page.text)
    assert bob.post(path).status == 303
    assert "nightly" not in bob.get("/account/tokens").words


def test_limited_token(bob: Browser) -> None:
    """It says in words what it may do, and where."""
    fields = {
        "note": "ci",
        "days": "7",
        "rights": "some",
        "scope": ["project:read", "project:state"],
        "project": "bob/forecast",
    }
    assert "new-token" in bob.post("/account/tokens", fields).text
    shown = bob.get("/account/tokens").words
    assert "See projects · Run projects · only in bob/forecast" in shown


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "", "days": "30"},
        {"note": "n", "days": "-1"},
        {"note": "n", "days": "soon"},
        {"note": "n", "days": "99999999999999999999"},
        {"note": "n", "rights": "some", "scope": "all:everything"},
        {"note": "n", "project": "ada/engine-notes"},
        {"note": "n", "project": "nonsense"},
    ],
)
def test_token_refused(bob: Browser, fields: dict[str, str]) -> None:
    """A token that cannot be is refused in words."""
    answered = bob.post("/account/tokens", fields)
    assert answered.status == 400
    assert 'role="alert"' in answered.text
    assert "new-token" not in answered.text
