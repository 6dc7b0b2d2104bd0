"""A browser's way through signing in, for the pass it ends with."""

import html.parser
import http.cookiejar
import urllib.parse
import urllib.request

from typing_extensions import override

from aen.local.installation import ADMINISTRATOR
from bench.measured import Missing
from tests.installed import Installed

_PATIENCE = 60.0


class _Form(html.parser.HTMLParser):
    """The hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found.get("name") or ""] = found.get("value") or ""


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms."""
    form = _Form()
    form.feed(page)
    return form.hidden


def session_cookie(platform: Installed, name: str) -> str:
    """Sign *name* in at the server; return the ``Cookie`` header of the session.

    Everybody has the password of the administrator.

    :raises Missing: no session came of it.
    """
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    login = urllib.parse.urljoin(platform.one.url, "/login")
    with browser.open(login, timeout=_PATIENCE) as page:
        fields = hidden_fields(page.read().decode())
    fields |= {"username": name, "password": platform.password}
    body = urllib.parse.urlencode(fields).encode()
    with browser.open(login, body, timeout=_PATIENCE) as page:
        page.read()
    held = [f"{one.name}={one.value}" for one in jar if "aen-session-" in one.name]
    if len(held) != 1:
        raise Missing(f"“{name}” could not sign in.")
    return held[0]


def pass_cookie(platform: Installed, url: str) -> str:
    """Sign in at the page *url* of the gateway; return the ``Cookie`` header.

    :raises Missing: no pass came of it.
    """
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    browser.addheaders = [("Accept", "text/html")]
    with browser.open(url, timeout=_PATIENCE) as page:
        fields = hidden_fields(page.read().decode())
    fields |= {"username": ADMINISTRATOR, "password": platform.password}
    body = urllib.parse.urlencode(fields).encode()
    login = urllib.parse.urljoin(platform.one.url, "/login")
    # The page behind the form goes on by itself in a browser, not here: ask again.
    for address, sent in ((login, body), (url, None)):
        with browser.open(address, sent, timeout=_PATIENCE) as page:
            page.read()
    held = [f"{one.name}={one.value}" for one in jar if "aen-pass-" in one.name]
    if len(held) != 1:
        raise Missing("Signing in gave no pass.")
    return held[0]
