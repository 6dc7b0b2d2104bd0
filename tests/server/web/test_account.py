"""One's own account."""

import html
import re

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.runtime.assets import Assets
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.furnished import PASSWORD, World, furnished
from tests.server.mailing import switch_on
from tests.server.web.browser import Browser
from tests.server.web.example import signed_in


def test_profile(bob: Browser) -> None:
    """What one says of oneself is shown to others, as text."""
    fields = {
        "display_name": "Robert <b>",
        "email": "r@example.org",
        "url": "example.org/~bob",
        "company": "Martin & Sons",
        "location": "Bath",
    }
    assert bob.post("/account/profile", fields).status == 303
    shown = bob.get("/bob")
    assert "Robert &lt;b&gt;" in shown.text
    assert "Company: Martin & Sons" in shown.words
    assert "Location: Bath" in shown.words
    assert 'href="https://example.org/~bob" rel="nofollow ugc' in shown.text
    assert "r@example.org" not in shown.text
    assert 'value="Martin &amp; Sons"' in bob.get("/account/").text


@pytest.mark.parametrize(
    "wrong", [{"email": "nonsense"}, {"url": "javascript:alert(1)"}]
)
def test_profile_refused(bob: Browser, wrong: dict[str, str]) -> None:
    """What was typed stays, with what is wrong beside it."""
    answered = bob.post("/account/profile", {"display_name": "R", **wrong})
    assert answered.status == 400
    for name, text in wrong.items():
        assert f'value="{text}"' in answered.text
        assert f'id="field-{name}-wrong"' in answered.text


def test_pictures(clock: Clock, assets: Assets) -> None:
    """They are drawn here; the operator can have them come from a service."""
    service = "https://pictures.example/avatar"
    rooms = now(Deferred.fromCoroutine(furnished(clock, picture_service=service))).rooms
    now(Deferred.fromCoroutine(rooms.accounts.add_user(None, "ada", PASSWORD, "a@b.c")))
    shown = Browser(site(rooms, assets=assets)).sign_in("ada").get("/account/")
    assert f'<img src="{service}/' in shown.text
    policy = shown.header("content-security-policy")
    assert "img-src 'self' https://pictures.example data:" in policy


def test_notices(bob: Browser, world: World) -> None:
    """Where mail is sent, one says whether one wants it."""
    assert "Mail about your account" not in bob.get("/account/").words

    async def switch() -> None:
        _, ada = await signed_in(world.rooms, "ada")
        await switch_on(world.rooms.site, ada)

    now(Deferred.fromCoroutine(switch()))
    box = 'name="notices" value="1" checked'
    assert box in bob.get("/account/").text
    assert bob.post("/account/notices").location == "/account/?done=saved"
    assert box not in bob.get("/account/").text
    bob.post("/account/notices", {"notices": "1"})
    assert box in bob.get("/account/").text


def test_people(bob: Browser) -> None:
    """Names complete themselves; addresses stay private."""
    found = bob.get("/account/people?user=ad")
    assert 'value="ada"' in found.text
    assert "example.org" not in found.text
    assert not bob.get("/account/people").text


def test_log(bob: Browser, clock: Clock) -> None:
    """Acts are shown with who, when and from where; what gives access stands out."""
    clock.advance(1)
    bob.post("/account/tokens", {"note": "<nightly>", "days": "30"})
    shown = bob.get("/account/log")
    assert "Signed in" in shown.words
    assert "Token made Was this you?" in shown.words
    assert "&lt;nightly&gt;" in shown.text
    assert "Token made" in bob.get("/account/log?about=account").words
    assert "Token made" not in bob.get("/account/log?about=projects").words
    assert bob.get("/account/log?about=weather").status == 400
    assert bob.get("/account/log?cursor=weather").status == 400


def test_log_of_what_others_did(bob: Browser, ada: Browser, clock: Clock) -> None:
    """An administrator's act at one's account, and refusals in one's name."""
    ada.post("/admin/users/bob/reset")
    clock.advance(1)
    for _ in range(60):
        bob.post("/account/tokens", {"note": "nightly", "days": "30"})
    first = bob.get("/account/log")
    assert "Reset link made" not in first.words
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = bob.get(html.unescape(following))
    assert "Reset link made By somebody else" in second.words
