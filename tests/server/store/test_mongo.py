"""MongoDB out of reach: in words, in time, and nothing left behind."""

import socket
from collections.abc import Iterator

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock

from aen.model.errors import Invalid, Unavailable
from aen.runtime.tasks import start
from aen.server.store.mongo import MongoDatabase, MongoLimits
from tests.outcomes import outcome
from tests.reactor import reactor

LIMITS = MongoLimits(answer=0.2)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_nowhere_to_connect() -> None:
    """Until it knows where to connect, an operation waits for its time."""
    clock = Clock()
    database = MongoDatabase(clock, "aen", LIMITS)
    work = start(database.collection("things").find({}))
    clock.advance(0.19)
    assert not work.called
    clock.advance(0.02)
    assert isinstance(outcome(work), Unavailable)
    assert not clock.getDelayedCalls()


def test_given_up() -> None:
    """A caller who does not wait any more is not told of an outage."""
    clock = Clock()
    database = MongoDatabase(clock, "aen", LIMITS)
    work = start(database.ping())
    work.cancel()
    assert isinstance(outcome(work), CancelledError)
    assert not clock.getDelayedCalls()


@pytest_twisted.ensureDeferred
async def test_closed() -> None:
    """Closing ends what still waits, and refuses what comes after."""
    clock = Clock()
    database = MongoDatabase(clock, "aen", LIMITS)
    work = start(database.ping())
    await database.close()
    assert isinstance(outcome(work), Unavailable)
    with pytest.raises(Unavailable, match="shutting down"):
        await database.ping()
    assert not clock.getDelayedCalls()


@pytest_twisted.ensureDeferred
async def test_nobody_listens(listening: socket.socket) -> None:
    """A refused connection is told in words, in the time set, and leaves no timer."""
    port = listening.getsockname()[1]
    listening.close()
    database = MongoDatabase(reactor, "aen", LIMITS)
    database.connect(f"mongodb://127.0.0.1:{port}/")
    with pytest.raises(Unavailable, match="The database does not answer"):
        await database.collection("things").insert({"_id": "a"})
    await database.close()


@pytest_twisted.ensureDeferred
async def test_silence(listening: socket.socket) -> None:
    """A database that takes the connection and says nothing does not hold us."""
    port = listening.getsockname()[1]
    database = MongoDatabase(reactor, "aen", LIMITS)
    database.connect(f"mongodb://127.0.0.1:{port}/")
    with pytest.raises(Unavailable, match="The database does not answer"):
        await database.ping()
    await database.close()


@pytest.mark.parametrize(
    "url", ["postgres://host/", "mongodb://", "mongodb://host:port/", "host"]
)
def test_address(url: str) -> None:
    """What is not the address of a MongoDB is refused before anything is tried."""
    with pytest.raises(Invalid, match="MONGO_URL"):
        MongoDatabase(Clock(), "aen").connect(url)
