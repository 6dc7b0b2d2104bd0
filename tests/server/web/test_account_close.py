"""Closing accounts."""

from tests.server.furnished import PASSWORD
from tests.server.web.browser import Browser

FATES = {"fate-bob-forecast": "give:ada", "fate-bob-secret": "delete"}


def test_own(bob: Browser) -> None:
    """It says what goes, asks of each project, and wants the password."""
    page = bob.get("/account/close")
    assert "Give it to ada" in page.words
    assert "bob/secret" in page.words
    wrong = bob.post("/account/close", {**FATES, "password": "x"})
    assert wrong.status == 400
    assert 'id="field-password-wrong"' in wrong.text
    assert 'value="give:ada" selected' in wrong.text
    unsaid = bob.post("/account/close", {"password": PASSWORD})
    assert "Say what is to become of" in unsaid.words
    done = bob.post("/account/close", {**FATES, "password": PASSWORD})
    assert done.location == "/login?done=closed"
    assert "The account is closed." in bob.get(done.location).words
    assert bob.get("/account/").status == 303


def test_by_an_administrator(ada: Browser, bob: Browser) -> None:
    """One act; others may not."""
    assert bob.get("/admin/users/eve/leave").status == 403
    page = ada.get("/admin/users/bob/leave")
    assert "bob/forecast" in page.words
    wrong = ada.post("/admin/users/bob/leave", {"then": "remove"})
    assert wrong.status == 400
    assert "Say what is to become of" in wrong.words
    fields = {"then": "disable", "all": "ada", "fate-bob-secret": "delete"}
    done = ada.post("/admin/users/bob/leave", fields)
    assert done.location == "/admin/users?done=closed"
    assert bob.get("/account/").status == 303
    assert ada.get("/ada/forecast").status == 200
    assert ada.get("/admin/users/nobody/leave").status == 404


def test_removed_at_once(ada: Browser) -> None:
    """Who owns nothing is gone."""
    done = ada.post("/admin/users/eve/leave", {"then": "remove"})
    assert done.status == 303
    assert ada.get("/eve").status == 404
