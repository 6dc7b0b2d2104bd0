"""Mail by real SMTP to a real server."""

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from attrs import evolve
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.internet.defer import maybeDeferred
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import LogEvent, formatEvent
from typing_extensions import override

from aen.model.mail import Security, Smtp
from aen.server.mail.letters import Sending, Words
from aen.server.mail.message import Envelope, message
from aen.server.mail.sending import Delayed, Refused, SmtpMailer
from tests.installed import free_ports
from tests.pem import Pair, make_pair
from tests.reactor import reactor
from tests.server.smtp_server import SECRET, USER, Postman, mail_server

TO = Envelope("aen@example.org", "ada@example.org")
TEXT = message(
    Words("Hello — ünï", ("A line.", ".", ".. dots", "ünï" * 40)),
    Sending("Notes", "http://aen.example", "ada"),
    "AEN <aen@example.org>",
    TO.to,
    1_700_000_000.0,
    "m1",
)


@pytest.fixture
def postman() -> Postman:
    """Who takes the mail."""
    return Postman()


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """A certificate that only its own file vouches for."""
    return make_pair(tmp_path / "pem")


def server_tls(pair: Pair) -> ssl.SSLContext:
    """Return what a server with that certificate needs."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    return context


def mailer(pair: Pair | None = None, seconds: float = 10.0) -> SmtpMailer:
    """Return a mailer that trusts *pair*."""
    ca = None if pair is None else str(pair.certificate)
    return SmtpMailer(reactor, ca, connect_seconds=2.0, seconds=seconds)


@ensureDeferred
async def test_a_letter_arrives_as_it_was_written(postman: Postman) -> None:
    """Dots at the beginnings of lines, and all the letters there are."""
    with mail_server(postman) as smtp:
        await mailer().send(smtp, TO, TEXT)
    ((sender, to, made),) = postman.taken
    assert (sender, to) == (TO.sender, [TO.to])
    assert made["Subject"] == "Hello — ünï"
    body = made.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    assert text.startswith("A line.\n\n.\n\n.. dots\n\n" + "ünï" * 40)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@ensureDeferred
async def test_encrypted_and_signed_in(
    postman: Postman, pair: Pair, security: Security
) -> None:
    """The certificate is checked against the CA of the setting."""
    with mail_server(postman, security, server_tls(pair), accounts=True) as smtp:
        account = evolve(smtp, username=USER, password=SECRET)
        await mailer(pair).send(account, TO, TEXT)
        assert postman.authenticated == [True]
        # Of TLS from the start aiosmtpd does not know; but it hears nothing else.
        assert postman.encrypted == [security is Security.STARTTLS]
        with pytest.raises(Delayed, match=r"certificate|tls|TLS|ssl|SSL"):
            await mailer().send(account, TO, TEXT)
    assert len(postman.taken) == 1


@ensureDeferred
async def test_a_wrong_password_is_told_and_not_shown(
    postman: Postman, pair: Pair, logged: list[LogEvent]
) -> None:
    """It may be mended: the letter waits. No password is in a sentence or a log."""
    security, wrong = Security.STARTTLS, "another-planted-password"
    with mail_server(postman, security, server_tls(pair), accounts=True) as smtp:
        account = evolve(smtp, username=USER, password=wrong)
        with pytest.raises(Delayed, match="535") as refusal:
            await mailer(pair).send(account, TO, TEXT)
    told = [str(refusal.value), *(formatEvent(one) for one in logged)]
    assert wrong not in " ".join(told)
    assert not postman.taken


@ensureDeferred
async def test_encryption_that_is_not_offered(postman: Postman, pair: Pair) -> None:
    """Nothing is said in clear text instead."""
    with mail_server(postman) as smtp:
        for security in (Security.STARTTLS, Security.TLS):
            asked = evolve(smtp, security=security, username=USER, password=SECRET)
            with pytest.raises(Delayed):
                await mailer(pair).send(asked, TO, TEXT)
    assert not postman.taken


@pytest.mark.parametrize(
    ("recipient", "content", "kind", "words"),
    [
        ("451 come back later", "", Delayed, "451 come back later"),
        ("550 no such person", "", Refused, "550 no such person"),
        ("", "452 the disk is full", Delayed, "452 the disk is full"),
        ("", "554 looks like spam", Refused, "554 looks like spam"),
    ],
)
@ensureDeferred
async def test_refusals(
    postman: Postman, recipient: str, content: str, kind: type[Exception], words: str
) -> None:
    """For now or for good, in the server's own words; then it works again."""
    postman.to_recipient += [recipient] if recipient else []
    postman.to_message += [content] if content else []
    with mail_server(postman) as smtp:
        with pytest.raises(kind, match=words):
            await mailer().send(smtp, TO, TEXT)
        await mailer().send(smtp, TO, TEXT)
    assert len(postman.taken) == 1


@ensureDeferred
async def test_nobody_listens() -> None:
    """A refused connection and a name that is none: it waits."""
    (port,) = free_ports(1)
    for host in ("127.0.0.1", "nobody.invalid"):
        with pytest.raises(Delayed, match=rf"{host}:{port} cannot be reached"):
            await mailer().send(Smtp(host, port, "a@b.org", Security.NONE), TO, TEXT)


class Scripted(Protocol):
    """Says one thing after another, one for each line it hears."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines

    @override
    def connectionMade(self) -> None:
        self._say()

    @override
    def dataReceived(self, data: bytes) -> None:
        self._say()

    def _say(self) -> None:
        if self._lines and self.transport is not None:
            self.transport.write(self._lines.pop(0))


Run = Callable[[list[bytes]], Smtp]


@async_yield_fixture
async def run() -> AsyncIterator[Run]:
    """Run servers that follow a script."""
    ports: list[IListeningPort] = []

    def listen(lines: list[bytes]) -> Smtp:
        factory = Factory.forProtocol(lambda: Scripted(list(lines)))
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        ports.append(port)
        return Smtp("localhost", port.getHost().port, "a@b.org", Security.NONE)

    yield listen
    for port in ports:
        await maybeDeferred(port.stopListening)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"220 hello\r\n"],
        [b"220 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"],
    ],
)
@ensureDeferred
async def test_a_server_that_falls_silent(run: Run, lines: list[bytes]) -> None:
    """There is a limit to all of it."""
    with pytest.raises(Delayed, match="took too long"):
        await mailer(seconds=0.3).send(run(lines), TO, TEXT)


@pytest.mark.parametrize(
    "lines", [[b"421 closing\r\n"], [b"hello?\r\n"], [b"220 hi\r\n", b"500 what\r\n"]]
)
@ensureDeferred
async def test_a_server_that_is_none(run: Run, lines: list[bytes]) -> None:
    """It waits; perhaps it is mended."""
    with pytest.raises(Delayed):
        await mailer(seconds=5).send(run(lines), TO, TEXT)


@ensureDeferred
async def test_what_is_said_before_the_encryption_does_not_count(
    run: Run, pair: Pair
) -> None:
    """Somebody in between could have put it there."""
    starts = [
        b"220 hi\r\n",
        b"250-hi\r\n250 STARTTLS\r\n",
        b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n",
    ]
    smtp = evolve(run(starts), security=Security.STARTTLS)
    with pytest.raises(Delayed, match="more than it was asked"):
        await mailer(pair, seconds=5).send(smtp, TO, TEXT)
