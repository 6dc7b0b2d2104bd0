"""Whether a restore may write here."""

import os
import socket
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Conflict, Failed
from aen.server.backup.ground import (
    demand_empty,
    demand_room,
    demand_stopped,
    demand_unused,
    demand_writable,
)
from aen.server.store.memory import MemoryDatabase
from aen.server.store.places import FileLock, StorePlaces
from tests.reactor import reactor
from tests.server.backup.worlds import NOW, settings_of


def test_a_server_that_runs(tmp_path: Path) -> None:
    """Somebody listens at the socket; a socket that is left is nobody."""
    settings = settings_of(tmp_path, socket=str(tmp_path / "s"), processes=2)
    demand_stopped(settings)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(settings.web_sockets[1]))
        demand_stopped(settings)
        server.listen()
        with pytest.raises(Conflict, match=r"The server is running.*Stop everything"):
            demand_stopped(settings)


@ensureDeferred
async def test_a_store_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker holds its lease, and has no socket to be seen by."""
    monkeypatch.setattr("aen.server.backup.ground._LOCK_TRIES", 2)
    settings = settings_of(tmp_path)
    await demand_unused(settings, reactor)
    places = StorePlaces(settings.store)
    places.prepare()
    await demand_unused(settings, reactor)
    lease = FileLock(places.lease)
    assert lease.take(shared=True)
    with pytest.raises(Conflict, match="Something uses the store"):
        await demand_unused(settings, reactor)
    lease.close()
    await demand_unused(settings, reactor)


def test_room(tmp_path: Path) -> None:
    """It is looked for where the store will be, before there is a folder."""
    settings = settings_of(tmp_path / "not/yet")
    demand_room(settings, 1000)
    with pytest.raises(Failed, match=f"free at {tmp_path}; .*Nothing was written"):
        demand_room(settings, 2**60)
    demand_room(settings_of(tmp_path, MONGO_URL="mongodb://x/"), 2**60)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_of_others(tmp_path: Path) -> None:
    """It is found out before anything is written."""
    (tmp_path / "x").mkdir(mode=0o500)
    with pytest.raises(Failed, match="as the account that runs the platform"):
        demand_writable(tmp_path / "x/y/z")


@ensureDeferred
async def test_a_worker_elsewhere() -> None:
    """What it did a moment ago by the clock gives it away."""
    database = MemoryDatabase()
    await demand_empty(database, lambda: NOW)
    turn = {
        "_id": "guests", "title": "t", "when": "w", "due": NOW, "worker": "",
        "lease_until": 0.0, "began": NOW - 30, "ended": NOW - 30, "good": True,
        "outcome": "", "failures": 0,
    }  # fmt: skip
    await database.collection("schedule").insert(turn)
    with pytest.raises(Conflict, match="A worker uses this store"):
        await demand_empty(database, lambda: NOW)
    await demand_empty(database, lambda: NOW + 60)
    await database.collection("centers").insert({"_id": "east"})
    with pytest.raises(Conflict, match="data centers: 1"):
        await demand_empty(database, lambda: NOW + 60)
