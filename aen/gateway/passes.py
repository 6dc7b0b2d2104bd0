"""Passes: the signed cookie by which the gateway knows a browser again.

A pass names a session of the server's and nothing it may open; it is checked
without asking anybody. Whether the session still lives is part of each grant.
"""

import hashlib
import json

from attrs import define, frozen

from aen.model.errors import Invalid, Unauthenticated
from aen.runtime.structure import structure, unstructure
from aen.wire.messages import Credential
from aen.wire.tickets import Seal, SigningKey

_REMEMBERED = 4096


@frozen
class Pass:
    """What the cookie says. `expires` is in seconds since the epoch."""

    session: str
    """Empty: of a visitor, who has not signed in."""
    user: str
    expires: float

    @property
    def credential(self) -> Credential:
        """Who a request with this pass comes from."""
        return Credential(session=self.session or None)


@frozen
class CookieNames:
    """The gateway's cookies. The suffix keeps two installations on a host apart."""

    suffix: str
    secure: bool

    def _name(self, what: str) -> str:
        # RFC 6265bis, 4.1.3.2: a `__Host-` cookie cannot be planted by a sibling.
        return f"{'__Host-' if self.secure else ''}aen-{what}-{self.suffix}"

    @property
    def browser_pass(self) -> str:
        """The cookie that holds a pass."""
        return self._name("pass")

    @property
    def signin(self) -> str:
        """The cookie that remembers a sign-in under way."""
        return self._name("signin")

    def set(self, name: str, value: str, seconds: float) -> bytes:
        """Return a ``Set-Cookie`` value for a cookie that lives so long."""
        secure = "; Secure" if self.secure else ""
        return (
            f"{name}={value}; Path=/; Max-Age={int(seconds)}; HttpOnly;"
            f" SameSite=Lax{secure}"
        ).encode()


def cookie_names(key: SigningKey, public_url: str) -> CookieNames:
    """Return the cookie names of the gateway that has *key*."""
    suffix = hashlib.sha256(key.public.encode()).hexdigest()[:6]
    return CookieNames(suffix, public_url.startswith("https:"))


VISITOR_SECONDS = 3600.0
_LOOK_AGAIN = 60.0


def visitors_pass(now: float) -> Pass:
    """Return the pass of somebody who has not signed in."""
    return Pass("", "", now + VISITOR_SECONDS)


def is_late(shown: Pass, now: float) -> bool:
    """Whether a visitor may have signed in since they got their pass."""
    return not shown.session and shown.expires - now < VISITOR_SECONDS - _LOOK_AGAIN


@define
class Passes:
    """Makes and reads passes; what was read is remembered, for speed."""

    _seal: Seal
    _read: dict[str, Pass]

    @classmethod
    def of(cls, key: SigningKey) -> "Passes":
        """Return the passes that the gateway with *key* makes."""
        return cls(Seal(key.derive("pass")), {})

    def issue(self, made: Pass) -> str:
        """Return *made* as the value of a cookie."""
        return self._seal.seal(json.dumps(unstructure(made)).encode())

    def read(self, text: str, now: float) -> Pass | None:
        """Return the pass in a cookie, or None if it is not ours or too old."""
        known = self._read.get(text)
        if known is None:
            known = self._open(text)
            if known is None:
                return None
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[text] = known
        return known if known.expires > now else None

    def _open(self, text: str) -> Pass | None:
        try:
            return structure(json.loads(self._seal.open(text)), Pass)
        except (Unauthenticated, Invalid, ValueError):
            return None


def hash_token(token: bytes) -> str:
    """Return the hash by which the server knows an API token."""
    return hashlib.sha256(token).hexdigest()


def credential_key(credential: Credential) -> str:
    """Return a text that tells two credentials apart; holds no secret."""
    if credential.token_hash is not None:
        return f"token:{credential.token_hash}"
    return f"session:{credential.session or ''}"
