"""Administration: what is set for the whole installation."""

import pytest
from twisted.internet.defer import Deferred
from twisted.web.resource import IResource

from aen.model.users import Role
from aen.server.rooms import Rooms
from tests.outcomes import now
from tests.server.furnished import PASSWORD, World
from tests.server.web.browser import Browser

GENERAL = {"site_name": "The Lab", "visibility": "public", "time_zone": "Asia/Tokyo"}
MAIL = {
    "host": "mail.example", "port": "587", "sender": "aen@example.org",
    "security": "tls", "username": "aen", "password": "planted-secret",
}  # fmt: skip


def test_general(ada: Browser, bob: Browser, visitor: Browser) -> None:
    """What is set holds at once, and can be taken back."""
    page = ada.get("/admin/settings")
    assert "Main site URL http://aen.example" in page.words
    done = ada.post("/admin/settings", {**GENERAL, "open_registration": "1"})
    assert done.location == "/admin/settings?done=set"
    page = ada.get(done.location)
    assert "Undo" in page.words
    assert "The Lab" in visitor.get("/login").words
    assert visitor.get("/register").status == 200
    assert 'value="public" checked' in bob.get("/projects/new").text
    back = ada.post("/admin/settings/undo", {"section": "settings"})
    assert back.location == "/admin/settings?done=saved"
    assert "The Lab" not in visitor.get("/login").words
    assert visitor.get("/register").status == 403
    assert ada.post("/admin/settings/undo", {"section": "odd"}).status == 400


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("settings", {**GENERAL, "site_name": " "}, "site_name"),
        ("settings", {**GENERAL, "time_zone": "Mars"}, "time_zone"),
        ("announcement", {"text": ""}, "text"),
        ("announcement", {"text": "Tea", "until": "soon"}, "until"),
        ("announcement", {"text": "Tea", "until": "2001-01-01T00:00"}, "until"),
        ("notification", {**MAIL, "host": ""}, "host"),
        ("notification", {**MAIL, "port": "x"}, "port"),
        ("notification", {**MAIL, "sender": "x"}, "sender"),
        ("notification", {**MAIL, "password": ""}, "password"),
    ],
)
def test_refused(ada: Browser, path: str, fields: dict[str, str], field: str) -> None:
    """Beside the field, with what was typed still there, but for passwords."""
    page = ada.post(f"/admin/{path}", fields)
    assert page.status == 400
    assert f'id="field-{field}-wrong"' in page.text
    assert "planted-secret" not in page.text


def test_nothing_to_undo(ada: Browser) -> None:
    """Is said."""
    assert ada.post("/admin/settings/undo", {"section": "settings"}).status == 409


def test_announcement(ada: Browser, bob: Browser) -> None:
    """Is published, shown with its end in the zone of the site, and ended."""
    ada.post("/admin/settings", GENERAL)
    ada.post("/admin/announcement", {"text": "Tea", "until": "2037-01-01T09:00"})
    page = ada.get("/admin/announcement")
    assert 'value="2037-01-01T09:00"' in page.text
    assert "Tea" in bob.get("/").words
    ada.post("/admin/announcement", {"text": "Tea", "end": "1"})
    assert "Tea" not in bob.get("/").words
    ada.post("/admin/settings/undo", {"section": "announcement"})
    assert "Tea" in bob.get("/").words


def test_mail(ada: Browser) -> None:
    """The password is asked for and never shown."""
    assert ada.post("/admin/notification", MAIL).status == 303
    page = ada.get("/admin/notification")
    assert 'value="mail.example"' in page.text
    assert "planted-secret" not in page.text
    kept = ada.post("/admin/notification", {**MAIL, "password": "", "sender": "b@c.d"})
    assert kept.status == 303
    other = ada.post("/admin/notification", {**MAIL, "password": "", "host": "x.y"})
    assert other.status == 400
    assert ada.post("/admin/notification", {"off": "1"}).status == 303
    assert "None" in ada.get("/admin/notification").words


def test_test_mail(ada: Browser, world: World) -> None:
    """A letter goes out at once, or the reason is said beside the field."""
    assert ada.post("/admin/notification/test", {"to": "a@b.c"}).status == 409
    ada.post("/admin/notification", MAIL)
    sent = ada.post("/admin/notification/test", {"to": "a@b.c"})
    assert sent.location == "/admin/notification?done=sent"
    assert "has taken the letter" in ada.get(sent.location).words


def test_staff(pages: IResource, rooms: Rooms) -> None:
    """Staff see how mail is sent, and change none of it."""
    adding = rooms.accounts.add_user(None, "sam", PASSWORD, role=Role.STAFF)
    now(Deferred.fromCoroutine(adding))
    sam = Browser(pages).sign_in("sam")
    page = sam.get("/admin/notification")
    assert page.status == 200
    assert "<select" not in page.text
    assert 'name="host"' not in page.text
    for path in ("notification", "settings", "announcement", "maintenance"):
        assert sam.post(f"/admin/{path}", MAIL).status == 403
    assert sam.get("/admin/settings").status == 403
