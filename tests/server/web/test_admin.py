"""Administration."""

import re

from tests.server.web.browser import Browser
from tests.server.web.support import GATEWAY, PASSWORD


def test_overview(ada: Browser) -> None:
    """Data centers and nodes are shown with their health and what they say."""
    words = ada.get("/admin/").words
    for told in ("main", GATEWAY, "Gateway connected", "node1", "Answers"):
        assert told in words
    assert words.count("Single-user mode") == 1


def test_tasks_name_their_project(ada: Browser) -> None:
    """A task is told by its project's name, as long as there is that project."""
    ada.post("/ada/scratch/start")
    assert 'href="/ada/scratch"' in ada.get("/admin/tasks").text


def test_add_user(ada: Browser, visitor: Browser) -> None:
    """An account is made, or refused beside its field."""
    fields = {"username": "Zoe", "password": "short", "email": "z@example.org"}
    wrong = ada.post("/admin/users", fields)
    assert wrong.status == 400
    assert 'id="field-username-wrong"' in wrong.text
    assert 'value="z@example.org"' in wrong.text
    fields |= {"username": "zoe", "password": PASSWORD}
    assert ada.post("/admin/users", fields).status == 303
    visitor.sign_in("zoe")


def test_disable(ada: Browser, bob: Browser) -> None:
    """A disabled account is signed out at once, and can be enabled again."""
    assert ada.post("/admin/users/bob/disable").status == 303
    assert bob.get("/").location == "/login"
    assert "Disabled" in ada.get("/admin/users").words
    assert ada.post("/admin/users/bob/enable").status == 303
    bob.sign_in("bob")


def test_unknown_act(ada: Browser, bob: Browser) -> None:
    """What is no act of ours changes nobody."""
    assert ada.post("/admin/users/bob/explode").status == 404
    assert ada.post("/admin/users/nobody/disable").status == 404


def test_reset_link(ada: Browser, visitor: Browser) -> None:
    """A link for a new password is shown once."""
    page = ada.post("/admin/users/bob/reset")
    (link,) = re.findall(
        r'id="reset-link" value="http://aen.example([^"]+)"', page.text
    )
    assert visitor.get(link).status == 200
    assert link not in ada.get("/admin/users").text
