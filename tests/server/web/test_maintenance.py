"""Maintenance."""

import pytest

from aen.model.errors import Unavailable
from aen.model.names import UserName
from aen.model.site import Maintenance, SiteValues
from aen.model.users import Caller, Role, User
from aen.server.rooms import Rooms
from aen.server.web.maintenance import demand_open
from tests.server.web.api.program import Program, token_of
from tests.server.web.browser import Browser

WORK = SiteValues("Ours", maintenance=Maintenance(on=True, text="New disks."))
BOB = User("b", UserName("bob"))
ADA = User("a", UserName("ada"), role=Role.SUPERUSER)


def waits(site: SiteValues, caller: Caller | None, path: str) -> str:
    """Return what *caller* is told who comes to *path*; empty: they come in."""
    try:
        demand_open(site, caller, path)
    except Unavailable as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("caller", "path", "told"),
    [
        (Caller(ADA, session="s"), "/", ""),
        (Caller(BOB, token="t", project="p"), "", ""),
        (Caller(BOB, token="t"), "", "New disks."),
        (Caller(BOB, session="s"), "/oauth/authorize", ""),
        (Caller(BOB, session="s"), "/", "New disks."),
        (None, "/login", ""),
        (None, "/", "New disks."),
    ],
)
def test_who_comes_in(caller: Caller | None, path: str, told: str) -> None:
    """Administrators, apps with their tokens, and whoever wants to sign in."""
    assert waits(WORK, caller, path) == told
    assert waits(SiteValues("Ours"), caller, path) == ""


def test_as_people_see_it(ada: Browser, bob: Browser, visitor: Browser) -> None:
    """Others read the reason, administrators come in, and it can be ended."""
    begun = ada.post("/admin/maintenance", {"on": "1", "reason": "New disks."})
    assert begun.status == 303
    page = bob.get("/")
    assert page.status == 503
    assert "New disks." in page.words
    assert "New disks." in visitor.get("/login").words
    fields = {"username": "bob", "password": "correct horse"}
    refused = visitor.post("/login", fields)
    assert refused.status == 503
    assert "New disks." in refused.words
    visitor.sign_in("ada")
    assert "Maintenance is on" in ada.get("/admin/users").words
    assert ada.post("/admin/maintenance", {"reason": "New disks."}).status == 303
    assert bob.get("/").status == 200


def test_as_programs_see_it(ada: Browser, visitor: Browser, rooms: Rooms) -> None:
    """503 with the reason."""
    bobs, adas = (Program(visitor, token_of(rooms, name)) for name in ("bob", "ada"))
    ada.post("/admin/maintenance", {"on": "1", "reason": "New disks."})
    status, found = bobs.ask("GET", "/me")
    assert (status, found["error"]["message"]) == (503, "New disks.")
    assert Program(visitor).ask("GET", "/me")[0] == 503
    assert adas.ask("GET", "/me")[0] == 200
