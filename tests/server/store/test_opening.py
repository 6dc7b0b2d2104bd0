"""Opening the store that is asked for."""

from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import maybeDeferred
from twisted.internet.task import Clock

from aen.model.errors import Invalid, Unavailable
from aen.server.store.opening import open_database


def test_bad_address(tmp_path: Path) -> None:
    """A wrong MONGO_URL ends the start in words."""
    with pytest.raises(Invalid, match="MONGO_URL"):
        open_database(Clock(), directory=tmp_path, mongo_url="mysql://db")


@pytest_twisted.ensureDeferred
async def test_embedded(tmp_path: Path) -> None:
    """Without one it is the embedded store, which starts with the service."""
    database, service = open_database(Clock(), directory=tmp_path / "store")
    assert not (tmp_path / "store").exists()
    await maybeDeferred(service.stopService)
    with pytest.raises(Unavailable):
        await database.ping()
