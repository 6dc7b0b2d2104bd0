"""Records in MongoDB, or in the embedded store, through txmongo.

The only module that imports txmongo. Importing it needs Twisted's reactor: txmongo
takes it from the module.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn, TypeVar

from attrs import frozen
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, IReactorTime
from twisted.logger import Logger
from txmongo.collection import Collection as Documents
from txmongo.connection import ConnectionPool
from txmongo.errors import TimeExceeded
from txmongo.filter import sort

from aen.model.errors import Invalid, Unavailable
from aen.runtime.tasks import spawn
from aen.server.store.change import check_change
from aen.server.store.checks import (
    check_document,
    check_paging,
    check_without,
    only_key,
)
from aen.server.store.collection import (
    Change,
    Collection,
    Document,
    Duplicate,
    Index,
    Order,
    Query,
)
from aen.server.store.mongo_url import parse_mongo_url, tls_for
from aen.server.store.query import predicate
from aen.server.store.values import Unsupported, plain

T = TypeVar("T")
Operation = Callable[[Documents], Coroutine[Any, Any, T]]

_SILENT = "The database does not answer. Please try again in a moment."
_CLOSED = "The server is shutting down."
_MISUSE = frozenset({2, 9, 14, 28, 40, 52, 57, 66})
"""Codes by which MongoDB says that a query or change makes no sense."""
_UPSERTS = 3
"""Times an upsert is tried: two at once may both see that nothing is there."""


@frozen
class MongoLimits:
    """How long to wait for the database, in seconds, and how much to ask at once."""

    answer: float = 5.0
    """An operation fails after this time, connecting included."""
    retry: float = 1.0
    """Between attempts to connect, and for the database to greet us."""
    ping: float = 10.0
    """Between looks whether a connection still lives."""
    connections: int = 4


class MongoDatabase:
    """The collections of one database of a MongoDB.

    It connects when told where to; until then an operation waits for its time.
    """

    def __init__(
        self, clock: IReactorTime, name: str, limits: MongoLimits | None = None
    ) -> None:
        self._log = Logger()
        self._clock = clock
        self._name = name
        self._limits = limits or MongoLimits()
        self._pool: ConnectionPool | None = None
        self._closed = False
        self._waiting: list[Deferred[None]] = []
        self._running: set[Deferred[Any]] = set()

    def connect(
        self, url: str, tls: IOpenSSLClientConnectionCreator | None = None
    ) -> None:
        """Use the database at *url* from now on, in the place of one used before.

        :raises Invalid: *url* is not the address of a MongoDB.
        """
        old, self._pool = self._pool, self._open(url, tls)
        waiting, self._waiting = self._waiting, []
        if old is not None:
            spawn(self._log, "closing connections", _cut(old))
        for each in waiting:
            each.callback(None)

    def collection(self, name: str) -> Collection:
        """Return the collection called *name*."""
        return MongoCollection(self, name)

    async def prepare(self, indexes: Sequence[Index]) -> None:
        """Make the indexes that are not there yet.

        :raises Duplicate: documents there already break a unique one.
        """
        for index in indexes:
            keys = sort(list(index.keys))
            rules = {"unique": True, "sparse": True} if index.unique else {}

            async def create(documents: Documents, keys: sort = keys) -> None:
                await documents.create_index(keys, **rules)  # noqa: B023

            await self.run(index.collection, create)

    async def ping(self) -> None:
        """Do nothing, or raise `Unavailable` with the reason."""

        async def ask(documents: Documents) -> None:
            await documents.database.command("ping")

        await self.run("ping", ask)

    async def close(self) -> None:
        """Let go of connections; what still waits for an answer fails."""
        self._closed = True
        for running in tuple(self._running):
            running.cancel()
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await _cut(pool)

    async def run(self, name: str, operation: Operation[T]) -> T:
        """Do *operation* on the documents called *name*, in the time it may take.

        :raises Unavailable: the database does not answer, or refuses to.
        :raises Duplicate: a unique index refused the operation.
        """
        self._explain_end(late=False)
        work = Deferred.fromCoroutine(self._attempt(name, operation))
        timer = self._clock.callLater(self._limits.answer, work.cancel)
        self._running.add(work)
        try:
            return await work
        except CancelledError:
            self._explain_end(late=not timer.active())
            raise  # it is our caller who does not wait any more
        except (PyMongoError, TimeExceeded, ConnectionDone, ConnectionLost) as error:
            _explain(error)
        finally:
            self._running.discard(work)
            if timer.active():
                timer.cancel()

    def _explain_end(self, *, late: bool) -> None:
        if self._closed:
            raise Unavailable(_CLOSED) from None
        if late:
            raise Unavailable(_SILENT) from None

    async def _attempt(self, name: str, operation: Operation[T]) -> T:
        pool = self._pool
        while pool is None or any(not each.instance for each in pool.getprotocols()):
            await self._something_happens(pool)
            pool = self._pool
        return await operation(pool[self._name][name])

    async def _something_happens(self, pool: ConnectionPool | None) -> None:
        """Return when *pool* has another connection, or we have another pool.

        txmongo forgets those who wait for a connection when its pool is closed.
        """
        either: Deferred[None] = Deferred()

        def happened(_: object) -> None:
            if not either.called:
                either.callback(None)

        events: list[Deferred[None]] = [Deferred(self._waiting.remove)]
        self._waiting.append(events[0])
        if pool is not None:
            missing = (each for each in pool.getprotocols() if not each.instance)
            events.append(next(missing).notifyReady())
        for each in events:
            each.addBoth(happened)  # type: ignore[unused-awaitable]
        try:
            await either
        finally:
            for each in events:
                each.cancel()

    def _open(
        self, url: str, tls: IOpenSSLClientConnectionCreator | None
    ) -> ConnectionPool:
        told = parse_mongo_url(url)
        try:
            pool = ConnectionPool(
                url,
                pool_size=self._limits.connections,
                ssl_context_factory=tls or tls_for(told),
                ping_interval=self._limits.ping,
                ping_timeout=self._limits.answer,
                retry_delay=self._limits.retry,
                max_delay=self._limits.retry,
                w="majority",
                j=True,
            )
        except (PyMongoError, ValueError) as error:
            raise Invalid(f"“MONGO_URL” cannot be used: {error}") from None
        for connection in pool.getprotocols():
            connection.noisy = False
        self._name = told.database or self._name
        if told.user and told.password and not told.database:
            # txmongo signs in by itself only where the address names a database.
            done = pool.authenticate("admin", told.user, told.password, told.mechanism)
            spawn(self._log, "signing in to the database", done)
        return pool


class MongoCollection:
    """Documents of one kind in a MongoDB."""

    def __init__(self, database: MongoDatabase, name: str) -> None:
        self._database = database
        self._name = name

    async def insert(self, document: Document) -> None:
        """Add *document*, or raise `Duplicate`."""
        check_document(document)

        async def work(documents: Documents) -> None:
            await documents.insert_one(document)

        await self._database.run(self._name, work)

    async def find_one(self, query: Query) -> Document | None:
        """Return one document that matches, or None."""
        found = await self.find(query, limit=1)
        return found[0] if found else None

    async def find(
        self,
        query: Query,
        *,
        order: Order = (),
        limit: int = 0,
        skip: int = 0,
        without: Sequence[str] = (),
    ) -> list[Document]:
        """Return the documents that match, but for the fields *without*."""
        predicate(query)
        check_paging(order, limit, skip)
        check_without(without)
        by = sort(list(order)) if order else None
        fields = dict.fromkeys(without, 0) or None

        async def work(documents: Documents) -> list[Document]:
            cursor = documents.find(query, fields, skip=skip, limit=limit, sort=by)
            found: list[Document] = []
            while not cursor.exhausted:
                found += plain(await cursor.next_batch())
            return found

        return await self._database.run(self._name, work)

    async def update(self, query: Query, change: Change) -> bool:
        """Change one document that matches; return whether there was one."""
        _check(query, change)

        async def work(documents: Documents) -> bool:
            result = await documents.update_one(query, change)
            return bool(result.matched_count)

        return await self._database.run(self._name, work)

    async def update_all(self, query: Query, change: Change) -> int:
        """Change each document that matches, one by one; return how many."""
        _check(query, change)

        async def work(documents: Documents) -> int:
            return int((await documents.update_many(query, change)).matched_count)

        return await self._database.run(self._name, work)

    async def claim(
        self, query: Query, change: Change, *, order: Order = ()
    ) -> Document | None:
        """Change the first match and return it as it is afterwards, in one step."""
        _check(query, change)
        check_paging(order)
        return await self._find_and_update(query, change, order=order)

    async def put(self, query: Query, change: Change) -> Document:
        """As `claim`, but make the document from *query* and *change* if need be."""
        only_key(query)
        _check(query, change)
        for attempt in range(_UPSERTS):
            try:
                made = await self._find_and_update(query, change, upsert=True)
            except Duplicate:
                if attempt == _UPSERTS - 1:
                    raise
            else:
                if made is not None:
                    return made
        raise Unavailable(_SILENT)

    async def delete(self, query: Query) -> int:
        """Remove every document that matches; return how many."""
        predicate(query)

        async def work(documents: Documents) -> int:
            return int((await documents.delete_many(query)).deleted_count)

        return await self._database.run(self._name, work)

    async def count(self, query: Query) -> int:
        """Return how many documents match."""
        predicate(query)

        async def work(documents: Documents) -> int:
            return int(await documents.count_documents(query))

        return await self._database.run(self._name, work)

    async def _find_and_update(
        self, query: Query, change: Change, *, order: Order = (), upsert: bool = False
    ) -> Document | None:
        by = sort(list(order)) if order else None

        async def work(documents: Documents) -> Document | None:
            found = await documents.find_one_and_update(
                query, change, sort=by, upsert=upsert, return_document=True
            )
            return plain(found) if found else None

        return await self._database.run(self._name, work)


def _check(query: Query, change: Change) -> None:
    predicate(query)
    check_change(change)


def _cut(pool: ConnectionPool) -> Deferred[None]:
    """Close the connections of *pool* at once, whatever its peer does."""
    for connection in pool.getprotocols():
        if connection.instance is not None and connection.instance.transport:
            connection.instance.transport.abortConnection()
    done: Deferred[None] = pool.disconnect()
    return done


def _explain(error: Exception) -> NoReturn:
    match error:
        case DuplicateKeyError():
            raise Duplicate("There is such a record already.") from error
        case OperationFailure() if error.code in _MISUSE:
            raise Unsupported(str(error)) from error
        case OperationFailure():
            raise Unavailable(f"The database reports a problem: {error}") from error
        case _:
            raise Unavailable(_SILENT) from error
