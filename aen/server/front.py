"""The native front: built files from memory, the rest to the pages' UNIX socket."""

import html
import json
from typing import Any

from attrs import field, frozen

from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Forward
from aen.runtime.assets import Assets
from aen.server.settings import ServerSettings, trust_of

BUILT = b"/static/built/"
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
<meta http-equiv="refresh" content="{retry}">
<title>Back in a moment</title>
<link rel="stylesheet" href="{css}">
</head>
<body>
<main class="main"><div class="error-page">
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
        b"default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    ),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Referrer-Policy", b"same-origin"),
)


@frozen
class Front:
    """Decides about each request; a `Router` of `aen.proxy`."""

    upstream: str
    """Where the pages are served: ``unix:/path``."""
    assets: Assets
    page: bytes
    """What people see while nobody serves the pages."""
    _to_pages: Forward = field(init=False)

    @_to_pages.default
    def _make_forward(self) -> Forward:
        return Forward(self.upstream)

    @classmethod
    def of(cls, settings: ServerSettings, assets: Assets) -> "Front":
        """Return the front of an installation."""
        page = _PAGE.format(
            retry=_RETRY,
            css=html.escape(BUILT.decode() + assets.url("app.css")),
            words=_WORDS,
        )
        return cls(f"unix:{settings.web_socket}", assets, page.encode())

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
        return self._to_pages

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Answer:
        """Say that the pages will be back."""
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
    router = Front.of(settings, assets)
    return ProxyFactory(router, reactor, limits or Limits(), trust=trust_of(settings))
