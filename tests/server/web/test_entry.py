"""Coming in and going out."""

import html
from urllib.parse import quote

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.users import Role
from aen.runtime.assets import Assets
from aen.server.rooms import Rooms
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.furnished import GATEWAY, PASSWORD, World, furnished
from tests.server.mailing import switch_on
from tests.server.web.browser import Browser
from tests.server.web.example import signed_in


def test_sign_in(visitor: Browser) -> None:
    """Signing in leads to where one was going."""
    form = visitor.get("/login?next=/ada/climate-atlas/settings/")
    for label in ("Username", "Password"):
        assert f">{label}</label>" in form.text
    assert ">Sign in</button>" in form.text
    fields = {"username": "ada", "password": PASSWORD}
    answered = visitor.post(
        "/login", {**fields, "next": "/ada/climate-atlas/settings/"}
    )
    assert answered.location == "/ada/climate-atlas/settings/"
    assert visitor.get(answered.location).status == 200


def test_next_stays_here(visitor: Browser) -> None:
    """Nobody is sent elsewhere, neither by the link nor by the form."""
    to = "/\\evil.example"
    page = visitor.get(f"/login?next={quote(to)}")
    assert 'name="next" value="/"' in page.text
    fields = {"username": "ada", "password": PASSWORD, "next": to}
    assert visitor.post("/login", fields).location == "/"
    assert visitor.get(f"/login?next={quote(to)}").location == "/"


@pytest.mark.parametrize("name", ["ada", "nobody", "", "Ä", "a" * 300, "<b>"])
def test_wrong_password(visitor: Browser, name: str) -> None:
    """A refusal keeps the name and does not tell whether it exists."""
    answered = visitor.post("/login", {"username": name, "password": "hush"})
    assert answered.status == 401
    assert "The user name or the password is wrong." in answered.words
    assert f'value="{html.escape(name)}"' in answered.text
    assert "hush" not in answered.text


def test_slowed_down(visitor: Browser) -> None:
    """Who tries too often is told how long to wait."""
    fields = {"username": "ada", "password": "wrong"}
    for _ in range(30):
        visitor.post("/login", fields)
    answered = visitor.post("/login", fields)
    assert answered.status == 429
    assert int(answered.header("retry-after")) > 0
    assert "try again in" in answered.words


def test_session_is_new(visitor: Browser) -> None:
    """A cookie from before signing in is worth nothing afterwards."""
    before = visitor.token
    visitor.sign_in("ada")
    assert visitor.post("/ada/scratch/start", token=before).status == 403


def test_to_a_gateway(visitor: Browser) -> None:
    """On the way to a gateway a page stands between form and redirect."""
    challenge = "a" * 43
    callback = f"{GATEWAY}/_aen/oauth/callback"
    to = (
        f"/oauth/authorize?client_id=main&redirect_uri={quote(callback, safe='')}"
        f"&state=s&code_challenge={challenge}&code_challenge_method=S256"
    )
    first = visitor.get(to)
    assert first.location == f"/login?next={quote(to, safe='')}"
    fields = {"username": "ada", "password": PASSWORD, "next": to}
    between = visitor.post("/login", fields)
    assert between.status == 200
    assert f'content="0; url={html.escape(to)}"' in between.text
    assert visitor.get(to).location.startswith(f"{callback}?code=")


def test_bad_authorize(ada: Browser) -> None:
    """Nobody is sent to an address that is no gateway of ours."""
    answered = ada.get(
        "/oauth/authorize?client_id=main&redirect_uri=http://evil&state=s"
    )
    assert answered.status == 400
    assert not answered.location


def test_sign_out(ada: Browser) -> None:
    """Signing out ends the session, not only the cookie."""
    cookies = dict(ada.cookies)
    assert ada.get("/logout").status == 200
    assert ada.post("/logout").location == "/login?done=signed-out"
    assert "You are signed out." in ada.get("/login?done=signed-out").words
    ada.cookies = cookies
    assert ada.get("/").location == "/login"


def test_reset(visitor: Browser, rooms: Rooms) -> None:
    """A link of an administrator sets a new password, once."""
    secret = now(Deferred.fromCoroutine(rooms.password_changes.make_reset(None, "bob")))
    path = f"/account/reset/{secret}"
    wrong = visitor.post(path, {"password": "new password", "again": "other"})
    assert "The two passwords are not the same." in wrong.words
    fields = {"password": "new password", "again": "new password"}
    assert visitor.post(path, fields).location == "/login?done=password"
    assert visitor.post(path, fields).status == 404
    signed = visitor.post("/login", {"username": "bob", "password": "new password"})
    assert signed.status == 303


def test_register(clock: Clock, assets: Assets) -> None:
    """Where registration is open, an account is one form away."""
    open_ = furnished(clock, open_registration=True)
    rooms = now(Deferred.fromCoroutine(open_)).rooms
    visitor = Browser(site(rooms, assets=assets))
    fields = {"username": "Dora!", "email": "d@example.org", "password": "long enough"}
    wrong = visitor.post("/register", {**fields, "again": "long enough"})
    assert wrong.status == 400
    assert 'value="Dora!"' in wrong.text
    assert 'id="field-username-wrong"' in wrong.text
    fields |= {"username": "dora", "again": "long enough"}
    assert visitor.post("/register", fields).location == "/?done=welcome"
    assert "Make your first project" in visitor.get("/").words


def test_reset_without_mail(visitor: Browser) -> None:
    """An administrator helps."""
    assert "Ask an administrator" in visitor.get("/account/request_reset").words
    assert visitor.post("/account/request_reset", {"username": "bob"}).status == 409


def mailing(world: World) -> None:
    """Have mail sent."""

    async def switch() -> None:
        _, ada = await signed_in(world.rooms, "ada")
        await switch_on(world.rooms.site, ada)

    now(Deferred.fromCoroutine(switch()))


def test_reset_by_mail(visitor: Browser, world: World) -> None:
    """The same answer whoever was named; the link of the letter works."""
    mailing(world)
    worker = world.worker()
    worker.start()
    assert "Username or e-mail" in visitor.get("/account/request_reset").words
    pages = [
        visitor.post("/account/request_reset", {"username": name})
        for name in ("nobody", "bob", "bob@example.org", "x@example.org", "")
    ]
    assert {one.status for one in pages} == {200}
    assert len({one.words for one in pages}) == 1
    assert [to for to, _ in world.mailer.sent] == ["bob@example.org"] * 2
    path = world.mailer.links[-1]
    fields = {"password": "new password", "again": "new password"}
    assert visitor.post(path, fields).location == "/login?done=password"
    now(Deferred.fromCoroutine(worker.stop()))


def test_reset_asked_too_often(visitor: Browser, world: World) -> None:
    """It is slowed down, with the time to wait."""
    mailing(world)
    asked = [
        visitor.post(
            "/account/request_reset", {"username": "bob"}, x_forwarded_for="192.0.2.1"
        )
        for _ in range(21)
    ]
    assert [one.status for one in asked] == [200] * 20 + [429]
    assert int(asked[-1].header("retry-after")) > 0
    assert 'value="bob"' in asked[-1].text


def test_register_by_mail(clock: Clock, assets: Assets) -> None:
    """The account is there once the link of the letter was followed and confirmed."""
    world = now(Deferred.fromCoroutine(furnished(clock, open_registration=True)))
    root = now(Deferred.fromCoroutine(world.person("wakari", Role.SUPERUSER)))
    now(Deferred.fromCoroutine(switch_on(world.rooms.site, root)))
    visitor = Browser(site(world.rooms, assets=assets))
    worker = world.worker()
    worker.start()
    fields = {"username": "dora", "password": PASSWORD, "again": PASSWORD}
    wrong = visitor.post("/register", fields)
    assert (wrong.status, 'id="field-email-wrong"' in wrong.text) == (400, True)
    sent = visitor.post("/register", {**fields, "email": "d@example.org"})
    assert "We have written to d@example.org" in sent.words
    (path,) = world.mailer.links
    before = visitor.post("/login", fields)
    assert before.status == 401
    assert ">Confirm</button>" in visitor.get(path).text
    assert visitor.post("/login", fields).status == 401, "a look alone makes nothing"
    assert visitor.post(path).location == "/login?done=confirmed"
    assert visitor.post(path).status == 404
    assert visitor.post("/login", fields).status == 303
    now(Deferred.fromCoroutine(worker.stop()))
