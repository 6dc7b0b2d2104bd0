"""The native front: built files from memory, the rest to the pages' UNIX socket."""

import html
import json
from collections.abc import Sequence
from typing import Any

from attrs import define, field, frozen
from twisted.internet.interfaces import IReactorTime

from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Forward
from aen.runtime.assets import Assets
from aen.server.settings import ServerSettings, trust_of

BUILT = b"/static/built/"
_HARMLESS = (b"GET", b"HEAD", b"OPTIONS")
_LEFT_OUT = 0.5
"""Seconds in which a process that could not be reached is not asked."""
_RETRY = 3
"""Seconds after which a page that found nobody asks again."""
_WORDS = (
    "The pages of this server are starting, or being replaced. Apps that are open go"
    " on running."
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<noscript><meta http-equiv="refresh" content="{retry}"></noscript>
<title>Back in a moment</title>
<link rel="stylesheet" href="{css}">
<script type="module" src="{js}"></script>
</head>
<body>
<main class="main"><div class="error-page" data-again="{retry}">
<p class="code">503</p>
<h1>Back in a moment</h1>
<p>{words}</p>
<p class="quiet">This page tries again by itself.</p>
</div></main>
</body>
</html>
"""
_ALWAYS = (
    (b"Cache-Control", b"no-store"),
    (
        b"Content-Security-Policy",
        (
            b"default-src 'none'; style-src 'self'; script-src 'self';"
            b" connect-src 'self'; frame-ancestors 'none'"
        ),
    ),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Referrer-Policy", b"same-origin"),
)


@define
class Processes:
    """The processes that serve the pages, in turn; who does not answer is left out.

    Which one answers makes no difference to anybody.
    """

    forwards: list[Forward]
    clock: IReactorTime
    _turn: int = 0
    _down: dict[str, float] = field(factory=dict)
    """Until when each is left out that could not be reached."""

    @classmethod
    def of(cls, upstreams: Sequence[str], clock: IReactorTime) -> "Processes":
        """Return the processes at *upstreams*."""
        return cls([Forward(one) for one in upstreams], clock)

    def next(self) -> Forward:
        """Return whose turn it is: one that answers, if any does."""
        number = len(self.forwards)
        for _ in range(number):
            self._turn = (self._turn + 1) % number
            found = self.forwards[self._turn]
            if not self._down or self._answers(found):
                return found
        return self.forwards[self._turn]

    def instead_of(self, failed: Forward, method: bytes, reason: str) -> Forward | None:
        """Return who is asked once more in place of *failed*, if anybody may be.

        Whatever has not been sent may be sent to another; what has, only if asking
        twice is harmless. Who is slow is not helped by asking another, too.
        """
        if reason == "connect":
            self._down[failed.upstream] = self.clock.seconds() + _LEFT_OUT
        elif reason != "closed" or method not in _HARMLESS:
            return None
        for _ in self.forwards:
            found = self.next()
            if found.upstream != failed.upstream and self._answers(found):
                return found
        return None

    def _answers(self, one: Forward) -> bool:
        until = self._down.get(one.upstream)
        if until is None:
            return True
        if until > self.clock.seconds():
            return False
        del self._down[one.upstream]
        return True


@frozen
class Front:
    """Decides about each request; a `Router` of `aen.proxy`."""

    pages: Processes
    """Where the pages are served."""
    assets: Assets
    page: bytes
    """What people see while nobody serves the pages."""

    @classmethod
    def of(
        cls, settings: ServerSettings, assets: Assets, clock: IReactorTime
    ) -> "Front":
        """Return the front of an installation."""
        page = _PAGE.format(
            retry=_RETRY,
            css=html.escape(BUILT.decode() + assets.url("app.css")),
            js=html.escape(BUILT.decode() + assets.url("app.js")),
            words=_WORDS,
        )
        upstreams = [f"unix:{one}" for one in settings.web_sockets]
        return cls(Processes.of(upstreams, clock), assets, page.encode())

    def route(self, head: RequestHead, peer: Peer) -> Answer | Forward:
        """Answer for a built file; send everything else to the pages."""
        path = head.path
        if path.startswith(BUILT) and head.method in (b"GET", b"HEAD"):
            found = self.assets.find(
                path[len(BUILT) :].decode("latin-1"),
                head.header(b"accept-encoding"),
                head.header(b"if-none-match"),
            )
            if found is not None:
                return Answer(found.status, found.headers, found.body)
        return self.pages.next()

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Answer | Forward:
        """Ask another process, or say that the pages will be back."""
        another = self.pages.instead_of(forward, head.method, reason)
        if another is not None:
            return another
        retry = (b"Retry-After", str(_RETRY).encode())
        if head.wants_page:
            kind, body = b"text/html; charset=utf-8", self.page
        else:
            about = {"code": "unavailable", "message": _WORDS, "fields": {}}
            kind, body = b"application/json", json.dumps({"error": about}).encode()
        return Answer(503, (*_ALWAYS, retry, (b"Content-Type", kind)), body)


def front(
    settings: ServerSettings, assets: Assets, reactor: Any, limits: Limits | None = None
) -> ProxyFactory:
    """Return what listens where ``listen`` of the settings says."""
    router = Front.of(settings, assets, reactor)
    return ProxyFactory(router, reactor, limits or Limits(), trust=trust_of(settings))
