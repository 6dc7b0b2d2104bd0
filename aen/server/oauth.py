"""Sign-in for gateways: OAuth 2 authorization code (RFC 6749 4.1) with PKCE (7636)."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any, ClassVar
from urllib.parse import urlencode

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import Invalid, Unauthenticated
from aen.model.users import Caller
from aen.server.access import Access, digest
from aen.server.centers import Centers
from aen.server.store.codes import Code, Codes
from aen.server.visitors import Visitors
from aen.wire import tickets
from aen.wire.routes import VISITOR

CALLBACK = "/_aen/oauth/callback"
"""Where a gateway takes codes; the only address one is ever sent to."""
CODE_SECONDS = 60.0
# RFC 7636 section 4.2: the challenge is 32 octets as base64url.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# RFC 7636 section 4.1.
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LONGEST_STATE = 2048
_NOT_THEIRS = "The address to return to is not this data center's."


class OAuthError(Invalid):
    """Something `/oauth/token` refuses; `error` is the word of RFC 6749 section 5.2."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


@frozen
class Exchange:
    """What a gateway sends to ``/oauth/token``.

    `client_assertion` is its ticket, which stands for a client secret. `client_id`
    may be left out: the ticket names the client.
    """

    FORM: ClassVar = (
        "grant_type code redirect_uri code_verifier client_id client_assertion".split()
    )

    grant_type: str
    code: str
    redirect_uri: str
    code_verifier: str
    client_id: str
    client_assertion: str


class OAuth:
    """Tells gateways who somebody is, and nobody else."""

    def __init__(
        self,
        codes: Codes,
        access: Access,
        centers: Centers,
        visitors: Visitors,
        clock: IReactorTime,
    ) -> None:
        self._codes = codes
        self._visitors = visitors
        self._access = access
        self._centers = centers
        self._clock = clock
        self._log = Logger()

    async def authorize(
        self,
        caller: Caller,
        client_id: str,
        redirect_uri: str,
        state: str,
        code_challenge: str,
        method: str,
    ) -> str:
        """Return where to send the browser: to its gateway, with a code.

        :raises Invalid: the request is not one a gateway of ours makes; the browser
            must not be sent anywhere.
        """
        client = await self._client(client_id)
        callback = client + CALLBACK
        if redirect_uri != callback:
            raise Invalid(_NOT_THEIRS)
        if caller.session is None:
            raise Unauthenticated("Sign in with a browser.")
        if not state or len(state) > _LONGEST_STATE:
            return _back(
                callback, error="invalid_request", state=state[:_LONGEST_STATE]
            )
        if method != "S256" or not _CHALLENGE.fullmatch(code_challenge):
            return _back(callback, error="invalid_request", state=state)
        code = secrets.token_urlsafe(32)
        await self._codes.add(
            digest(code),
            Code(
                client=client_id,
                redirect_uri=callback,
                challenge=code_challenge,
                session=caller.session,
                user=caller.user.id,
                expires=self._clock.seconds() + CODE_SECONDS,
            ),
        )
        return _back(callback, code=code, state=state)

    async def admit_visitor(
        self, client_id: str, redirect_uri: str, state: str
    ) -> str | None:
        """Return where to send the browser of somebody who has not signed in.

        Its gateway then takes it for a visitor's. None: it has to sign in.

        :raises Invalid: the request is not one a gateway of ours makes.
        """
        callback = await self._client(client_id) + CALLBACK
        if redirect_uri != callback:
            raise Invalid(_NOT_THEIRS)
        known = bool(state) and len(state) <= _LONGEST_STATE
        if not known or await self._visitors.account() is None:
            return None
        return _back(callback, error=VISITOR, state=state)

    async def exchange(self, asked: Exchange) -> dict[str, Any]:
        """Return whose session a code stands for.

        :raises OAuthError: the code is not good for the one who asks.
        """
        client = await self._authenticate(asked)
        if asked.grant_type != "authorization_code":
            raise OAuthError("unsupported_grant_type", "Only codes are taken here.")
        code = await self._codes.take(digest(asked.code))
        if code is None or not self._fits(code, client, asked):
            self._log.warn("a code of {client} is refused", client=client)
            raise OAuthError("invalid_grant", "The code is wrong, used or expired.")
        caller = await self._access.caller_of_session_id(code.session)
        ends = await self._access.session_ends(code.session)
        if caller is None or ends is None or caller.user.id != code.user:
            raise OAuthError("invalid_grant", "The session has ended.")
        return {
            "session": code.session,
            "user": caller.user.name,
            "expires_in": int(ends - self._clock.seconds()),
            "token_type": "aen-pass",
        }

    def _fits(self, code: Code, client: str, asked: Exchange) -> bool:
        good = _VERIFIER.fullmatch(asked.code_verifier) is not None
        hashed = hashlib.sha256(asked.code_verifier.encode(errors="replace")).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        return (
            good
            and hmac.compare_digest(challenge, code.challenge)
            and code.client == client
            and code.redirect_uri == asked.redirect_uri
            and code.expires > self._clock.seconds()
        )

    async def _client(self, client_id: str) -> str:
        for center in await self._centers.data_centers():
            if center.name == client_id:
                return center.url
        raise Invalid("This data center is not registered here.")

    async def _authenticate(self, asked: Exchange) -> str:
        """Return the client that *asked* proves to be, or raise `OAuthError`."""
        try:
            issuer = tickets.read_issuer(asked.client_assertion)
            public = await self._centers.public_key(issuer)
            now = self._clock.seconds()
            ticket = tickets.unseal(asked.client_assertion, public, tickets.SERVER, now)
        except Unauthenticated as error:
            raise OAuthError("invalid_client", error.message) from None
        client = issuer.partition(":")[2]
        if ticket.purpose != "token" or asked.client_id not in ("", client):
            raise OAuthError("invalid_client", "The ticket is for something else.")
        return client


def _back(callback: str, **parts: str) -> str:
    return f"{callback}?{urlencode(parts)}"
