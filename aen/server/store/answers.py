"""What the embedded store answers to the commands of MongoDB's wire protocol.

nx-27017 speaks the protocol; documents are in memory and in a `SqliteFile`. Served
are the commands `mongo` sends, with exactly the meaning `memory` has. docs/store.md
says why nx-27017's own handling of queries and changes is not used.
"""

import gc
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from twisted.logger import Logger

from aen.model.errors import Invalid
from aen.server.store.collection import Duplicate, Index
from aen.server.store.journal import DatabaseJournal, SqliteFile
from aen.server.store.memory import MemoryCollection, MemoryDatabase
from aen.server.store.values import Unsupported, plain

T = TypeVar("T")
Command = dict[str, Any]
Reply = dict[str, Any]

_BAD_VALUE, _NO_COMMAND, _DUPLICATE = 2, 59, 11000
_HELLO = {
    "ok": 1,
    "ismaster": True,  # txmongo waits for it; nx-27017's own answer leaves it out
    "isWritablePrimary": True,
    "maxBsonObjectSize": 16 * 1024 * 1024,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 100_000,
    "minWireVersion": 17,
    "maxWireVersion": 25,
}


class Answers:
    """Answers one command after the other; what nx-27017 calls a handler.

    *give_up* is called when the file cannot be written: memory then may be ahead of
    it, and only a fresh start from the file is right.
    """

    def __init__(self, file: SqliteFile, give_up: Callable[[], None]) -> None:
        self._log = Logger()
        self._file = file
        self._give_up = give_up
        self._lock = threading.Lock()  # nx-27017 calls from several threads
        self._databases: dict[str, MemoryDatabase] = {}
        self._served: dict[str, Callable[[Command], Reply]] = {
            "ismaster": self._hello,
            "hello": self._hello,
            "ping": self._nothing,
            "endSessions": self._nothing,
            "killCursors": self._nothing,
            "insert": self._insert,
            "find": self._find,
            "aggregate": self._count,
            "update": self._update,
            "findAndModify": self._find_and_modify,
            "delete": self._delete,
            "createIndexes": self._create_indexes,
        }
        for database, name, document in file.documents():
            self._database(database).named(name).load(document)
        # An index made once of all documents is quicker than one that grows by each.
        for database, index in file.indexes():
            self._database(database).named(index.collection).add_index(index)

    def increment_connections(self) -> None:
        """Nothing: connections are not counted."""

    def decrement_connections(self) -> None:
        """Nothing: connections are not counted."""

    def close_streams_for_connection(self, connection: str) -> None:
        """Nothing: change streams are not served."""

    def handle_insert(self, message: Mapping[str, Any]) -> tuple[int, Reply]:
        """Answer a message that holds an insert."""
        return self.handle_command(message)

    def handle_query(self, message: Mapping[str, Any]) -> tuple[int, list[Reply]]:
        """Answer a command in the old form, as the first of a connection is."""
        return message["request_id"], [self.answer(message["query"])]

    def handle_command(self, message: Mapping[str, Any]) -> tuple[int, Reply]:
        """Answer a command."""
        command: Command = {}
        for kind, content in message["sections"]:
            if kind in ("body", "payload"):
                command.update(content)
        return message["request_id"], self.answer(command)

    def answer(self, command: Command) -> Reply:
        """Return the reply to *command*, whatever it is."""
        name = next(iter(command), "")
        served = self._served.get(name)
        if served is None:
            return _refusal(_NO_COMMAND, f"no such command: {name}")
        try:
            with self._lock:
                return served(plain(command))
        except Duplicate as error:
            return _refusal(_DUPLICATE, str(error))
        except (Unsupported, Invalid, KeyError, TypeError, AttributeError) as error:
            return _refusal(_BAD_VALUE, f"{type(error).__name__}: {error}")
        except sqlite3.Error as error:
            self._log.failure("the records cannot be written")
            self._give_up()
            return _refusal(8, f"the records cannot be written: {error}")

    def _database(self, name: str) -> MemoryDatabase:
        if name not in self._databases:
            journal = DatabaseJournal(self._file, name)
            self._databases[name] = MemoryDatabase(journal)
        return self._databases[name]

    def _documents(self, command: Command) -> MemoryCollection:
        name = command[next(iter(command))]
        return self._database(command["$db"]).named(name)

    def _hello(self, command: Command) -> Reply:
        return dict(_HELLO)

    def _nothing(self, command: Command) -> Reply:
        return {"ok": 1}

    def _insert(self, command: Command) -> Reply:
        documents = self._documents(command)
        for document in command["documents"]:
            _now(documents.insert(document))
        return {"ok": 1, "n": len(command["documents"])}

    def _find(self, command: Command) -> Reply:
        found = _now(
            self._documents(command).find(
                command.get("filter", {}),
                order=tuple(command.get("sort", {}).items()),
                limit=command.get("limit", 0),
                skip=command.get("skip", 0),
                without=_left_out(command.get("projection") or {}),
            )
        )
        return _cursor(command, found)

    def _count(self, command: Command) -> Reply:
        match command["pipeline"]:
            case [{"$match": query}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]:
                number = _now(self._documents(command).count(query))
            case _:
                raise Unsupported("of aggregations only counting is served")
        return _cursor(command, [{"_id": 1, "n": number}] if number else [])

    def _update(self, command: Command) -> Reply:
        documents = self._documents(command)
        number = 0
        with self._file.at_once():
            for each in command["updates"]:
                query, change = each["q"], each["u"]
                if each.get("upsert"):
                    raise Unsupported("only findAndModify makes documents")
                if each.get("multi"):
                    number += _now(documents.update_all(query, change))
                else:
                    number += _now(documents.update(query, change))
        return {"ok": 1, "n": number, "nModified": number}

    def _find_and_modify(self, command: Command) -> Reply:
        documents = self._documents(command)
        query, change = command["query"], command["update"]
        if not command.get("new") or command.get("remove"):
            raise Unsupported("findAndModify gives the document as it is afterwards")
        if command.get("upsert"):
            return {"ok": 1, "value": _now(documents.put(query, change))}
        order = tuple(command.get("sort", {}).items())
        return {"ok": 1, "value": _now(documents.claim(query, change, order=order))}

    def _delete(self, command: Command) -> Reply:
        documents = self._documents(command)
        with self._file.at_once():
            number = sum(
                _now(documents.delete(each["q"])) for each in command["deletes"]
            )
        return {"ok": 1, "n": number}

    def _create_indexes(self, command: Command) -> Reply:
        documents = self._documents(command)
        for each in command["indexes"]:
            keys = tuple(each["key"].items())
            index = Index(command["createIndexes"], keys, each.get("unique", False))
            documents.add_index(index)
            self._file.add_index(command["$db"], index)
        # It stays: looking through all of it for garbage takes 30 ms and finds none.
        gc.freeze()
        return {"ok": 1}


def _left_out(projection: Mapping[str, Any]) -> tuple[str, ...]:
    if any(projection.values()):
        raise Unsupported("of projections only leaving out is served")
    return tuple(projection)


def _cursor(command: Command, documents: list[dict[str, Any]]) -> Reply:
    return {"ok": 1, "cursor": {"id": 0, "ns": command["$db"], "firstBatch": documents}}


def _refusal(code: int, text: str) -> Reply:
    return {"ok": 0, "code": code, "errmsg": text}


def _now(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine that never waits returns."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("a collection in memory never waits")
