"""Opening the store the settings ask for: a MongoDB, or the embedded one."""

from pathlib import Path
from typing import Any

from twisted.application.service import IService, Service
from twisted.internet.defer import Deferred

from aen.runtime.tasks import start
from aen.server.store.collection import Database
from aen.server.store.embedded import EmbeddedStore
from aen.server.store.mongo import MongoDatabase, MongoLimits

DATABASE = "aen"
"""The name of our database, unless MONGO_URL names another."""


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
