"""Whether a page may open our WebSocket: the gateway's rule, held here once more."""

from urllib.parse import urlsplit

_PORTS = {"http": "80", "https": "443"}


def is_own_origin(origin: str | None, hosts: list[str]) -> bool:
    """Tell whether *origin* is the site that *hosts* (Host, X-Forwarded-Host) name.

    Programs that are no browsers send none: what they may do is in their token.
    """
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    port = _PORTS.get(parts.scheme)
    if port is None or not parts.netloc:
        return False
    return _with_port(parts.netloc, port) in {_with_port(one, port) for one in hosts}


def _with_port(netloc: str, port: str) -> str:
    """Return a host in the form in which two of them can be compared."""
    netloc = netloc.strip().lower()
    has_port = ":" in netloc.rpartition("]")[2]
    return netloc if has_port else f"{netloc}:{port}"
