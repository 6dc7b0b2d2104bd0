"""Password and sessions."""

import re

from twisted.web.resource import IResource

from tests.server.furnished import PASSWORD
from tests.server.web.browser import Browser

ENDS = re.compile(r'action="(/account/sessions/(?!others/|all/)[^"]+/end)"')


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
    assert bob.get("/account/security").status == 200
    assert other.get("/account/security").status == 303


def test_sessions(bob: Browser, pages: IResource) -> None:
    """Other browsers are signed out one by one or all at once."""
    other = Browser(pages).sign_in("bob")
    page = bob.get("/account/security")
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
    (path,) = ENDS.findall(ada.get("/account/security").text)
    for each in (path, "/account/sessions/unknown/end"):
        assert bob.post(each).status == 404
    assert other.get("/").status == 200


def test_everywhere(bob: Browser, pages: IResource) -> None:
    """Nothing is left signed in, here neither."""
    other = Browser(pages).sign_in("bob")
    assert bob.post("/account/sessions/all/end").location == "/login?done=signed-out"
    for browser in (bob, other):
        assert browser.get("/account/").status == 303
