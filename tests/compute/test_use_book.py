"""The last uses, on disk."""

from pathlib import Path

import pytest
from attrs import evolve

from aen.compute.use_book import UseBook
from tests.compute.ground import LAUNCH

APP = evolve(LAUNCH, started=10.0)


def test_a_use_is_noted_and_found_again(tmp_path: Path) -> None:
    """The latest counts, and none of the future."""
    book = UseBook(tmp_path / "uses.json")
    book.load()
    assert book.last(APP) == 10.0
    book.note({"l1": 100.0, "gone": 90.0}, 120.0)
    book.note({"l1": 50.0}, 121.0)
    assert book.last(APP) == 100.0
    book.note({"l1": 9999.0}, 122.0)
    assert book.last(APP) == 122.0
    book.save(["l1"], 122.0)
    again = UseBook(tmp_path / "uses.json")
    again.load()
    assert again.last(APP) == 122.0
    assert (tmp_path / "uses.json").read_text() == '{"l1": 122.0}'


def test_it_is_written_rarely(tmp_path: Path) -> None:
    """And only when there is something new."""
    file = tmp_path / "uses.json"
    book = UseBook(file)
    book.save(["l1"], 1000.0)
    assert not file.exists()
    for now in range(1000, 1100):
        book.note({"l1": float(now)}, now)
        book.save(["l1"], now)
    assert '"l1": 1060.0' in file.read_text()


@pytest.mark.parametrize("text", ["", "[]", '{"l1": "x"}', '{"l1": null}'])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    """Is passed over."""
    file = tmp_path / "uses.json"
    file.write_text(text)
    book = UseBook(file)
    book.load()
    assert book.last(APP) == 10.0


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    """Is no reason to end."""
    book = UseBook(tmp_path / "none/uses.json")
    book.note({"l1": 100.0}, 100.0)
    book.save(["l1"], 100.0)
    assert book.last(APP) == 100.0
