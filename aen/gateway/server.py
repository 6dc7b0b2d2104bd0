"""What this gateway asks the server."""

import json
from urllib.parse import urlencode

from attrs import define
from treq.client import HTTPClient
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent

from aen.gateway.signin import TokenAnswer, TokenQuestion
from aen.model.errors import AenError, Forbidden, Invalid, Unavailable
from aen.runtime.structure import structure
from aen.wire import tickets
from aen.wire.client import Identity, Place, WireClient
from aen.wire.messages import (
    Grant,
    GrantQuestion,
    Opening,
    OpenQuestion,
    PublicPlace,
    PublicQuestion,
)
from aen.wire.routes import GRANT, OPEN, PUBLIC

_ANSWER_BYTES = 64 * 1024
_SECONDS = 30.0


@define
class Server:
    """The server, as a gateway sees it."""

    _client: WireClient
    _agent: IAgent
    _identity: Identity
    _base: str
    _clock: IReactorTime

    @property
    def _place(self) -> Place:
        return Place(self._base, tickets.SERVER, "The server")

    def grant(self, question: GrantQuestion) -> Deferred[Grant]:
        """Ask what somebody may do in a project."""
        return Deferred.fromCoroutine(
            self._client.ask(self._place, GRANT, question, Grant)
        )

    def open(self, question: OpenQuestion) -> Deferred[Opening]:
        """Ask for a project to be started for an app, and for the app's token."""
        return Deferred.fromCoroutine(
            self._client.ask(self._place, OPEN, question, Opening)
        )

    def public(self, question: PublicQuestion) -> Deferred[PublicPlace]:
        """Ask which node has a project's public folder."""
        return Deferred.fromCoroutine(
            self._client.ask(self._place, PUBLIC, question, PublicPlace)
        )

    async def exchange(self, question: TokenQuestion) -> TokenAnswer:
        """Ask whose browser a code stands for (RFC 6749 section 4.1.3).

        The gateway proves itself with a ticket in place of a client secret.

        :raises Forbidden: the code is worth nothing.
        :raises Unavailable: the server does not answer.
        """
        ticket = tickets.Ticket(
            issuer=self._identity.name,
            audience=tickets.SERVER,
            purpose="token",
            expires=self._clock.seconds() + _SECONDS,
        )
        form = {
            "grant_type": "authorization_code",
            "code": question.code,
            "redirect_uri": question.redirect_uri,
            "code_verifier": question.code_verifier,
        }
        asking = HTTPClient(self._agent).post(
            f"{self._base}/oauth/token",
            data=urlencode(form).encode(),
            headers=Headers(
                {
                    tickets.HEADER: [tickets.seal(self._identity.key, ticket).encode()],
                    b"content-type": [b"application/x-www-form-urlencoded"],
                }
            ),
            allow_redirects=False,
        )
        try:
            response = await asking.addTimeout(_SECONDS, self._clock)
            body = await response.content().addTimeout(_SECONDS, self._clock)
        except Exception as error:  # noqa: BLE001 -- whatever it is, there is no answer
            raise Unavailable(f"The server does not answer: {error}") from None
        return read_token(response.code, body)


def read_token(code: int, body: bytes) -> TokenAnswer:
    """Return what the server's answer to a code says (RFC 6749 section 5).

    :raises Forbidden: the code is worth nothing.
    :raises Unavailable: the answer is none.
    """
    try:
        content = json.loads(body[:_ANSWER_BYTES])
        if code == 200:  # noqa: PLR2004 -- RFC 6749 section 5.1
            return structure(content, TokenAnswer)
        error = content.get("error") if isinstance(content, dict) else None
    except (ValueError, Invalid):
        raise Unavailable("The server answered oddly; try again.") from None
    refusal: AenError = Forbidden("The sign-in was not accepted; begin again.")
    if code >= 500 or error is None:  # noqa: PLR2004 -- RFC 9110 section 15.6
        refusal = Unavailable("The server cannot sign you in at the moment.")
    raise refusal
