"""Answers of the embedded store to the wire protocol."""

import gc
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.logger import LogEvent

from aen.server.store.answers import Answers
from aen.server.store.journal import SqliteFile

THINGS = {"$db": "aen"}


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    """An empty file."""
    file = SqliteFile(tmp_path / "records.sqlite")
    yield file
    file.close()


def never() -> None:
    """Nothing may be given up in these tests."""
    raise AssertionError


def insert(answers: Answers, *documents: dict[str, Any]) -> dict[str, Any]:
    """Insert documents as txmongo does: in a part of their own."""
    sections = [
        ("body", {"insert": "things", **THINGS}),
        ("payload", {"documents": [*documents]}),
    ]
    return answers.handle_insert({"request_id": 1, "sections": sections})[1]


def find(answers: Answers, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a find command returns."""
    reply = answers.answer({"find": "things", "filter": query, **THINGS})
    documents: list[dict[str, Any]] = reply["cursor"]["firstBatch"]
    return documents


def test_fields_are_left_out_only(file: SqliteFile) -> None:
    """Asked for a few fields, the answer is no; so no store gives too much."""
    answers = Answers(file, never)
    insert(answers, {"_id": "a", "n": 1, "m": 2})
    asked = {"find": "things", "projection": {"m": 0}, **THINGS}
    assert answers.answer(asked)["cursor"]["firstBatch"] == [{"_id": "a", "n": 1}]
    assert answers.answer({**asked, "projection": {"m": 1}})["code"] == 2


def test_greeting(file: SqliteFile) -> None:
    """The first question of a connection is answered with what txmongo waits for."""
    asked = {"request_id": 7, "query": {"ismaster": 1}}
    number, replies = Answers(file, never).handle_query(asked)
    assert number == 7
    assert replies[0]["ismaster"] is True


def test_survives(file: SqliteFile) -> None:
    """A new process has the documents and the indexes of the last one."""
    first = Answers(file, never)
    index = {"key": {"name": 1}, "name": "name_1", "unique": True, "sparse": True}
    made = first.answer({"createIndexes": "things", "indexes": [index], **THINGS})
    assert made["ok"] == 1
    assert insert(first, {"_id": "a", "name": "x"})["n"] == 1
    second = Answers(file, never)
    assert find(second, {}) == [{"_id": "a", "name": "x"}]
    assert find(second, {"name": "x"}) == [{"_id": "a", "name": "x"}]
    assert insert(second, {"_id": "b", "name": "x"})["code"] == 11000


def test_an_index_is_looked_through_no_more(file: SqliteFile) -> None:
    """The collector is told that it stays, as it is told of the documents."""
    answers = Answers(file, never)
    insert(answers, *({"_id": str(n), "name": [str(n)]} for n in range(1000)))
    before = gc.get_freeze_count()
    index = {"key": {"name": 1}, "name": "names"}
    answers.answer({"createIndexes": "things", "indexes": [index], **THINGS})
    assert gc.get_freeze_count() > before + 1000


def test_databases_are_apart(file: SqliteFile) -> None:
    """A database does not see the documents of another."""
    answers = Answers(file, never)
    insert(answers, {"_id": "a"})
    other = answers.answer({"find": "things", "filter": {}, "$db": "other"})
    assert other["cursor"]["firstBatch"] == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({}, 59),
        ({"dropDatabase": 1}, 59),
        ({"shutdown": 1}, 59),
        ({"find": "things", "filter": {"a": {"$where": "1"}}}, 2),
        ({"find": "things", "filter": 5}, 2),
        ({"aggregate": "things", "pipeline": []}, 2),
        ({"update": "things", "updates": [{"q": {}}]}, 2),
        ({"update": "things", "updates": [{"q": {}, "u": {}, "upsert": True}]}, 2),
        ({"findAndModify": "things", "query": {}, "update": {}, "remove": True}, 2),
        ({"insert": "things", "documents": [{"_id": 5}]}, 2),
    ],
)
def test_refused(file: SqliteFile, command: dict[str, Any], code: int) -> None:
    """What is not served is refused, and nothing ends for it."""
    reply = Answers(file, never).answer(command | THINGS if command else command)
    assert (reply["ok"], reply["code"]) == (0, code)


def test_file_fails(file: SqliteFile, logged_failures: list[LogEvent]) -> None:
    """When the file cannot be written the process is to start afresh from it."""
    ended: list[bool] = []
    answers = Answers(file, lambda: ended.append(True))
    file.close()
    assert insert(answers, {"_id": "a"})["ok"] == 0
    assert ended == [True]
    (event,) = logged_failures
    assert event["log_failure"].check(sqlite3.Error)
    logged_failures.clear()
