"""What stands around every page: headers, sessions, forgery, errors."""

import re

import pytest
from twisted.logger import LogEvent

from aen.model.errors import Unavailable
from aen.runtime.assets import Assets
from aen.server.rooms import Rooms
from aen.server.web.headers import POLICY
from tests.server.furnished import URL
from tests.server.web.browser import Browser

OPEN = (
    ("/login", 200),
    ("/register", 403),
    ("/account/request_reset", 200),
    ("/account/reset/some-secret", 200),
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
    ("/account/people?user=b", 200),
    ("/logout", 200),
    ("/ada/climate-atlas/settings/", 200),
    ("/ada/climate-atlas/settings/team", 200),
    ("/ada/climate-atlas/settings/admin", 200),
    ("/ada/climate-atlas/settings/info", 200),
    ("/admin/", 200),
    ("/admin/users", 200),
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
    "/account/tokens",
    "/account/sessions/others/end",
    "/ada/scratch/start",
    "/ada/scratch/stop",
    "/ada/scratch/reset",
    "/ada/scratch/settings/",
    "/ada/scratch/settings/team",
    "/ada/scratch/settings/visibility",
    "/ada/scratch/settings/delete",
    "/ada/climate-atlas/apps/jupyterlab-ada/stop",
    "/admin/users",
    "/admin/users/bob/disable",
)


def test_open_pages(visitor: Browser) -> None:
    """Every page answers with its status, the policy, and nothing to keep."""
    for path, status in OPEN:
        answered = visitor.get(path)
        assert answered.status == status, (path, answered.words)
        _check_headers(answered.headers.getAllRawHeaders())


def test_personal_pages(ada: Browser, visitor: Browser) -> None:
    """Personal pages open for their person and lead everybody else to signing in."""
    for path, status in PERSONAL:
        answered = ada.get(path)
        assert answered.status == status, (path, answered.words)
        _check_headers(answered.headers.getAllRawHeaders())
        stranger = visitor.get(path)
        assert stranger.status == 303, path
        assert stranger.location.startswith("/login"), path


def _check_headers(headers: object) -> None:
    found = {key.lower(): values for key, values in headers}  # type: ignore[attr-defined]
    assert found[b"content-security-policy"] == [POLICY.encode()]
    assert found[b"x-content-type-options"] == [b"nosniff"]
    assert found[b"referrer-policy"] == [b"same-origin"]
    assert found[b"cache-control"] == [b"no-store"]
    assert b"server" not in found


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


def test_machines_ask_by_any_name(visitor: Browser) -> None:
    """Health is told to whoever asks, by whatever name."""
    answered = visitor.get("/healthz", host="127.0.0.1:8080")
    assert (answered.status, answered.text) == (200, '{"status": "ok"}')


def test_health_is_the_stores_too(
    visitor: Browser, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever balances load sends nobody here while the store is away."""

    async def down(*_: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(rooms.database, "ping", down)
    answered = visitor.get("/healthz")
    assert (answered.status, answered.text) == (503, '{"status": "unavailable"}')


def test_session_cookie(visitor: Browser) -> None:
    """The session's cookie is out of reach for scripts and other sites."""
    visitor.sign_in("ada")
    (line,) = [one for one in visitor.set_cookies if one.startswith("aen-session-")]
    assert re.search(r"; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600$", line)


def test_store_down(ada: Browser, rooms: Rooms) -> None:
    """When the store is down, pages say so in plain words."""

    async def down(*_: object) -> None:
        raise Unavailable("The database does not answer; it is tried again.")

    object.__setattr__(rooms.accounts, "caller_of_session", down)
    answered = ada.get("/")
    assert answered.status == 503
    assert "The database does not answer" in answered.words
    assert 'http-equiv="refresh"' in answered.text


def test_our_mistake(
    ada: Browser, rooms: Rooms, logged_failures: list[LogEvent]
) -> None:
    """An error of ours is logged, not shown."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    object.__setattr__(rooms.projects, "mine", broken)
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


def test_assets(visitor: Browser, assets: Assets) -> None:
    """Built files are served here too, for installations with another front."""
    answered = visitor.get("/static/built/app-1.css")
    assert answered.status == 200
    assert "immutable" in answered.header("cache-control")
    assert visitor.get("/static/built/../../settings.py").status == 404
    assert visitor.get("/favicon.ico").location == "/static/built/mark-3.svg"
    assert "Disallow: /" in visitor.get("/robots.txt").text
