"""The embedded store's records on disk: one SQLite file, written before memory is."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aen.server.store.collection import Document, Index

# WAL with synchronous=FULL: a commit is on the disk before it is acknowledged, so
# neither kill -9 nor a power failure loses it (sqlite.org/pragma.html).
_OPENING = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS documents (
    place INTEGER PRIMARY KEY, database TEXT NOT NULL, collection TEXT NOT NULL,
    id TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (database, collection, id));
CREATE TABLE IF NOT EXISTS indexes (
    database TEXT NOT NULL, collection TEXT NOT NULL, keys TEXT NOT NULL,
    is_unique INTEGER NOT NULL, PRIMARY KEY (database, collection, keys, is_unique));
"""
_WRITE = """
INSERT INTO documents (database, collection, id, document) VALUES (?, ?, ?, ?)
ON CONFLICT (database, collection, id) DO UPDATE SET document = excluded.document
"""
_ERASE = "DELETE FROM documents WHERE database = ? AND collection = ? AND id = ?"
_READ = "SELECT database, collection, document FROM documents ORDER BY place"
_ADD_INDEX = "INSERT OR IGNORE INTO indexes VALUES (?, ?, ?, ?)"
_INDEXES = "SELECT database, collection, keys, is_unique FROM indexes"


class SqliteFile:
    """All databases of an embedded store."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False
        )
        self._connection.executescript(_OPENING)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Commit what is written inside in one go, even when an exception ends it.

        What went before the exception is in memory already, and was asked for.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def documents(self) -> Iterator[tuple[str, str, Document]]:
        """Yield (database, collection, document) of each, oldest first."""
        for database, collection, text in self._connection.execute(_READ):
            yield database, collection, json.loads(text)

    def indexes(self) -> Iterator[tuple[str, Index]]:
        """Yield (database, index) of each index made so far."""
        for database, collection, keys, unique in self._connection.execute(_INDEXES):
            pairs = tuple((path, way) for path, way in json.loads(keys))
            yield database, Index(collection, pairs, unique=bool(unique))

    def add_index(self, database: str, index: Index) -> None:
        """Keep *index*."""
        keys = json.dumps(index.keys)
        row = (database, index.collection, keys, int(index.unique))
        self._connection.execute(_ADD_INDEX, row)

    def write(self, database: str, collection: str, document: Document) -> None:
        """Keep *document*."""
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        row = (database, collection, document["_id"], text)
        self._connection.execute(_WRITE, row)

    def erase(self, database: str, collection: str, key: str) -> None:
        """Forget the document with the identifier *key*."""
        self._connection.execute(_ERASE, (database, collection, key))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class DatabaseJournal:
    """The part of a `SqliteFile` that belongs to one database."""

    def __init__(self, file: SqliteFile, database: str) -> None:
        self._file = file
        self._database = database

    def write(self, collection: str, document: Document) -> None:
        """Keep *document*."""
        self._file.write(self._database, collection, document)

    def erase(self, collection: str, key: str) -> None:
        """Forget the document with the identifier *key*."""
        self._file.erase(self._database, collection, key)
