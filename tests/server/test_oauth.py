"""Sign-in for gateways: codes, and every way of misusing them."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import define, evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import Invalid, Unauthenticated
from aen.model.users import Caller
from aen.server.oauth import Exchange, OAuthError
from aen.wire import tickets
from tests.server.furnished import GATEWAY, GATEWAY_KEY, World, furnished

VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode()
)
CALLBACK = f"{GATEWAY}/_aen/oauth/callback"
OTHER_KEY = tickets.SigningKey(b"o" * 32)


@define
class Dance:
    """A world, somebody in it, and a code on its way to the gateway."""

    world: World
    caller: Caller

    async def authorize(self, **parts: str) -> str:
        """Return where the browser is sent."""
        asked = {
            "client_id": "east",
            "redirect_uri": CALLBACK,
            "state": "s&=1",
            "code_challenge": CHALLENGE,
            "method": "S256",
            **parts,
        }
        return await self.world.rooms.oauth.authorize(self.caller, **asked)

    async def code(self) -> str:
        """Return a fresh code."""
        return parse_qs(urlsplit(await self.authorize()).query)["code"][0]

    def ticket(self, **parts: Any) -> str:
        """Return the gateway's proof of who it is."""
        key = parts.pop("key", GATEWAY_KEY)
        now = self.world.clock.seconds()
        values = {
            "issuer": "gateway:east",
            "audience": tickets.SERVER,
            "purpose": "token",
            "expires": now + 30,
            **parts,
        }
        return tickets.seal(key, tickets.Ticket(**values))

    async def exchange(self, code: str, **parts: str) -> dict[str, Any]:
        """Return what the token address answers."""
        asked = Exchange(
            grant_type="authorization_code",
            code=code,
            redirect_uri=CALLBACK,
            code_verifier=VERIFIER,
            client_id="",
            client_assertion=self.ticket(),
        )
        return await self.world.rooms.oauth.exchange(evolve(asked, **parts))


async def dance() -> Dance:
    """Return somebody signed in, and two data centers."""
    world = await furnished()
    await world.center()
    await world.rooms.centers.register(
        None, "west", "http://west.example", OTHER_KEY.public
    )
    return Dance(world, await world.person("ada"))


@ensureDeferred
async def test_a_code_stands_for_a_session() -> None:
    """The gateway learns the session's public id, the name, and how long it lasts."""
    one = await dance()
    url = urlsplit(await one.authorize())
    assert f"{url.scheme}://{url.netloc}{url.path}" == CALLBACK
    query = parse_qs(url.query)
    assert query["state"] == ["s&=1"]
    assert await one.exchange(query["code"][0]) == {
        "session": one.caller.session,
        "user": "ada",
        "expires_in": 14 * 86_400,
        "token_type": "aen-pass",
    }


@pytest.mark.parametrize(
    "parts",
    [
        {"client_id": "north"},
        {"client_id": ""},
        {"redirect_uri": ""},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x"},
        {"redirect_uri": CALLBACK + "#x"},
        {"redirect_uri": CALLBACK.replace("east", "evil")},
        {"redirect_uri": CALLBACK.replace("http://", "http://evil@")},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": "//east.example:8089/_aen/oauth/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"client_id": "west"},
    ],
)
@ensureDeferred
async def test_browsers_are_sent_nowhere_else(parts: dict[str, str]) -> None:
    """Unless client and address belong together, there is no redirect at all."""
    one = await dance()
    with pytest.raises(Invalid):
        await one.authorize(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"method": "plain"},
        {"method": ""},
        {"code_challenge": ""},
        {"code_challenge": "short"},
        {"code_challenge": CHALLENGE + "="},
        {"state": ""},
        {"state": "x" * 3000},
    ],
)
@ensureDeferred
async def test_a_careless_gateway_gets_an_error_and_no_code(
    parts: dict[str, str],
) -> None:
    """PKCE with S256 and a state are not optional (RFC 6749 section 4.1.2.1)."""
    one = await dance()
    query = parse_qs(urlsplit(await one.authorize(**parts)).query)
    assert query["error"] == ["invalid_request"]
    assert "code" not in query


@ensureDeferred
async def test_a_token_cannot_sign_in() -> None:
    """Only a browser's session gets a code."""
    one = await dance()
    one.caller = Caller(one.caller.user, token="t")
    with pytest.raises(Unauthenticated):
        await one.authorize()


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": "guess"}, "invalid_grant"),
        ({"code": "\ud800"}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"code_verifier": VERIFIER + "\n"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_grant"),
        ({"redirect_uri": "http://west.example/_aen/oauth/callback"}, "invalid_grant"),
        ({"client_id": "west"}, "invalid_client"),
        ({"client_assertion": ""}, "invalid_client"),
        ({"client_assertion": "x.y"}, "invalid_client"),
    ],
)
@ensureDeferred
async def test_misuse_of_a_code(parts: dict[str, str], error: str) -> None:
    """Each is refused with the word of RFC 6749 section 5.2."""
    one = await dance()
    code = await one.code()
    with pytest.raises(OAuthError) as refusal:
        await one.exchange(parts.pop("code", code), **parts)
    assert refusal.value.error == error


@pytest.mark.parametrize(
    "parts",
    [
        {"key": OTHER_KEY},
        {"audience": "gateway:east"},
        {"purpose": "call"},
        {"purpose": "channel"},
        {"expires": 1.0},
        {"issuer": "east"},
        {"issuer": "node:east"},
        {"issuer": "gateway:north"},
    ],
)
@ensureDeferred
async def test_a_gateway_proves_who_it_is(parts: dict[str, Any]) -> None:
    """A ticket by another key, for another purpose, or stale is worth nothing."""
    one = await dance()
    code = await one.code()
    with pytest.raises(OAuthError) as refusal:
        await one.exchange(code, client_assertion=one.ticket(**parts))
    assert refusal.value.error == "invalid_client"


@ensureDeferred
async def test_another_gateway_cannot_use_a_code() -> None:
    """A code belongs to the data center it was made for; trying uses it up."""
    one = await dance()
    code = await one.code()
    theirs = one.ticket(key=OTHER_KEY, issuer="gateway:west")
    for ticket in (theirs, one.ticket()):
        with pytest.raises(OAuthError):
            await one.exchange(code, client_assertion=ticket)


@ensureDeferred
async def test_a_code_works_once_and_for_a_minute() -> None:
    """Twice, late, or after sign-out it is refused."""
    one = await dance()
    code = await one.code()
    await one.exchange(code)
    with pytest.raises(OAuthError):
        await one.exchange(code)
    late = await one.code()
    one.world.clock.advance(60)
    with pytest.raises(OAuthError):
        await one.exchange(late)
    orphan = await one.code()
    await one.world.rooms.access.sign_out(one.caller)
    with pytest.raises(OAuthError):
        await one.exchange(orphan)


@ensureDeferred
async def test_visitors_go_back_without_a_code() -> None:
    """Only to a gateway of ours, with its state, and where visitors are let in."""
    world = await furnished(ANON_USER="passer")
    await world.center()
    admit = world.rooms.oauth.admit_visitor
    went = await admit("east", CALLBACK, "s&=1")
    assert went == f"{CALLBACK}?error=login_required&state=s%26%3D1"
    assert await admit("east", CALLBACK, "") is None
    assert await admit("east", CALLBACK, "s" * 3000) is None
    for client, back in (("east", "https://evil.example/"), ("none", CALLBACK)):
        with pytest.raises(Invalid):
            await admit(client, back, "s")
    closed = await furnished()
    await closed.center()
    assert await closed.rooms.oauth.admit_visitor("east", CALLBACK, "s") is None
