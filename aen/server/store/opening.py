"""Opening the store the settings ask for: a MongoDB, or the embedded one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from twisted.application.service import IService, Service
from twisted.internet.defer import Deferred, maybeDeferred

from aen.model.errors import Unavailable
from aen.runtime.tasks import pause, start
from aen.server.store.collection import Database
from aen.server.store.embedded import EmbeddedStore
from aen.server.store.mongo import MongoDatabase, MongoLimits
from aen.server.store.schema import INDEXES

DATABASE = "aen"
"""The name of our database, unless MONGO_URL names another."""
_PATIENCE = 20.0
"""Seconds the store may take to start."""


class ClosingService(Service):
    """Closes a database when it stops."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stopService(self) -> Deferred[None]:
        """Close the database."""
        super().stopService()
        return start(self._database.close())


def open_database(
    reactor: Any,
    *,
    directory: Path,
    mongo_url: str | None = None,
    answer: float = 5.0,
) -> tuple[Database, IService]:
    """Return the store and the service that must run while it is used.

    With *mongo_url* it is that MongoDB, else the embedded store below *directory*. An
    operation that takes longer than *answer* seconds raises `Unavailable`.

    :raises Invalid: *mongo_url* is not the address of a MongoDB.
    """
    limits = MongoLimits(answer=answer)
    if mongo_url is not None:
        mongo = MongoDatabase(reactor, DATABASE, limits)
        mongo.connect(mongo_url)
        return mongo, ClosingService(mongo)
    embedded = MongoDatabase(reactor, DATABASE, limits)
    return embedded, EmbeddedStore(directory, embedded, reactor)


@asynccontextmanager
async def in_use(
    reactor: Any, *, directory: Path, mongo_url: str | None, answer: float
) -> AsyncIterator[Database]:
    """Give the store for the time of a command: it answers and has its indexes.

    The parameters are those of `open_database`.

    :raises Unavailable: it does not answer in time.
    """
    database, store = open_database(
        reactor, directory=directory, mongo_url=mongo_url, answer=answer
    )
    store.startService()
    try:
        await _prepare(database, reactor)
        yield database
    finally:
        await maybeDeferred(store.stopService)


async def _prepare(database: Database, reactor: Any) -> None:
    until = reactor.seconds() + _PATIENCE
    while True:
        try:
            await database.prepare(INDEXES)
        except Unavailable:
            if reactor.seconds() > until:
                raise
            await pause(reactor, 0.1)
        else:
            return
