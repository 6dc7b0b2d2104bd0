"""The embedded store as real processes: shared, killed, out of reach for others."""

import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import maybeDeferred

import aen
from aen.model.errors import Invalid, Unavailable
from aen.runtime.tasks import pause
from aen.server.store.collection import Duplicate, Index
from aen.server.store.embedded import (
    EmbeddedLimits,
    EmbeddedStore,
    child_environment,
    open_log,
)
from aen.server.store.mongo import MongoDatabase, MongoLimits
from aen.server.store.places import StorePlaces, is_held
from tests.reactor import reactor
from tests.waiting import eventually

LIMITS = EmbeddedLimits(linger=0.5, first_pause=0.05, longest_pause=0.2)
PATIENCE = 10.0

OTHER_PROCESS = """
import sys, time
from pathlib import Path
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import react
from aen.server.store.opening import open_database

async def use(_):
    database, service = open_database(reactor, directory=Path(sys.argv[1]))
    service.startService()
    await database.collection("things").insert({"_id": sys.argv[2]})
    print("inserted", flush=True)
    if sys.argv[3] == "stay":
        await Deferred()
    await service.stopService()

react(lambda clock: Deferred.fromCoroutine(use(clock)))
"""


@pytest_twisted.async_yield_fixture
async def use(tmp_path: Path) -> AsyncIterator[Callable[..., MongoDatabase]]:
    """Return what opens the store of the test's directory, as a process would."""
    services = []

    def opened(answer: float = 5.0) -> MongoDatabase:
        limits = MongoLimits(answer=answer)
        database = MongoDatabase(reactor, "aen", limits)
        service = EmbeddedStore(tmp_path / "store", database, reactor, LIMITS)
        service.startService()
        services.append(service)
        return database

    yield opened
    for service in services:
        await maybeDeferred(service.stopService)
    lock = StorePlaces(tmp_path / "store").lock
    await eventually(lambda: not is_held(lock), "the store nobody needs ends")


@pytest.fixture
def places(tmp_path: Path) -> StorePlaces:
    """The files of the test's store."""
    return StorePlaces(tmp_path / "store")


@pytest.fixture
def another(places: StorePlaces) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return what starts a process that inserts a document, then stays or ends."""
    running = []

    def begin(key: str, then: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-c",
            OTHER_PROCESS,
            str(places.directory),
            key,
            then,
        ]
        root = str(Path(aen.__file__).parents[1])
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ) | {"PYTHONPATH": root},
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "inserted\n"
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def pid_of(places: StorePlaces) -> int:
    """Return the process of the store."""
    address = places.read_address()
    assert address is not None
    return address.pid


async def wait_until_it_answers(database: MongoDatabase) -> None:
    """Return when the store answers again, or fail."""
    deadline = reactor.seconds() + PATIENCE
    while True:
        try:
            return await database.ping()
        except Unavailable:
            assert reactor.seconds() < deadline
            await pause(reactor, 0.05)


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_killed(use: Callable[..., MongoDatabase], places: StorePlaces) -> None:
    """Kill -9 of the store: a moment's Unavailable, and no acknowledged write lost."""
    database = use()
    await database.prepare([Index("things", (("key", 1),), unique=True)])
    things = database.collection("things")
    acknowledged = []
    refused = 0
    for number in range(600):
        if number in (200, 400):
            os.kill(pid_of(places), signal.SIGKILL)
        try:
            await things.insert({"_id": f"{number:04}", "key": number})
            acknowledged.append(f"{number:04}")
        except Unavailable:
            refused += 1
            await wait_until_it_answers(database)
    assert 1 <= refused <= 10
    kept = {each["_id"] for each in await things.find({})}
    assert kept >= set(acknowledged)
    with pytest.raises(Duplicate):
        await things.insert({"_id": "again", "key": 0})


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_shared(
    use: Callable[..., MongoDatabase], another: Callable[..., subprocess.Popen[str]]
) -> None:
    """Two processes that use one directory see one store."""
    things = use().collection("things")
    await things.insert({"_id": "ours"})
    another("theirs", "end")
    assert await things.count({"_id": {"$in": ["ours", "theirs"]}}) == 2


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_starter_killed(
    use: Callable[..., MongoDatabase],
    another: Callable[..., subprocess.Popen[str]],
    places: StorePlaces,
) -> None:
    """The store outlives kill -9 of the process that started it."""
    starter = another("theirs", "stay")
    store = pid_of(places)
    things = use().collection("things")
    assert await things.count({}) == 1
    starter.kill()
    starter.wait()
    await pause(reactor, LIMITS.linger + 0.6)
    assert await things.count({}) == 1
    assert pid_of(places) == store


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_starts_at_once(use: Callable[..., MongoDatabase]) -> None:
    """Many who start at the same moment end up with one store."""
    databases = [use() for _ in range(4)]
    for number, database in enumerate(databases):
        await database.collection("things").insert({"_id": str(number)})
    for database in databases:
        assert await database.collection("things").count({}) == 4


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_strangers(
    use: Callable[..., MongoDatabase], places: StorePlaces
) -> None:
    """Without the client key nobody is answered, in TLS or without."""
    await use().ping()
    address = places.read_address()
    assert address is not None
    stranger = ssl.create_default_context()
    stranger.check_hostname = False
    stranger.verify_mode = ssl.CERT_NONE
    assert answer(address.port, stranger) == b""
    assert b"ismaster" not in answer(address.port, None)
    stranger.load_cert_chain(places.keys.client)
    assert b"ismaster" in answer(address.port, stranger)


def answer(port: int, tls: ssl.SSLContext | None) -> bytes:
    """Return what the store says to a greeting, b"" when it closes the connection."""
    question = b"admin.$cmd\0" + struct.pack("<ii", 0, -1)
    question += struct.pack("<ib9sib", 19, 16, b"ismaster\0", 1, 0)
    header = struct.pack("<iiiii", 20 + len(question), 1, 0, 2004, 0)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        try:
            connection = tls.wrap_socket(plain) if tls else plain
            with connection:
                connection.sendall(header + question)
                return connection.recv(1000)
        except (ssl.SSLError, ConnectionError):
            return b""


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_private(use: Callable[..., MongoDatabase], places: StorePlaces) -> None:
    """No other account may read anything below the directory."""
    await use().collection("things").insert({"_id": "a"})
    for path in (places.directory, *places.directory.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_silent(use: Callable[..., MongoDatabase], places: StorePlaces) -> None:
    """A store that hangs is Unavailable in the time set; afterwards it goes on."""
    database = use(answer=0.5)
    await wait_until_it_answers(database)
    store = pid_of(places)
    os.kill(store, signal.SIGSTOP)
    began = reactor.seconds()
    try:
        with pytest.raises(Unavailable, match="does not answer"):
            await database.collection("things").find_one({})
    finally:
        os.kill(store, signal.SIGCONT)
    assert reactor.seconds() - began < 2
    await wait_until_it_answers(database)


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_keys_gone(
    use: Callable[..., MongoDatabase], places: StorePlaces
) -> None:
    """Certificates that were lost are made anew at the next start."""
    database = use()
    await database.ping()
    places.keys.authority.unlink()
    before = places.read_address()
    os.kill(pid_of(places), signal.SIGKILL)
    await eventually(
        lambda: places.read_address() not in {before, None}, "another store starts"
    )
    await wait_until_it_answers(database)
    assert places.keys.authority.exists()


def test_environment() -> None:
    """The store gets neither our secrets nor a relative path."""
    given = {"PATH": "/bin", "MONGO_URL": "secret", "PYTHONPATH": "."}
    got = child_environment(given)
    assert got.keys() == {"PATH", "PYTHONPATH"}
    assert all(Path(each).is_absolute() for each in got["PYTHONPATH"].split(":"))


def test_log_is_bounded(tmp_path: Path) -> None:
    """A long log is put aside, and only one old one is kept."""
    path = tmp_path / "store.log"
    for text in (b"one", b"two", b"three"):
        descriptor = open_log(path, 2)
        os.write(descriptor, text)
        os.close(descriptor)
    assert path.read_bytes() == b"three"
    assert path.with_name("store.log.1").read_bytes() == b"two"
    assert path.stat().st_mode & 0o077 == 0


def test_directory_of_another(tmp_path: Path) -> None:
    """A path that cannot be a directory is refused in words."""
    (tmp_path / "store").write_text("a file")
    store = EmbeddedStore(
        tmp_path / "store", MongoDatabase(reactor, "aen"), reactor, LIMITS
    )
    with pytest.raises(Invalid, match="store"):
        store.startService()
