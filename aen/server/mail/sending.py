"""Giving a message to a mail server: SMTP with STARTTLS, TLS and AUTH."""

from io import BytesIO
from typing import Any, Protocol

from attrs import frozen
from OpenSSL.SSL import Error as TlsError
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.interfaces import (
    IDelayedCall,
    IStreamClientEndpoint,
    ITCPTransport,
)
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.ssl import optionsForClientTLS
from twisted.mail.smtp import (
    SUCCESS,
    CramMD5ClientAuthenticator,
    ESMTPClient,
    LOGINAuthenticator,
    PLAINAuthenticator,
    SMTPClientError,
)
from twisted.python.failure import Failure
from typing_extensions import override

from aen.model.errors import AenError, Failed
from aen.model.mail import Security, Smtp
from aen.server import profile
from aen.server.mail.message import Envelope
from aen.wire.agents import trust_root


class Delayed(AenError):
    """It was not taken now; later it may be. The text says why."""

    code = "delayed"


class Refused(Failed):
    """The mail server will never take it. The text says why."""


class Mailer(Protocol):
    """What gives messages to mail servers."""

    async def send(self, smtp: Smtp, to: Envelope, message: bytes) -> None:
        """Have *message* taken, or raise `Delayed` or `Refused`."""


@frozen
class SmtpMailer:
    """Gives messages to mail servers over the network."""

    reactor: Any
    ca: str | None = None
    """PEM file of a private CA that signed the mail server's certificate."""
    connect_seconds: float = 10.0
    seconds: float = 60.0
    """How long the whole dialogue may take."""
    identity: str = "localhost"
    """What we call ourselves."""

    async def send(self, smtp: Smtp, to: Envelope, message: bytes) -> None:
        """Have *message* taken, or raise `Delayed` or `Refused`."""
        at = f"{smtp.host}:{smtp.port}"
        dialogue = Dialogue(self, smtp, to, message)
        try:
            endpoint = self._endpoint(smtp)
            await endpoint.connect(Factory.forProtocol(lambda: dialogue))
        except (ConnectError, DNSLookupError, OSError) as error:
            raise Delayed(
                f"The mail server {at} cannot be reached: {_plain(error)}."
            ) from None
        await dialogue.done

    def _endpoint(self, smtp: Smtp) -> IStreamClientEndpoint:
        endpoint = HostnameEndpoint(
            self.reactor, smtp.host, smtp.port, timeout=self.connect_seconds
        )
        if smtp.security is not Security.TLS:
            return endpoint
        wrapped: IStreamClientEndpoint = wrapClientTLS(self.tls(smtp), endpoint)
        return wrapped

    def tls(self, smtp: Smtp) -> Any:
        """Return how to check that the server is the one of that name."""
        return optionsForClientTLS(smtp.host, trustRoot=trust_root(self.ca))


class Dialogue(ESMTPClient):
    """One connection with one message; `done` fires when it has ended."""

    # With it Twisted keeps lines that were sent, passwords among them, in its errors.
    debug = False
    heloFallback = False  # noqa: N815 -- Twisted's name

    def __init__(
        self, mailer: SmtpMailer, smtp: Smtp, to: Envelope, message: bytes
    ) -> None:
        starts = smtp.security is Security.STARTTLS
        context = mailer.tls(smtp) if starts else None
        super().__init__(smtp.password.encode(), context, mailer.identity)
        self.requireTransportSecurity = starts
        self.requireAuthentication = bool(smtp.username)
        if smtp.username:
            user = smtp.username.encode()
            self.registerAuthenticator(CramMD5ClientAuthenticator(user))
            self.registerAuthenticator(PLAINAuthenticator(user))
            self.registerAuthenticator(LOGINAuthenticator(user))
        self.done: Deferred[None] = Deferred(lambda _: self._abort())
        self._smtp = smtp
        self._envelope = to
        self._message = message
        self._mailer = mailer
        self._asked = False
        self._wrong: AenError | None = Delayed(self._says("closed the connection"))
        self._timer: IDelayedCall | None = None

    def _says(self, what: str) -> str:
        return f"The mail server {self._smtp.host}:{self._smtp.port} {what}."

    # ---- the life of the connection

    @override
    def connectionMade(self) -> None:
        """Begin, with a limit to all of it."""
        wait = self._mailer.seconds
        self._timer = self._mailer.reactor.callLater(wait, self._too_late)
        super().connectionMade()

    def _too_late(self) -> None:
        self._timer = None
        if self._wrong is not None:
            self._wrong = Delayed(self._says("took too long to answer"))
        self._abort()

    def _abort(self) -> None:
        if ITCPTransport.providedBy(self.transport):
            self.transport.abortConnection()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell how it went."""
        super().connectionLost(reason)
        if self._timer is not None:
            self._timer.cancel()
        if self.done.called:
            return
        if self._wrong is None:
            self.done.callback(None)
            return
        if not reason.check(ConnectionClosed) or reason.check(TlsError):
            why = _plain(reason.value)
            self._wrong = Delayed(self._says(f"could not be spoken with: {why}"))
        self.done.errback(self._wrong)

    # ---- what Twisted asks

    @override
    def getMailFrom(self) -> str | None:
        """Return the sender, once."""
        if self._asked:
            return None
        self._asked = True
        return self._envelope.sender

    @override
    def getMailTo(self) -> list[str]:
        """Return who gets it."""
        return [self._envelope.to]

    @override
    def getMailData(self) -> BytesIO:
        """Return the message, its lines ending with LF."""
        return BytesIO(self._message)

    # ---- what the server answered

    @override
    def esmtpState_starttls(self, code: int, resp: bytes) -> Any:
        """Go on encrypted, and forget what was said in clear text after the answer.

        Else somebody in between could put answers into the encrypted dialogue.
        """
        if self.clearLineBuffer():
            self._end(Delayed(self._says("said more than it was asked, unencrypted")))
            return None
        return super().esmtpState_starttls(code, resp)

    @override
    def smtpState_msgSent(self, code: int, resp: bytes | str) -> None:
        """It has answered to sender, recipient or message: all or nothing."""
        if code in SUCCESS:
            self._end(None)
            return
        # Of a recipient the answer is in the list; the argument is Twisted's own.
        answers = [one[2] for one in self.toAddressesResult if one[1] not in SUCCESS]
        words = self._words(code, answers[-1] if answers else resp)
        if code >= 500 and self.toAddressesResult:  # noqa: PLR2004 -- RFC 5321, 4.2.1
            self._end(Refused(self._says(f"refused the letter: {words}")))
        else:
            self._end(Delayed(self._says(f"did not take the letter: {words}")))

    @override
    def sendError(self, exc: Exception) -> None:
        """It could not be spoken with as the settings say."""
        words = str(exc)
        if isinstance(exc, SMTPClientError):
            words = self._words(exc.code, exc.resp)
        self._end(Delayed(self._says(f"did not take the letter: {words}")))

    def _end(self, wrong: AenError | None) -> None:
        self._wrong = wrong
        self._okresponse = self._failresponse = lambda *_: None
        if self.transport is not None:
            self.sendLine(b"QUIT")
            self.transport.loseConnection()

    def _words(self, code: int, answer: bytes | str) -> str:
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        if self._smtp.password:
            text = text.replace(self._smtp.password, "…")
        line = profile.cleaned(" ".join(text.split()), 200).rstrip(".")
        return f"{code} {line}" if code > 0 else line


def _plain(error: object) -> str:
    """Return an error of the network in one line."""
    return profile.cleaned(" ".join(str(error).split()), 200).rstrip(".")
