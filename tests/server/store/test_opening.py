"""Opening the store that is asked for."""

from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import maybeDeferred
from twisted.internet.task import Clock

from aen.model.errors import Invalid, Unavailable
from aen.server.store.memory import MemoryDatabase
from aen.server.store.opening import open_database


@pytest_twisted.ensureDeferred
async def test_memory(tmp_path: Path) -> None:
    """A demonstration keeps its records in memory and touches no file."""
    database, service = open_database(Clock(), directory=tmp_path / "s", in_memory=True)
    service.startService()
    await database.ping()
    await maybeDeferred(service.stopService)
    assert isinstance(database, MemoryDatabase)
    assert not (tmp_path / "s").exists()


def test_bad_address(tmp_path: Path) -> None:
    """A wrong MONGO_URL ends the start in words."""
    with pytest.raises(Invalid, match="MONGO_URL"):
        open_database(Clock(), directory=tmp_path, mongo_url="mysql://db")


@pytest_twisted.ensureDeferred
async def test_embedded(tmp_path: Path) -> None:
    """Without either it is the embedded store, which starts with the service."""
    database, service = open_database(Clock(), directory=tmp_path / "store")
    assert not (tmp_path / "store").exists()
    await maybeDeferred(service.stopService)
    with pytest.raises(Unavailable):
        await database.ping()
