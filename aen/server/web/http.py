"""The HTTP server behind the front: bounded bodies, no tracebacks, no banner."""

from typing import Any

from twisted.web.resource import IResource
from twisted.web.server import Request, Site
from typing_extensions import override

from aen.runtime.sites import QuietSite

IDLE = 75.0
"""Seconds a connection may be silent between requests."""


class BoundedRequest(Request):
    """Keeps at most `limit` bytes of a body and drops what comes beyond."""

    limit = 1_048_576
    overflown = False
    _kept = 0

    @override
    def handleContentChunk(self, data: bytes) -> None:
        self._kept += len(data)
        if self._kept <= self.limit:
            super().handleContentChunk(data)
        else:
            self.overflown = True

    @override
    def getHeader(self, key: Any) -> Any:
        """Return a header; one that is no UTF-8 is as wrong as any other text."""
        if isinstance(key, bytes):
            return super().getHeader(key)
        found: bytes | None = super().getHeader(key.encode())
        return None if found is None else found.decode(errors="replace")


def client_address(request: Request) -> str:
    """Return the address a request comes from; nothing where it is not known.

    We are reached through a UNIX socket that only the front can open; what its proxy
    wrote last into ``X-Forwarded-For`` is true, what stands before is not.
    """
    told = request.requestHeaders.getRawHeaders("x-forwarded-for", [])
    last = told[-1].split(",")[-1].strip() if told else ""
    host: str = last or getattr(request.getClientAddress(), "host", "")
    return host[:64]


def bounded_site(resource: IResource, limit: int) -> Site:
    """Return what serves *resource*, with bodies of at most *limit* bytes."""
    kind = type("LimitedRequest", (BoundedRequest,), {"limit": limit})
    site = QuietSite(resource, requestFactory=kind, timeout=IDLE)
    site.displayTracebacks = False
    return site
