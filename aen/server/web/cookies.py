"""The cookies of the server's pages: their names, and how they are set and read."""

import hashlib

from attrs import frozen
from twisted.web.server import Request

from aen.model.periods import DAY

THEME = "aen-theme"
"""Set by the page's own script: ``light`` or ``dark``; holds nothing secret."""
READ = "aen-read"
"""Which announcement was read last; holds nothing secret."""
_LONGEST = 16 * 1024


@frozen
class Cookies:
    """Names and reads the cookies of one installation.

    Browsers send cookies to every port of a host, so the names carry a mark of the
    installation: two on one machine do not sign each other out.
    """

    mark: str
    secure: bool

    @classmethod
    def of(cls, public_url: str) -> "Cookies":
        """Return the cookies of the installation at *public_url*."""
        mark = hashlib.sha256(public_url.encode()).hexdigest()[:6]
        return cls(mark, public_url.startswith("https:"))

    @property
    def session(self) -> str:
        """The name of the session's cookie."""
        return self._name("session")

    @property
    def visitor(self) -> str:
        """The name of the cookie that forms shown to visitors are bound to."""
        return self._name("visitor")

    def _name(self, what: str) -> str:
        # RFC 6265bis section 4.1.3.2: no sibling domain can plant a __Host- cookie.
        return f"{'__Host-' if self.secure else ''}aen-{what}-{self.mark}"

    def put(
        self, request: Request, name: str, value: str, days: float | None = None
    ) -> None:
        """Set a cookie no script can read; without *days* it ends with the browser."""
        age = "" if days is None else f"; Max-Age={int(days * DAY)}"
        secure = "; Secure" if self.secure else ""
        self._add(
            request, f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"
        )

    def drop(self, request: Request, name: str) -> None:
        """Make the browser forget a cookie."""
        self.put(request, name, "", days=0)

    def _add(self, request: Request, line: str) -> None:
        request.responseHeaders.addRawHeader(b"set-cookie", line.encode("latin-1"))


def read(request: Request, name: str) -> str | None:
    """Return the value of the cookie *name*, None when there is none or several.

    Two cookies of one name mean that somebody planted one of them.
    """
    found = []
    for line in request.requestHeaders.getRawHeaders("cookie", []):
        for pair in line[:_LONGEST].split(";"):
            key, equals, value = pair.strip().partition("=")
            if equals and key == name:
                found.append(value)
    return found[0] if len(found) == 1 else None
