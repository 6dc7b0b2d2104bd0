"""The security headers of every answer."""

import re

from twisted.web.server import Request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_YEAR = 31_536_000


def policy(pictures: str = "") -> str:
    """Return the policy under which images may come from *pictures*, too."""
    return POLICY.replace("img-src 'self'", f"img-src 'self' {pictures}".rstrip())


def secure(request: Request, *, https: bool, pictures: str = "") -> None:
    """Set what browsers must know of any answer, before it is made."""
    request.responseHeaders.removeHeader(b"server")
    put = request.setHeader
    put(b"content-security-policy", policy(pictures).encode())
    put(b"x-content-type-options", b"nosniff")
    put(b"referrer-policy", b"same-origin")
    put(b"cross-origin-opener-policy", b"same-origin")
    put(b"cache-control", b"no-store")
    if https:
        put(b"strict-transport-security", f"max-age={_YEAR}".encode())


def attachment(name: str) -> bytes:
    """Return the ``Content-Disposition`` of a file to keep (RFC 6266 section 4.1)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:100]
    return f'attachment; filename="{plain or "file"}"'.encode()
