"""Signing in through the server: OAuth 2 authorization code with PKCE.

RFC 6749 section 4.1, RFC 7636 (S256). The gateway is the client; what it must
remember between the two redirects is in a sealed cookie of the browser's.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from attrs import define, frozen

from aen.gateway.passes import (
    VISITOR_SECONDS,
    CookieNames,
    Pass,
    Passes,
    visitors_pass,
)
from aen.gateway.paths import same_site
from aen.model.errors import Forbidden, Invalid, Unauthenticated
from aen.runtime.structure import structure, unstructure
from aen.wire.routes import VISITOR
from aen.wire.tickets import Seal

CALLBACK = "/_aen/oauth/callback"
_REMEMBERED_SECONDS = 900.0
"""How long somebody may take to type a password."""
_LONGEST_TARGET = 2000


@frozen
class TokenQuestion:
    """What the server's ``/oauth/token`` is asked."""

    code: str
    redirect_uri: str
    code_verifier: str


@frozen
class TokenAnswer:
    """Its answer: whose browser it is. `expires_in` is in seconds."""

    session: str
    user: str
    expires_in: float
    token_type: str = "aen-pass"  # noqa: S105 -- not a password


@frozen
class _Memory:
    state: str
    verifier: str
    target: str
    expires: float
    visitor: bool = False
    """Whether they are let in without, if that is how it ends."""


@frozen
class Redirect:
    """Where to send a browser, and the cookies to give it."""

    location: str
    cookies: tuple[bytes, ...]


def challenge(verifier: str) -> str:
    """Return the S256 challenge of *verifier* (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@define
class SignIn:
    """The gateway's half of signing in.

    :param client: the gateway's name with the server.
    :param exchange: asks the server what a code is worth.
    """

    _client: str
    _public_url: str
    _server_url: str
    names: CookieNames
    passes: Passes
    _seal: Seal
    _exchange: Callable[[TokenQuestion], Awaitable[TokenAnswer]]
    _new_secret: Callable[[], str]
    _pass_seconds: float

    @property
    def _redirect_uri(self) -> str:
        return self._public_url + CALLBACK

    def begin(self, target: str, now: float, *, visitor: bool = False) -> Redirect:
        """Return where a browser that wants *target* goes to sign in.

        :param visitor: whether it may come back without having done so.
        """
        wanted = same_site(target) if len(target) <= _LONGEST_TARGET else "/"
        memory = _Memory(
            self._new_secret(),
            self._new_secret(),
            wanted,
            now + _REMEMBERED_SECONDS,
            visitor,
        )
        question = urlencode(
            {
                "response_type": "code",
                "client_id": self._client,
                "redirect_uri": self._redirect_uri,
                "state": memory.state,
                "code_challenge": challenge(memory.verifier),
                "code_challenge_method": "S256",
                **({"visitor": "1"} if visitor else {}),
            }
        )
        sealed = self._seal.seal(json.dumps(unstructure(memory)).encode())
        cookie = self.names.set(self.names.signin, sealed, _REMEMBERED_SECONDS)
        return Redirect(f"{self._server_url}/oauth/authorize?{question}", (cookie,))

    async def finish(
        self, cookie: str, state: str, code: str, refused: str, now: float
    ) -> Redirect:
        """Return where the browser was going, with its pass.

        :param cookie: what `begin` gave the browser, as it came back.
        :raises Unauthenticated: the answer does not belong to this browser's
            question, or comes too late.
        :raises Forbidden: the server refused (*refused* is its error code).
        """
        memory = self._remembered(cookie, now)
        if not hmac.compare_digest(memory.state.encode(), state.encode()):
            raise Unauthenticated("This sign-in was begun in another window.")
        if memory.visitor and refused == VISITOR:
            return self._let_in(memory, visitors_pass(now), VISITOR_SECONDS)
        if refused or not code:
            raise Forbidden("The server did not let you sign in here.")
        question = TokenQuestion(code, self._redirect_uri, memory.verifier)
        answer = await self._exchange(question)
        seconds = min(answer.expires_in, self._pass_seconds)
        made = Pass(answer.session, answer.user, now + seconds)
        return self._let_in(memory, made, seconds)

    def _let_in(self, memory: _Memory, made: Pass, seconds: float) -> Redirect:
        text = self.passes.issue(made)
        cookies = (
            self.names.set(self.names.browser_pass, text, seconds),
            self.names.set(self.names.signin, "", 0),
        )
        return Redirect(same_site(memory.target), cookies)

    def _remembered(self, cookie: str, now: float) -> _Memory:
        try:
            memory = structure(json.loads(self._seal.open(cookie)), _Memory)
        except (Unauthenticated, Invalid, ValueError):
            raise Unauthenticated(
                "Your browser did not keep the sign-in; does it accept cookies?"
            ) from None
        if memory.expires < now:
            raise Unauthenticated("The sign-in took too long; begin again.")
        return memory
