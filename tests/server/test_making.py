"""Making the rooms for real."""

from pathlib import Path

import pytest
from twisted.internet.testing import MemoryReactorClock

from aen.model.errors import Invalid
from aen.server.making import make_rooms, server_key
from aen.server.settings import ServerSettings
from aen.server.store.memory import MemoryDatabase
from tests.server.furnished import quick_passwords


def test_the_server_keeps_its_key(tmp_path: Path) -> None:
    """It is made once, private, and refused when it is not."""
    settings = ServerSettings(public_url="http://aen", prefix=str(tmp_path))
    key = server_key(settings)
    assert server_key(settings).text == key.text
    path = settings.secrets / "server.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(Invalid, match="chmod 600"):
        server_key(settings)
    path.chmod(0o600)
    path.write_text("secret")
    with pytest.raises(Invalid):
        server_key(settings)


def test_two_processes_share_what_must_be_shared(tmp_path: Path) -> None:
    """A form shown by one is taken by the other."""
    settings = ServerSettings(public_url="http://aen", prefix=str(tmp_path))
    first, second = (
        make_rooms(settings, MemoryDatabase(), quick_passwords(), MemoryReactorClock())
        for _ in range(2)
    )
    assert first.key.public == second.key.public
    assert first.access.csrf("session") == second.access.csrf("session")
