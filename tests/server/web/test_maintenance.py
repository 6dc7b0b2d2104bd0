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


@pytest.mark.parametrize(
    ("caller", "path"),
    [
        (Caller(ADA, session="s"), "/"),
        (Caller(BOB, token="t", project="p"), ""),
        (None, "/login"),
        (Caller(BOB, session="s"), "/oauth/authorize"),
    ],
)
def test_who_comes_in(caller: Caller | None, path: str) -> None:
    """Administrators, apps with their tokens, and whoever wants to sign in."""
    demand_open(WORK, caller, path)


@pytest.mark.parametrize("caller", [None, Caller(BOB, session="s")])
def test_who_waits(caller: Caller | None) -> None:
    """Everybody else, told why; without maintenance nobody does."""
    with pytest.raises(Unavailable, match="New disks"):
        demand_open(WORK, caller, "/")
    demand_open(SiteValues("Ours"), caller, "/")


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
