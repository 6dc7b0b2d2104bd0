"""Where a route leads: ``http://host:port/base`` as an upstream of the proxy."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from attrs import frozen

_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_SECURE: Final = frozenset({"https", "wss"})
_UNIX: Final = "unix+http"
# What may stand in a request line without being read as something else.
_PATH: Final = re.compile(r"/[!-\"$->@-~]*+")
_HOST: Final = re.compile(
    r"[0-9A-Za-z_](?:[-._0-9A-Za-z]*+)|(?=[0-9A-Fa-f]*+:)[0-9A-Fa-f:.]++"
)


@frozen
class Target:
    """One target, ready to be forwarded to."""

    upstream: str
    """As `aen.proxy.routing.Forward` names it."""
    base: bytes
    """Its path, without a slash at the end."""
    host: bytes
    """The value of ``Host`` that is its own."""


def read_target(text: str) -> Target:
    """Return the target that *text* names.

    :raises ValueError: it names none; says why.
    """
    parts = urlsplit(text)
    if parts.scheme not in _PORTS and parts.scheme != _UNIX:
        raise ValueError(f"“{text}” is no http:, https: or unix+http: address")
    path = parts.path or "/"
    if _PATH.fullmatch(path) is None:
        raise ValueError(f"“{text}” has a path that cannot be asked for")
    base = path.rstrip("/").encode("ascii")
    if parts.scheme == _UNIX:
        return _over_unix(text, parts.netloc, base)
    host, port = parts.hostname or "", parts.port
    if _HOST.fullmatch(host) is None:
        raise ValueError(f"“{text}” names no host")
    usual = _PORTS[parts.scheme]
    kind = "tls" if parts.scheme in _SECURE else "tcp"
    named = f"[{host}]" if ":" in host else host
    own = named if port in (None, usual) else f"{named}:{port}"
    return Target(f"{kind}:{named}:{port or usual}", base, own.encode("ascii"))


def _over_unix(text: str, netloc: str, base: bytes) -> Target:
    path = unquote(netloc)
    if not path.startswith("/") or not path.isprintable():
        raise ValueError(f"“{text}” names no socket: unix+http://%2Fpath%2Fto%2Fsocket")
    return Target(f"unix:{path}", base, b"localhost")
