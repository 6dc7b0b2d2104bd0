"""One's own account."""

import re

import pytest
from twisted.web.resource import IResource

from tests.server.furnished import PASSWORD
from tests.server.web.browser import Browser

ENDS = re.compile(r'action="(/account/sessions/(?!others/)[^"]+/end)"')


def test_profile(bob: Browser) -> None:
    """Name and address are changed, or refused with what was typed."""
    fields = {"display_name": "Robert <b>", "email": "r@example.org"}
    assert bob.post("/account/profile", fields).status == 303
    assert "Robert &lt;b&gt;" in bob.get("/bob").text
    wrong = bob.post("/account/profile", {"display_name": "R", "email": "nonsense"})
    assert wrong.status == 400
    assert 'value="nonsense"' in wrong.text


def test_password(bob: Browser, pages: IResource) -> None:
    """A new password ends every other session."""
    other = Browser(pages).sign_in("bob")
    fields = {"old": PASSWORD, "new": "another one", "again": "another one"}
    wrong = bob.post("/account/password", {**fields, "old": "x"})
    assert 'id="field-old-wrong"' in wrong.text
    assert PASSWORD not in wrong.text
    differs = bob.post("/account/password", {**fields, "again": "y"})
    assert "The two passwords are not the same." in differs.words
    assert bob.post("/account/password", fields).status == 303
    assert bob.get("/account/").status == 200
    assert other.get("/account/").status == 303


def test_sessions(bob: Browser, pages: IResource) -> None:
    """Other browsers are signed out one by one or all at once."""
    other = Browser(pages).sign_in("bob")
    page = bob.get("/account/")
    assert ">Sign out everywhere else</button>" in page.text
    (path,) = ENDS.findall(page.text)
    assert bob.post(path).status == 303
    assert other.get("/").location == "/login"
    other.sign_in("bob")
    assert bob.post("/account/sessions/others/end").status == 303
    assert other.get("/").location == "/login"
    assert bob.get("/").status == 200


def test_session_of_another(bob: Browser, ada: Browser, pages: IResource) -> None:
    """Nobody ends sessions of others, whether or not there are such."""
    other = Browser(pages).sign_in("ada")
    (path,) = ENDS.findall(ada.get("/account/").text)
    for each in (path, "/account/sessions/unknown/end"):
        assert bob.post(each).status == 404
    assert other.get("/").status == 200


def test_token(bob: Browser) -> None:
    """A token is shown once, and gone when it is deleted."""
    made = bob.post("/account/tokens", {"note": "nightly", "days": "30"})
    (secret,) = re.findall(r'id="new-token" value="(aen_[^"]+)"', made.text)
    page = bob.get("/account/")
    assert secret not in page.text
    assert "nightly" in page.words
    (path,) = re.findall(r'action="(/account/tokens/[^"]+/delete)"', page.text)
    assert bob.post(path).status == 303
    assert "nightly" not in bob.get("/account/").words


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "", "days": "30"},
        {"note": "n", "days": "-1"},
        {"note": "n", "days": "soon"},
        {"note": "n", "days": "99999999999999999999"},
        {"note": "n", "rights": "some", "scope": "all:everything"},
    ],
)
def test_token_refused(bob: Browser, fields: dict[str, str]) -> None:
    """A token that cannot be is refused in words."""
    answered = bob.post("/account/tokens", fields)
    assert answered.status == 400
    assert 'role="alert"' in answered.text
    assert "new-token" not in answered.text


def test_people(bob: Browser) -> None:
    """Names complete themselves; addresses stay private."""
    found = bob.get("/account/people?user=ad")
    assert 'value="ada"' in found.text
    assert "example.org" not in found.text
    assert not bob.get("/account/people").text
