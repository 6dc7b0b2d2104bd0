"""Settings of the server."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from aen.model.errors import Invalid
from aen.server.settings import ServerSettings, check_server

SETTINGS = ServerSettings(public_url="https://aen.example.org", prefix="/srv/server")


def test_places() -> None:
    """Files are below the prefix, as operators know them."""
    assert SETTINGS.web_socket == Path("/srv/server/var/run/wakari-server.sock")
    assert SETTINGS.logs == Path("/srv/server/var/log/wakari")
    elsewhere = attrs.evolve(SETTINGS, socket="/run/aen.sock")
    assert elsewhere.web_socket == Path("/run/aen.sock")


def test_store_address_is_not_shown() -> None:
    """A MongoDB's address may hold a password, which no log shows."""
    settings = attrs.evolve(SETTINGS, MONGO_URL="mongodb://aen:very-secret@db")
    assert "very-secret" not in repr(settings)


def test_in_order() -> None:
    """The defaults need no more than the address."""
    check_server(SETTINGS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_url": "aen.example.org"},
        {"public_url": "https://aen.example.org/"},
        {"accounts": "nis"},
        {"default_visibility": "hidden"},
    ],
)
def test_refused(wrong: dict[str, Any]) -> None:
    """What types alone cannot tell is refused with the key's name."""
    with pytest.raises(Invalid, match=next(iter(wrong))):
        check_server(attrs.evolve(SETTINGS, **wrong))
