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


class _Browser:
    """Keeps cookies, and fills in the form people sign in with."""

    def __init__(self, platform: Installed) -> None:
        self._login = urllib.parse.urljoin(platform.one.url, "/login")
        self._password = platform.password
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._jar),
        )
        self._opener.addheaders = [("Accept", "text/html")]

    def page(self, url: str, body: bytes | None = None) -> str:
        """Return the page that is at *url*, or that sending *body* there leads to."""
        with self._opener.open(url, body, timeout=_PATIENCE) as page:
            said: bytes = page.read()
        return said.decode()

    def sign_in(self, name: str, begin: str = "") -> None:
        """Sign *name* in, from a page that leads to the form, or from the form.

        Everybody has the password of the administrator.
        """
        fields = hidden_fields(self.page(begin or self._login))
        fields |= {"username": name, "password": self._password}
        self.page(self._login, urllib.parse.urlencode(fields).encode())

    def cookie(self, word: str) -> str | None:
        """Return the ``Cookie`` header of the one cookie with *word* in its name."""
        held = [f"{one.name}={one.value}" for one in self._jar if word in one.name]
        return held[0] if len(held) == 1 else None


def session_cookie(platform: Installed, name: str) -> str:
    """Sign *name* in at the server; return the ``Cookie`` header of the session.

    :raises Missing: no session came of it.
    """
    browser = _Browser(platform)
    browser.sign_in(name)
    found = browser.cookie("aen-session-")
    if found is None:
        raise Missing(f"“{name}” could not sign in.")
    return found


def pass_cookie(platform: Installed, url: str) -> str:
    """Sign in at the page *url* of the gateway; return the ``Cookie`` header.

    :raises Missing: no pass came of it.
    """
    browser = _Browser(platform)
    browser.sign_in(ADMINISTRATOR, url)
    # The page behind the form goes on by itself in a browser, not here: ask again.
    browser.page(url)
    found = browser.cookie("aen-pass-")
    if found is None:
        raise Missing("Signing in gave no pass.")
    return found
