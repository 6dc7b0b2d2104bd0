"""Administration: people."""

import re

import pytest
from twisted.internet.defer import Deferred
from twisted.web.resource import IResource

from aen.model.users import Role
from aen.server.rooms import Rooms
from tests.outcomes import now
from tests.server.furnished import PASSWORD
from tests.server.web.browser import Browser


@pytest.fixture
def sam(pages: IResource, rooms: Rooms) -> Browser:
    """A browser in which Sam, who is staff, is signed in."""
    adding = rooms.accounts.add_user(None, "sam", PASSWORD, role=Role.STAFF)
    now(Deferred.fromCoroutine(adding))
    return Browser(pages).sign_in("sam")


def test_list(ada: Browser) -> None:
    """Is searched, narrowed and sorted, and says what people have."""
    words = ada.get("/admin/users").words
    for told in ("ada Ada Lovelace", "bob@example.org", "Superuser", "Never"):
        assert told in words
    assert "/admin/users/eve" not in ada.get("/admin/users?q=bo").text
    assert "bob" in ada.get("/admin/users?q=Mart").words
    assert "bob" in ada.get("/admin/users?q=bob@ex").words
    assert "Nobody like that" in ada.get("/admin/users?q=zz&state=active").words
    assert "/admin/users/bob" not in ada.get("/admin/users?role=superuser").text
    page = ada.get("/admin/users?order=-created").text
    assert 'aria-sort="descending"' in page
    assert ada.get("/admin/users?order=hash").status == 400


def test_add_user(ada: Browser, visitor: Browser) -> None:
    """An account is made, or refused beside its field."""
    fields = {"username": "Zoe", "password": "short", "email": "z@example.org"}
    wrong = ada.post("/admin/users/new", fields)
    assert wrong.status == 400
    assert 'id="field-username-wrong"' in wrong.text
    assert 'value="z@example.org"' in wrong.text
    fields |= {"username": "zoe", "password": PASSWORD, "role": "staff"}
    made = ada.post("/admin/users/new", fields)
    assert made.location == "/admin/users/zoe?done=added"
    assert "Staff" in ada.get("/admin/users?q=zoe").words
    visitor.sign_in("zoe")
    assert ada.post("/admin/users/new", {"role": "king"}).status == 400


def test_one(ada: Browser, bob: Browser) -> None:
    """With sessions, projects and the log."""
    words = ada.get("/admin/users/bob").words
    for told in ("Bob Martin", "Owns 2", "Signed in", "Account"):
        assert told in words
    assert ada.get("/admin/users/nobody").status == 404


def test_disable_and_undo(ada: Browser, bob: Browser) -> None:
    """A disabled account is signed out at once; the notice takes it back."""
    done = ada.post("/admin/users/bob/disable")
    assert bob.get("/").location == "/login"
    page = ada.get(done.location)
    assert "Undo" in page.words
    assert 'action="/admin/users/bob/enable"' in page.text
    assert "Disabled" in ada.get("/admin/users?state=disabled").words
    assert "Undo" in ada.get(ada.post("/admin/users/bob/enable").location).words
    bob.sign_in("bob")


def test_role_and_undo(ada: Browser, bob: Browser) -> None:
    """A role is given and taken back; nobody takes their own."""
    assert bob.get("/admin/").status == 403
    done = ada.post("/admin/users/bob/role", {"role": "superuser"})
    assert 'name="role" value="user"' in ada.get(done.location).text
    assert bob.get("/admin/").status == 200
    assert bob.post("/admin/users/bob/role", {"role": "user"}).status == 409
    assert ada.post("/admin/users/bob/role", {"role": "user"}).status == 303
    assert bob.get("/admin/").status == 403
    assert ada.post("/admin/users/bob/role", {"role": "king"}).status == 400
    assert ada.post("/admin/users/ada/disable").status == 409


def test_sign_out_everywhere(ada: Browser, bob: Browser) -> None:
    """Ends every session of somebody."""
    done = ada.post("/admin/users/bob/sign-out")
    assert "signed out everywhere" in ada.get(done.location).words
    assert bob.get("/").location == "/login"


def test_tokens(ada: Browser, bob: Browser) -> None:
    """Are shown without themselves, but with what they reach, and ended."""
    form = {"note": "the lab robot", "days": "30", "project": "bob/forecast"}
    made = bob.post("/account/tokens", form)
    secret = re.findall(r"aen_\w+", made.text)[0]
    page = ada.get("/admin/users/bob")
    assert "the lab robot" in page.words
    assert "only in bob/forecast" in page.words
    assert secret not in page.text
    (key,) = re.findall(r'action="/admin/users/bob/token/([^"]+)"', page.text)
    assert ada.post(f"/admin/users/bob/token/{key}").status == 303
    assert ada.post(f"/admin/users/bob/token/{key}").status == 404


def test_unknown_act(ada: Browser) -> None:
    """There is nothing else to do to an account, and nothing to nobody's."""
    assert ada.post("/admin/users/bob/explode").status == 404
    assert ada.post("/admin/users/nobody/disable").status == 404


def test_reset_link(ada: Browser, visitor: Browser) -> None:
    """A link for a new password is shown once."""
    page = ada.post("/admin/users/bob/reset")
    (link,) = re.findall(
        r'id="reset-link" value="http://aen.example([^"]+)"', page.text
    )
    assert visitor.get(link).status == 200
    assert link not in ada.get("/admin/users/bob").text


def test_staff(sam: Browser, bob: Browser, visitor: Browser) -> None:
    """Staff make links for users, not for those at or above them, and see no more."""
    assert sam.get("/admin/").location == "/admin/report"
    page = sam.get("/admin/resets")
    assert page.status == 200
    assert 'href="/admin/users"' not in page.text
    made = sam.post("/admin/resets", {"username": "Bob"})
    assert 'value="http://aen.example/account/reset/' in made.text
    for name in ("ada", "sam"):
        assert sam.post("/admin/resets", {"username": name}).status == 403
    assert sam.post("/admin/resets", {"username": "nobody"}).status == 404
    assert sam.get("/admin/users").status == 403
    assert sam.post("/admin/users/bob/disable").status == 403
    assert bob.get("/admin/resets").status == 403
    assert visitor.get("/admin/resets").status == 303
