"""The embedded store's own process, by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

import aen
from aen.server.store.places import FileLock, StorePlaces, is_held
from tests.waiting import until

PROGRAM = [sys.executable, "-m", "aen.server.store.embedded_child"]
ROOT = {"PYTHONPATH": str(Path(aen.__file__).parents[1])}


def run(places: StorePlaces) -> subprocess.Popen[bytes]:
    """Start a store that ends when it had no client for a tenth of a second."""
    command = [*PROGRAM, str(places.directory), "0.1"]
    return subprocess.Popen(command, env=ROOT)


@pytest.fixture
def places(tmp_path: Path) -> StorePlaces:
    """An empty directory."""
    places = StorePlaces(tmp_path)
    places.prepare()
    return places


@pytest.mark.system
def test_ends_without_clients(places: StorePlaces) -> None:
    """A store that nobody uses ends by itself."""
    assert run(places).wait(10) == 0
    assert places.read_address() is not None
    assert not is_held(places.lock)


@pytest.mark.system
def test_stays_for_a_client_and_ends_when_told(places: StorePlaces) -> None:
    """A store stays while somebody holds the lease, and ends at SIGTERM."""
    lease = FileLock(places.lease)
    assert lease.take(shared=True)
    store = run(places)
    until(places.read_address, "the store listens", 10)
    with pytest.raises(subprocess.TimeoutExpired):
        store.wait(1)
    store.terminate()
    assert store.wait(10) == 0
    lease.close()


@pytest.mark.system
def test_one_at_a_time(places: StorePlaces) -> None:
    """A second store of a directory ends at once and touches nothing."""
    lock = FileLock(places.lock)
    assert lock.take()
    assert run(places).wait(10) == 0
    assert places.read_address() is None
    lock.close()


@pytest.mark.system
def test_address_of_the_one_before(places: StorePlaces) -> None:
    """A store listens where the last one did, and nobody meets it by that address.

    A client who did would take it for another one a moment later, and cut short
    what it asked.
    """
    assert run(places).wait(10) == 0
    first = places.read_address()
    assert run(places).wait(10) == 0
    second = places.read_address()
    assert first is not None
    assert second is not None
    assert (second.port, second.run != first.run) == (first.port, True)
    places.records.unlink()
    places.records.mkdir()  # the next one takes its place, and gets no further
    assert run(places).wait(10) == 1
    assert places.read_address() is None
