"""What pages say where a directory keeps people's passwords."""

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.users import Role
from aen.runtime.assets import Assets
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.directories.test_door import HORSE, People
from tests.server.furnished import PASSWORD, World, furnished
from tests.server.web.browser import Browser

HELP, URL = "Ask the help desk, 1234.", "https://id.example/password"


@pytest.fixture
def people() -> People:
    """Whom the directory knows."""
    return People({"eve": Person("eve", "Eve")})


@pytest.fixture
def world(clock: Clock, people: People) -> World:
    """A server that asks the directory, with one local administrator."""
    made: World = now(
        Deferred.fromCoroutine(
            furnished(
                clock=clock,
                directory=people,
                accounts="pam",
                open_registration=True,
                password_help=HELP,
                password_url=URL,
            )
        )
    )
    now(Deferred.fromCoroutine(made.person("ada", Role.SUPERUSER)))
    return made


@pytest.fixture
def visitor(world: World, assets: Assets) -> Browser:
    """A browser nobody has signed in with."""
    return Browser(site(world.rooms, assets=assets))


def enter(visitor: Browser, name: str = "eve", password: str = HORSE) -> int:
    """Sign in, and return the status."""
    fields = {"username": name, "password": password}
    return visitor.post("/login", fields).status


def test_the_sign_in_page(visitor: Browser) -> None:
    """No way to a new password but the organisation's own, and no registration."""
    page = visitor.get("/login")
    assert "Forgot" not in page.words
    assert "Create an account" not in page.words
    assert HELP in page.words
    assert f'href="{URL}"' in page.text
    assert "none is changed here" in visitor.get("/account/request_reset").words
    assert visitor.get("/register").status == 403


def test_the_account_page(visitor: Browser) -> None:
    """Says where the password is; of a local account it is changed here."""
    assert enter(visitor) == 303
    page = visitor.get("/account/security")
    assert page.status == 200
    assert "kept in your organisation" in page.words
    assert "New password" not in page.words
    fields = {"old": HORSE, "new": "better horse", "again": "better horse"}
    assert visitor.post("/account/password", fields).status == 403


def test_a_local_account(visitor: Browser) -> None:
    """Changes its password here."""
    assert enter(visitor, "ada", PASSWORD) == 303
    assert "New password" in visitor.get("/account/security").words


def test_a_directory_that_is_away(visitor: Browser, people: People) -> None:
    """A plain sentence, and 503; nothing of what the operator reads."""
    people.problem = "ldap://secret.example refuses connections"
    fields = {"username": "eve", "password": HORSE}
    answered = visitor.post("/login", fields)
    assert answered.status == 503
    assert "Signing in does not work at the moment" in answered.words
    assert "secret.example" not in answered.text
    for _ in range(12):
        assert enter(visitor) == 503  # not counted: nobody could tell
    assert enter(visitor, "ada", PASSWORD) == 303


def test_an_expired_password(visitor: Browser, people: People) -> None:
    """Who gave it is told."""
    people.refusal = Refusal(Reason.EXPIRED, "", "Your password has expired.")
    answered = visitor.post("/login", {"username": "eve", "password": HORSE})
    assert answered.status == 401
    assert "Your password has expired." in answered.words
    assert HORSE not in answered.text


def test_the_administrators_page(visitor: Browser, people: People) -> None:
    """Says whether the directory answers, and what is wrong with it."""
    people.problem = "it refuses connections"
    enter(visitor)
    enter(visitor, "ada", PASSWORD)
    page = visitor.get("/admin/")
    assert "it refuses connections" in page.words
    assert "check-accounts" in page.words
