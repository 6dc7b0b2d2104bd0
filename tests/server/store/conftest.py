"""Every kind of store, for the suites they all pass."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.application.service import IService, Service
from twisted.internet.defer import maybeDeferred

from aen.server.store.collection import Collection, Database, Index
from aen.server.store.embedded import EmbeddedStore
from aen.server.store.memory import MemoryDatabase
from aen.server.store.mongo import MongoDatabase
from aen.server.store.opening import ClosingService
from tests.reactor import reactor

INDEXES = (
    Index("things", (("user", 1), ("name", 1)), unique=True),
    Index("things", (("key", 1),), unique=True),
    Index("things", (("place.code", 1),), unique=True),
    Index("things", (("state", 1), ("created", 1))),
)


@pytest_twisted.async_yield_fixture(
    params=[
        "memory",
        pytest.param("embedded", marks=pytest.mark.system),
        pytest.param(
            "mongo",
            marks=[
                pytest.mark.system,
                pytest.mark.skipif(
                    "AEN_TEST_MONGO_URL" not in os.environ,
                    reason="AEN_TEST_MONGO_URL does not name a MongoDB",
                ),
            ],
        ),
    ]
)
async def database(
    request: pytest.FixtureRequest, embedded_directory: Path
) -> AsyncIterator[Database]:
    """A store of each kind, empty."""
    if request.param == "memory":
        store: Database = MemoryDatabase()
        service: IService = Service()
    else:
        mongo = MongoDatabase(reactor, f"aen_{uuid.uuid4().hex}")
        store = mongo
        if request.param == "mongo":
            mongo.connect(os.environ["AEN_TEST_MONGO_URL"])
            service = ClosingService(mongo)
        else:
            service = EmbeddedStore(embedded_directory, mongo, reactor)
    service.startService()
    await store.prepare(INDEXES)
    yield store
    await maybeDeferred(service.stopService)


@pytest.fixture(scope="session")
def embedded_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all: each test has a database of its own in it."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def things(database: Database) -> Collection:
    """A collection with the indexes above."""
    return database.collection("things")
