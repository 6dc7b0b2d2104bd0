"""What stands around every page: headers, sessions, forgery, errors."""

import re

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from aen.model.periods import DAY
from aen.server.projects import Projects
from aen.server.web.headers import POLICY
from tests.server.furnished import URL, World
from tests.server.web.browser import Answered, Browser

OPEN = (
    ("/login", 200),
    ("/register", 403),
    ("/account/request_reset", 200),
    ("/account/reset/some-secret", 200),
    ("/account/confirm/some-secret", 200),
    ("/search", 200),
    ("/search?q=atlas&tag=climate&owner=ada", 200),
    ("/search?cursor=broken", 400),
    ("/ada", 200),
    ("/nobody", 404),
    ("/ada/climate-atlas", 200),
    ("/ada/climate-atlas/live", 200),
    ("/ada/climate-atlas/team", 200),
    ("/bob/secret", 404),
    ("/bob/nothing", 404),
    ("/bob/secret/live", 404),
    ("/bob/secret/team", 404),
    ("/bob/secret/events", 404),
    ("/no/such/page/here", 404),
    ("/%ff%fe", 404),
    ("/ada/%00", 404),
    ("/%2e%2e/x", 404),
    ("/ADA", 404),
)
PERSONAL = (
    ("/", 200),
    ("/projects/new", 200),
    ("/account/", 200),
    ("/account/security", 200),
    ("/account/tokens", 200),
    ("/account/log", 200),
    ("/account/ssh-keys", 200),
    ("/account/people?user=b", 200),
    ("/logout", 200),
    ("/ada/climate-atlas/settings/", 200),
    ("/ada/climate-atlas/settings/team", 200),
    ("/ada/climate-atlas/settings/admin", 200),
    ("/ada/climate-atlas/settings/info", 200),
    ("/admin/", 200),
    ("/admin/users/new", 200),
    ("/admin/users?q=b", 200),
    ("/admin/tasks", 200),
    ("/admin/tasks?state=done", 200),
    ("/admin/tasks?state=odd", 400),
)
POSTS = (
    "/logout",
    "/projects/new",
    "/account/profile",
    "/account/password",
    "/account/notices",
    "/account/tokens",
    "/account/sessions/others/end",
    "/account/sessions/all/end",
    "/account/ssh-keys",
    "/ada/scratch/start",
    "/ada/scratch/stop",
    "/ada/scratch/reset",
    "/ada/scratch/settings/",
    "/ada/scratch/settings/team",
    "/ada/scratch/settings/visibility",
    "/ada/scratch/settings/delete",
    "/ada/climate-atlas/apps/jupyterlab-ada/stop",
    "/admin/users/new",
    "/admin/users/bob/disable",
)


def test_open_pages(visitor: Browser) -> None:
    """Every page answers with its status, the policy, and nothing to keep."""
    for path, status in OPEN:
        answered = visitor.get(path)
        assert answered.status == status, (path, answered.words)
        check_headers(answered)


def test_personal_pages(ada: Browser, visitor: Browser) -> None:
    """Personal pages open for their person and lead everybody else to signing in."""
    for path, status in PERSONAL:
        answered = ada.get(path)
        assert answered.status == status, (path, answered.words)
        check_headers(answered)
        stranger = visitor.get(path)
        assert stranger.status == 303, path
        assert stranger.location.startswith("/login"), path


def check_headers(answered: Answered) -> None:
    """See that an answer tells browsers what every answer does."""
    assert answered.header("content-security-policy") == POLICY
    assert answered.header("x-content-type-options") == "nosniff"
    assert answered.header("referrer-policy") == "same-origin"
    assert answered.header("cache-control") == "no-store"
    assert not answered.header("server")


def test_anywhere_else(visitor: Browser) -> None:
    """What is nowhere is told so, whatever is done to it."""
    for method in ("GET", "POST", "DELETE"):
        answered = visitor.ask(method, "/a/b/c/d", b"", {})
        assert answered.status == 404
        check_headers(answered)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/login", "GET, HEAD, POST"),
        ("GET", "/ada/scratch/start", "POST"),
        ("PUT", "/account/reset/secret", "GET, HEAD, POST"),
    ],
)
def test_wrong_method(
    ada: Browser, logged: list[str], method: str, path: str, allowed: str
) -> None:
    """A page says what can be done with it (RFC 9110 section 15.5.6)."""
    answered = ada.ask(method, path, b"", {})
    assert (answered.status, answered.header("allow")) == (405, allowed)
    assert allowed in answered.words
    check_headers(answered)
    assert not any("reset/secret" in line for line in logged)


FORGERIES: tuple[dict[str, str], ...] = (
    {"token": ""},
    {"token": "0" * 64},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
)


def test_forged(ada: Browser) -> None:
    """A change another site asks for is refused, whatever it is."""
    right = ada.token
    for path in POSTS:
        for how in FORGERIES:
            asked = {"token": right, **how}
            answered = ada.post(path, {"confirm": "scratch"}, **asked)
            assert answered.status == 403, (path, how)
            told = answered.words
            assert "nothing was changed" in told or "not made" in told


def test_forged_kinds(ada: Browser) -> None:
    """A body that is no form of ours changes nothing."""
    body = f"_csrf={ada.token}".encode()
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        answered = ada.ask("POST", "/ada/scratch/start", body, {"content-type": kind})
        assert answered.status == 400, kind


def test_token_of_another_session(ada: Browser, bob: Browser) -> None:
    """A token belongs to one session."""
    assert ada.post("/ada/scratch/start", token=bob.token).status == 403


def test_token_in_a_header(ada: Browser) -> None:
    """Scripts of ours send the token in a header."""
    answered = ada.post("/ada/scratch/start", token="", x_aen_csrf=ada.token)
    assert answered.status == 303


def test_program_without_origin(ada: Browser) -> None:
    """A program that is no browser needs the token alone."""
    assert ada.post("/ada/scratch/start", origin=None).status == 303


def test_changes_need_somebody(visitor: Browser) -> None:
    """Nobody changes anything without signing in, with the right token even."""
    for path in POSTS[1:]:
        assert visitor.post(path).status == 401, path


def test_administration_is_closed(bob: Browser) -> None:
    """Administration opens for administrators alone."""
    assert bob.get("/admin/").status == 403
    assert bob.post("/admin/users/ada/disable").status == 403


def test_other_host(visitor: Browser) -> None:
    """A request for another name is not answered, and the name not repeated."""
    answered = visitor.get("/login", host="evil.example")
    assert answered.status == 421
    assert "evil.example" not in answered.text
    assert URL in answered.text


def test_usual_port(visitor: Browser) -> None:
    """The port that browsers leave out may be there or not, in whatever case."""
    assert visitor.get("/login", host="AEN.example:80").status == 200
    assert visitor.get("/login", host="aen.example:443").status == 421


def test_session_cookie(visitor: Browser) -> None:
    """The session's cookie is out of reach for scripts and other sites."""
    visitor.sign_in("ada")
    (line,) = [one for one in visitor.set_cookies if one.startswith("aen-session-")]
    assert re.search(r"; Path=/; HttpOnly; SameSite=Lax; Max-Age=\d+$", line)


def test_session_without_use(ada: Browser, clock: Clock) -> None:
    """Two weeks without a visit end it; a visit each fortnight keeps it for ever."""
    for _ in range(3):
        clock.advance(13.9 * DAY)
        assert ada.get("/").status == 200
    clock.advance(14 * DAY)
    assert ada.get("/").location == "/login"


def test_cookie_of_a_session_in_use(ada: Browser, clock: Clock) -> None:
    """It is renewed by a visit, once a day, and never ends before its session."""
    (first,) = [one for one in ada.set_cookies if one.startswith("aen-session-")]
    clock.advance(0.9 * DAY)
    ada.get("/")
    assert ada.set_cookies.count(first) == 1
    clock.advance(0.1 * DAY)
    ada.ask("POST", "/ada/scratch/start", b"", {})
    assert ada.set_cookies.count(first) == 1
    for _ in range(2):
        ada.get("/")
        assert ada.set_cookies.count(first) == 2
    (age,) = re.findall(r"Max-Age=(\d+)$", first)
    assert int(age) == 15 * DAY


def test_store_down(ada: Browser, world: World) -> None:
    """When the store is down, pages say so in plain words."""
    world.database.away = True
    answered = ada.get("/")
    assert answered.status == 503
    assert "The database does not answer" in answered.words
    assert '<noscript><meta http-equiv="refresh"' in answered.text
    assert 'data-again="10"' in answered.text


def test_our_mistake(
    ada: Browser, logged_failures: list[LogEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of ours is logged, not shown."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(Projects, "mine", broken)
    answered = ada.get("/")
    assert answered.status == 500
    assert "secret detail" not in answered.text
    assert logged_failures.pop()


def test_too_large(ada: Browser) -> None:
    """A form larger than the limit is refused."""
    answered = ada.post("/projects/new", {"summary": "x" * 1_100_000})
    assert answered.status == 413


def test_too_many_fields(ada: Browser) -> None:
    """A form with more fields than any of ours is refused."""
    answered = ada.post("/projects/new", {f"f{n}": "" for n in range(300)})
    assert answered.status == 400


def test_partial_request_without_session(visitor: Browser) -> None:
    """A script whose session has ended is told so, not sent to a form."""
    assert visitor.get("/account/", hx_request="true").status == 401
    assert visitor.get("/account/events", accept="text/event-stream").status == 401


def test_theme(visitor: Browser) -> None:
    """The chosen theme is in the first answer: nothing flashes."""
    visitor.cookies["aen-theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in visitor.get("/login").text
    visitor.cookies["aen-theme"] = '"><script>'
    assert "data-theme" not in visitor.get("/login").text


def test_who_is_refused_is_still_known(bob: Browser) -> None:
    """Whoever may not see a page keeps their own menu, and is not told to sign in."""
    answered = bob.get("/admin/")
    assert answered.status == 403
    assert "Account settings" in answered.text
    assert 'href="/login' not in answered.text
