"""A real mail server for tests: aiosmtpd, in a thread of its own."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, field

from aen.model.mail import Security, Smtp
from tests.installed import free_ports

USER, SECRET = "aen", "planted-smtp-password"


@define
class Postman:
    """Takes mail, or answers as a test says; keeps what it took and what it saw."""

    taken: list[tuple[str, list[str], EmailMessage]] = field(factory=list)
    to_recipient: list[str] = field(factory=list)
    """Answers to recipients, one after another."""
    to_message: list[str] = field(factory=list)
    encrypted: list[bool] = field(factory=list)
    """Whether each message came encrypted."""
    authenticated: list[bool] = field(factory=list)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, to: Envelope, address: str, options: Any
    ) -> str:
        """Answer to one recipient."""
        answer = self.to_recipient.pop(0) if self.to_recipient else "250 OK"
        if answer.startswith("2"):
            to.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a message."""
        if self.to_message:
            return self.to_message.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        made = message_from_bytes(content, EmailMessage, policy=policy.default)
        self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos), made))
        self.encrypted.append(session.ssl is not None)
        self.authenticated.append(bool(session.authenticated))
        return "250 taken"


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    right = LoginPassword(USER.encode(), SECRET.encode())
    return AuthResult(success=data == right, handled=False)


@contextmanager
def mail_server(
    postman: Postman,
    security: Security = Security.NONE,
    tls: ssl.SSLContext | None = None,
    *,
    accounts: bool = False,
) -> Iterator[Smtp]:
    """Run a server; give how it is reached."""
    (port,) = free_ports(1)
    parts: dict[str, Any] = {}
    if security is Security.TLS:
        parts["ssl_context"] = tls
    if security is Security.STARTTLS and tls is not None:
        parts |= {"tls_context": tls, "require_starttls": True}
    if accounts:
        parts |= {
            "authenticator": _authenticate,
            "auth_required": True,
            # Of TLS that is there from the start aiosmtpd does not know.
            "auth_require_tls": security is Security.STARTTLS,
        }
    server = Controller(postman, hostname="127.0.0.1", port=port, **parts)
    server.start()
    try:
        yield Smtp("localhost", port, "AEN <aen@example.org>", security)
    finally:
        server.stop()
