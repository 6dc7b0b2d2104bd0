"""The sign-in round trip belongs to one browser and ends where it began."""

from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_twisted
from attrs import define, field

from aen.gateway.passes import CookieNames, Passes
from aen.gateway.signin import SignIn, TokenAnswer, TokenQuestion, challenge
from aen.model.errors import Forbidden, Unauthenticated
from aen.wire.messages import Credential
from aen.wire.tickets import Seal
from tests.gateway.fakes import KEY

NAMES = CookieNames("ab", secure=False)
PASSES = Passes.of(KEY)


@define
class Exchange:
    """A server that gives a session for every code."""

    asked: list[TokenQuestion] = field(factory=list)

    async def __call__(self, question: TokenQuestion) -> TokenAnswer:
        self.asked.append(question)
        return TokenAnswer("s1", "ada", 3600)


@pytest.fixture
def exchange() -> Exchange:
    """Return a server that gives a session for every code."""
    return Exchange()


@pytest.fixture
def sign_in(exchange: Exchange) -> SignIn:
    """Return a gateway's half of signing in."""
    secrets = iter(f"secret-{number}" for number in range(100))
    return SignIn(
        "east", "http://gate:8089", "http://aen", NAMES, PASSES, Seal(b"s" * 32),
        exchange, lambda: next(secrets), 600.0,
    )  # fmt: skip


def cookie_value(cookie: bytes) -> str:
    """Return the value a Set-Cookie header sets."""
    return cookie.decode().partition("=")[2].partition(";")[0]


def test_the_question_is_oauths(sign_in: SignIn) -> None:
    """The browser takes along all that RFC 6749 and RFC 7636 ask for."""
    going = sign_in.begin("/ada/lab/app/", 0.0)
    question = parse_qs(urlsplit(going.location).query)
    assert going.location.startswith("http://aen/oauth/authorize?")
    assert question == {
        "response_type": ["code"],
        "client_id": ["east"],
        "redirect_uri": ["http://gate:8089/_aen/oauth/callback"],
        "state": ["secret-0"],
        "code_challenge": [challenge("secret-1")],
        "code_challenge_method": ["S256"],
    }


def test_the_challenge_is_that_of_the_rfc() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest_twisted.ensureDeferred
async def test_a_browser_comes_back_with_a_pass(
    sign_in: SignIn, exchange: Exchange
) -> None:
    """It goes on to where it was going, and holds a pass for its session."""
    memory = cookie_value(sign_in.begin("/ada/lab/app/?q", 0.0).cookies[0])
    going = await sign_in.finish(memory, "secret-0", "code", "", 10.0)
    assert going.location == "/ada/lab/app/?q"
    made = PASSES.read(cookie_value(going.cookies[0]), 10.0)
    assert made is not None
    assert (made.session, made.user, made.expires) == ("s1", "ada", 610.0)
    assert exchange.asked[0].code_verifier == "secret-1"
    assert b"Max-Age=0" in going.cookies[1]


@pytest_twisted.ensureDeferred
async def test_a_sign_in_of_another_browser_is_refused(sign_in: SignIn) -> None:
    """A wrong state, no cookie, a forged one, a late one: none gets a pass."""
    memory = cookie_value(sign_in.begin("/", 0.0).cookies[0])
    for cookie, state, now in [
        (memory, "other", 1.0),
        ("", "secret-0", 1.0),
        (memory[:-3], "secret-0", 1.0),
        (memory, "secret-0", 901.0),
    ]:
        with pytest.raises(Unauthenticated):
            await sign_in.finish(cookie, state, "code", "", now)


@pytest_twisted.ensureDeferred
async def test_a_refusal_is_told(sign_in: SignIn, exchange: Exchange) -> None:
    """Where the server says no, no code is exchanged."""
    memory = cookie_value(sign_in.begin("/", 0.0).cookies[0])
    with pytest.raises(Forbidden):
        await sign_in.finish(memory, "secret-0", "", "access_denied", 1.0)
    assert not exchange.asked


def test_a_huge_target_is_not_remembered(sign_in: SignIn) -> None:
    """A cookie stays small whatever is asked for."""
    going = sign_in.begin("/" + "x" * 5000, 0.0)
    assert len(going.cookies[0]) < 1000


@pytest_twisted.ensureDeferred
async def test_a_visitor_comes_back_with_a_pass_of_nobody(sign_in: SignIn) -> None:
    """If that was asked for; else being refused stays that."""
    going = sign_in.begin("/ada/lab/app/", 0.0, visitor=True)
    assert parse_qs(urlsplit(going.location).query)["visitor"] == ["1"]
    memory = cookie_value(going.cookies[0])
    back = await sign_in.finish(memory, "secret-0", "", "login_required", 10.0)
    assert back.location == "/ada/lab/app/"
    made = PASSES.read(cookie_value(back.cookies[0]), 10.0)
    assert made is not None
    assert made.credential == Credential()
    with pytest.raises(Forbidden):
        await sign_in.finish(memory, "secret-0", "", "access_denied", 10.0)
    plain = cookie_value(sign_in.begin("/", 0.0).cookies[0])
    with pytest.raises(Forbidden):
        await sign_in.finish(plain, "secret-2", "", "login_required", 10.0)
