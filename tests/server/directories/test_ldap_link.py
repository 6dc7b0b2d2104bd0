"""One connection to a directory, and what may be at the other end."""

from typing import Any

import pytest
import pytest_twisted
from OpenSSL import SSL
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from aen.model.errors import Unavailable
from aen.server.directories.ldap import Ldap
from aen.server.directories.ldap_link import lost
from aen.server.directories.ldap_settings import LdapSettings, Search
from tests.reactor import reactor
from tests.server.directories.servers import BOUND, odd

SEARCH = Search("o=x", "(uid=%(username)s)")
START_TLS = bytes.fromhex("300c02010178070a010004000400")


def ldap(uri: str, **parts: Any) -> Ldap:
    """Return a back end that waits only for a moment."""
    soon = {"ANSWER_SECONDS": 0.2, "CONNECT_SECONDS": 2.0, "ANSWER_BYTES": 2000}
    parts = {"URI": (uri,), "USER_SEARCH": (SEARCH,), **soon, **parts}
    return Ldap(LdapSettings(**parts), reactor)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "does not answer within 0.2 seconds"),
        (b"\x30", "does not answer within 0.2 seconds"),
        (None, "ended the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not answer in LDAP"),
        (b"\x30\x84\x7f\xff\xff\xff", "longer than 2000 bytes"),
        (b"\x30\x03\x02\x01\x01", "does not answer in LDAP"),
        (BOUND.replace(b"\x02\x01\x01", b"\x02\x01\x09"), "what was not asked"),
        (BOUND + BOUND, "what was not asked"),
        (bytes.fromhex("300c02010165070a010004000400"), "what was not asked"),
        (bytes.fromhex("300c02010078070a013404000400"), "it ends the connection"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_answers_oddly(answer: bytes | None, words: str) -> None:
    """It is told in words, and the connection is ended."""
    async with odd(lambda _: answer) as server:
        with pytest.raises(Unavailable, match=words):
            await ldap(server.uri).check("ada", "horse")


@pytest_twisted.ensureDeferred
async def test_more_entries_than_asked_for() -> None:
    """A directory cannot fill our memory with entries either."""
    entry = bytes.fromhex("300b 0201 02 6406 0402 613d 3000".replace(" ", ""))

    def answer(data: bytes) -> bytes:
        return BOUND if data[4] == 1 else entry * 5

    async with odd(answer) as server:
        with pytest.raises(Unavailable, match="more entries than"):
            await ldap(server.uri).check("ada", "horse")


@pytest_twisted.ensureDeferred
async def test_nothing_is_taken_over_from_before_tls() -> None:
    """What was said in clear must not pass for what came encrypted."""
    async with odd(lambda _: START_TLS + BOUND) as server:
        with pytest.raises(Unavailable):
            await ldap(server.uri, START_TLS=True).check("ada", "horse")
        assert not any(b"horse" in heard for heard in server.heard)


@pytest.mark.parametrize("answer", [b"", b"nonsense", START_TLS])
@pytest_twisted.ensureDeferred
async def test_a_handshake_that_does_not_come(answer: bytes) -> None:
    """A silent one is not waited for; nothing is said in clear."""
    replies = iter([START_TLS])
    async with odd(lambda _: next(replies, answer)) as server:
        with pytest.raises(Unavailable):
            await ldap(server.uri, START_TLS=True).check("ada", "horse")
        assert not any(b"horse" in heard for heard in server.heard)


@pytest_twisted.ensureDeferred
async def test_start_tls_refused() -> None:
    """Then nobody's password is sent."""
    refused = bytes.fromhex("300c02010178070a010204000400")
    async with odd(lambda _: refused) as server:
        with pytest.raises(Unavailable, match="refuses StartTLS"):
            await ldap(server.uri, START_TLS=True).check("ada", "horse")
        assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionDone(), "it ended the connection"),
        (ConnectionAborted(), "it ended the connection"),
        (ConnectionLost("reset"), "the connection broke: "),
        (SSL.Error([("", "", "certificate verify failed")]), "certificate verify"),
        (SSL.Error(), "it ended the handshake"),
    ],
)
def test_why_connections_end(error: Exception, words: str) -> None:
    """In words for the operator."""
    assert words in lost(Failure(error))
