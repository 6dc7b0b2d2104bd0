"""The SQLite file of the embedded store."""

from pathlib import Path

import pytest

from aen.server.store.collection import Index
from aen.server.store.journal import DatabaseJournal, SqliteFile


def test_comes_back(tmp_path: Path) -> None:
    """What was written is there when the file is opened again, oldest first."""
    file = SqliteFile(tmp_path / "records.sqlite")
    journal = DatabaseJournal(file, "aen")
    index = Index("things", (("a", 1), ("b", -1)), unique=True)
    journal.write("things", {"_id": "z", "text": "é\U0001f40d'\"", "n": 3.0})
    journal.write("things", {"_id": "a", "list": [1, None, True]})
    journal.write("things", {"_id": "gone"})
    journal.write("things", {"_id": "z", "changed": 2**60})
    journal.erase("things", "gone")
    file.add_index("aen", index)
    file.add_index("aen", index)
    file.close()
    again = SqliteFile(tmp_path / "records.sqlite")
    assert list(again.documents()) == [
        ("aen", "things", {"_id": "z", "changed": 2**60}),
        ("aen", "things", {"_id": "a", "list": [1, None, True]}),
    ]
    assert list(again.indexes()) == [("aen", index)]
    again.close()


def test_at_once(tmp_path: Path) -> None:
    """What was done before an error is kept: it is in memory already."""
    file = SqliteFile(tmp_path / "records.sqlite")

    def write_and_fail() -> None:
        with file.at_once():
            file.write("aen", "things", {"_id": "a"})
            raise KeyError("a")

    with pytest.raises(KeyError):
        write_and_fail()
    file.close()
    again = SqliteFile(tmp_path / "records.sqlite")
    assert len(list(again.documents())) == 1
    again.close()
