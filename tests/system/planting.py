"""Secrets that can be recognised, given to a platform, and looked for afterwards."""

import secrets
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

from attrs import define, field

from aen.local.installation import ADMINISTRATOR
from tests.asking import Answer, Client
from tests.forms import forgery_token
from tests.installed import Installed

FORM = "application/x-www-form-urlencoded"


@define
class Garden:
    """What was planted, and every answer that came back."""

    platform: Installed
    planted: dict[str, str] = field(factory=dict)
    answers: list[tuple[str, str]] = field(factory=list)

    def plant(self, what: str) -> str:
        """Return a new secret, to be looked for."""
        return self.know(what, f"planted-{secrets.token_hex(12)}")

    def know(self, what: str, secret: str) -> str:
        """Look for *secret* too; it was made by the platform."""
        assert len(secret) > 11, what
        self.planted[what] = secret
        return secret

    def heard(self, what: str, answer: Answer, *given: str) -> Answer:
        """Keep an answer; *given* are the secrets it is meant to hold."""
        text = f"{answer.status}\n{answer.headers}\n{answer.text}"
        for one in given:
            text = text.replace(one, "given")
        self.answers.append((what, text))
        return answer

    def found_in(self, text: str) -> list[str]:
        """Return which of the planted secrets are in *text*, also as in a query."""
        return [
            what
            for what, secret in self.planted.items()
            if secret in text or quote(secret) in text
        ]


@define
class Browser:
    """A browser as far as forms need one; everything it gets is kept in *garden*."""

    garden: Garden
    client: Client
    cookies: dict[str, str] = field(factory=dict)

    def get(self, path: str, *given: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None, {}, given)

    def post(self, path: str, form: Mapping[str, str], *given: str) -> Answer:
        """Send a form, with the anti-forgery token of its page."""
        shown = self.get("/login" if not self._in else "/account/")
        token = forgery_token(shown.text)
        body = urlencode({**form, "_csrf": token}).encode()
        headers = {"Content-Type": FORM, "Origin": self.client.url}
        return self._ask("POST", path, body, headers, given)

    @property
    def line(self) -> str:
        """What it sends as ``Cookie``."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def _in(self) -> bool:
        return any("session" in name for name in self.cookies)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        given: tuple[str, ...],
    ) -> Answer:
        line = self.line
        sent = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", **headers}
        sent["Sec-Fetch-Dest"] = "document"
        if line:
            sent["Cookie"] = line
        answer = self.client.ask(method, path, body, sent)
        fresh: dict[str, str] = {}
        for text in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(text).items():
                fresh[name] = morsel.value
        merged = {**self.cookies, **fresh}
        self.cookies = {name: value for name, value in merged.items() if value}
        what = f"{method} {urlsplit(path).path}"
        self.garden.heard(what, answer, *given, *(one for one in fresh.values() if one))
        return answer


def let_in(garden: Garden) -> tuple[Browser, Browser, str]:
    """Return the administrator's browsers at the server and at its gateway.

    And the path by which the second came back from the first, with a code.
    """
    platform = garden.platform
    server, gate = Browser(garden, platform.web), Browser(garden, platform.gate)
    form = {"username": ADMINISTRATOR, "password": platform.password}
    server.post("/login", form)
    there = gate.get(f"/{ADMINISTRATOR}/some/terminal/").headers["Location"]
    asked = there.removeprefix(platform.one.url)
    leads = server.client.get(asked, Cookie=server.line).headers["Location"]
    back = leads.removeprefix(platform.one.gateway_url)
    gate.get(back)
    assert gate.cookies
    return server, gate, back
