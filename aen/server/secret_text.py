"""Secrets that have to be kept to be used: sealed, with a key that is elsewhere.

A dump of the store alone gives none of them away (AES-256-GCM, RFC 5116).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aen.model.errors import Invalid
from aen.wire.tickets import decode, encode

_NONCE = 12


class SecretText:
    """Seals and opens texts with one key; *what* keeps them apart from others."""

    def __init__(self, key: bytes, what: str) -> None:
        self._cipher = AESGCM(key)
        self._what = what.encode()

    def seal(self, text: str) -> str:
        """Return *text* so that only the key opens it."""
        nonce = secrets.token_bytes(_NONCE)
        return encode(nonce + self._cipher.encrypt(nonce, text.encode(), self._what))

    def open(self, sealed: str) -> str:
        """Return what was sealed, or raise `Invalid`: with another key, or broken."""
        try:
            data = decode(sealed)
            nonce, rest = data[:_NONCE], data[_NONCE:]
            return self._cipher.decrypt(nonce, rest, self._what).decode()
        except (Invalid, InvalidTag, ValueError):
            raise Invalid("was sealed with another key") from None
