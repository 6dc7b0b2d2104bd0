"""Keeping some cookies between the browser and the proxy."""

from collections.abc import Iterable


def without(line: bytes, prefixes: Iterable[bytes]) -> bytes:
    """Return a ``Cookie`` value without the cookies whose names start so."""
    lowered = tuple(prefix.lower() for prefix in prefixes)
    kept = [
        pair.strip(b" \t")
        for pair in line.split(b";")
        if pair.strip(b" \t") and not _name(pair).startswith(lowered)
    ]
    return b"; ".join(kept)


def sets(line: bytes, prefixes: Iterable[bytes]) -> bool:
    """Return whether a ``Set-Cookie`` value names a cookie that starts so.

    The attributes do not matter: a wider Domain or another Path would still make
    the browser send a second cookie of that name.
    """
    return _name(line).startswith(tuple(prefix.lower() for prefix in prefixes))


def _name(pair: bytes) -> bytes:
    # Browsers send back "=name=x" as "name=x", match "__Host-" in any letter case
    # and take blanks off both ends of a name.
    return pair.lstrip(b" \t=").lower()
