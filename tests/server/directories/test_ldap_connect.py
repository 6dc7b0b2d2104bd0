"""Coming to a directory."""

import pytest
import pytest_twisted
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.error import TimeoutError as Late

from aen.server.directories.ldap_connect import Connector, Trouble, unconnected
from aen.server.directories.ldap_settings import LdapSettings, place_of
from tests.reactor import reactor
from tests.server.directories.servers import odd


def connector(uri: str) -> Connector:
    """Return what connects to *uri*."""
    return Connector(LdapSettings(URI=(uri,), BIND_DN="uid=%(username)s"), reactor)


@pytest_twisted.ensureDeferred
async def test_names_are_resolved() -> None:
    """The addresses are told, or that there are none."""
    place = place_of("ldap://localhost")
    assert "127.0.0.1" in await connector(place.uri).resolve(place)
    place = place_of("ldap://nowhere.invalid")
    with pytest.raises(Trouble, match="cannot be resolved") as told:
        await connector(place.uri).resolve(place)
    assert "LDAP.URI" in told.value.mend


@pytest_twisted.ensureDeferred
async def test_plain_connections_are_told() -> None:
    """An operator reads that nothing is encrypted."""
    async with odd(lambda _: None) as server:
        said: list[str] = []
        link = await connector(server.uri).connect(
            place_of(server.uri), lambda step: said.append(step.text)
        )
        await link.close()
    assert "accepts connections" in said[0]
    assert "in clear" in said[1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused(), "refuses connections"),
        (Late(), "within 5 seconds"),
        (DNSLookupError(), "cannot be resolved"),
        (ConnectError(string="no route"), "no route"),
        (OSError(), "OSError"),
    ],
)
def test_why_there_is_no_connection(error: Exception, words: str) -> None:
    """In words."""
    assert words in unconnected(error, 5.0)
