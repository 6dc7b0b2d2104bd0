"""A browser for tests: cookies, forms, and real HTTP through memory."""

import html
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import define, field, frozen
from treq.testing import StubTreq
from twisted.web.http_headers import Headers
from twisted.web.resource import IResource

from tests.forms import forgery_token
from tests.outcomes import now
from tests.server.furnished import PASSWORD, URL


@frozen
class Answered:
    """One answer."""

    status: int
    headers: Headers
    text: str

    def header(self, name: str) -> str:
        """Return a header's only value, or nothing."""
        values = self.headers.getRawHeaders(name, [])
        assert len(values) < 2, values
        return str(values[0]) if values else ""

    @property
    def location(self) -> str:
        """Where the answer leads."""
        return self.header("location")

    @property
    def token(self) -> str:
        """The anti-forgery token of the page's forms."""
        return forgery_token(self.text)

    @property
    def words(self) -> str:
        """The text people read, tags left out."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


@define
class Browser:
    """Asks the pages, keeps cookies, sends forms as a browser does."""

    resource: IResource
    cookies: dict[str, str] = field(factory=dict)
    set_cookies: list[str] = field(factory=list)

    def get(self, path: str, **headers: str) -> Answered:
        """Open an address."""
        return self.ask("GET", path, b"", headers)

    def post(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        origin: str | None = URL,
        token: str | None = None,
        **headers: str,
    ) -> Answered:
        """Send a form; without *token* with the right one."""
        sent = {"_csrf": self.token if token is None else token, **(fields or {})}
        headers["content_type"] = "application/x-www-form-urlencoded"
        if origin is not None:
            headers["origin"] = origin
        return self.ask("POST", path, urlencode(sent, doseq=True).encode(), headers)

    @property
    def token(self) -> str:
        """The anti-forgery token of this browser."""
        page = self.get("/projects/new")
        return (page if page.status == 200 else self.get("/login")).token

    def sign_in(self, name: str) -> "Browser":
        """Sign in by the form."""
        answered = self.post("/login", {"username": name, "password": PASSWORD})
        assert answered.status == 303, answered.words
        return self

    def ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> Answered:
        """Send a request and read the whole answer."""
        treq: Any = StubTreq(self.resource)
        sent = Headers({"host": [urlsplit(URL).netloc]})
        for name, value in headers.items():
            sent.setRawHeaders(name.replace("_", "-"), [value])
        if self.cookies:
            line = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            sent.setRawHeaders("cookie", [line])
        url = URL + path if path.startswith("/") else path
        response = now(
            treq.request(method, url, headers=sent, data=body, allow_redirects=False)
        )
        treq.flush()
        self._keep(response.headers)
        return Answered(response.code, response.headers, now(response.text()))

    def _keep(self, headers: Headers) -> None:
        for line in headers.getRawHeaders("set-cookie", []):
            self.set_cookies.append(line)
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
