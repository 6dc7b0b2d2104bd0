"""A browser without a window: keeps cookies, follows redirects, signs in."""

import html
import http.cookiejar
import re
import urllib.parse
import urllib.request

from attrs import define, field

from tests.forms import forgery_token
from tests.installed import Installed

_ONWARDS = re.compile(r'http-equiv="refresh" content="0; ?url=([^"]+)"')
PATIENCE = 120.0


@define
class Visitor:
    """One person's browser."""

    platform: Installed
    _opener: urllib.request.OpenerDirector = field(init=False)

    def __attrs_post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._opener.addheaders = [("Accept", "text/html")]

    def open(self, url: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """Return where an address leads in the end, and the page there."""
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(url, data)  # noqa: S310 -- our own address
        if data is not None:
            request.add_header("Origin", self.platform.one.url)
        with self._opener.open(request, timeout=PATIENCE) as response:
            page = response.read().decode()
            where = response.url
        further = _ONWARDS.search(page)
        if further is not None:
            return self.open(urllib.parse.urljoin(where, html.unescape(further[1])))
        return where, page

    def fill(self, url: str, fields: dict[str, str]) -> tuple[str, str]:
        """Fill in the form at an address; return where that leads, and the page."""
        token = forgery_token(self.open(url)[1])
        return self.open(url, fields | {"_csrf": token})

    def sign_in(self, name: str, password: str) -> None:
        """Sign in at the server, by the form that people see."""
        fields = {"username": name, "password": password}
        where, page = self.fill(f"{self.platform.one.url}/login", fields)
        assert not where.endswith("/login"), page
