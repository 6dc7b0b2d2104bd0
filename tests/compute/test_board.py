"""Notes of who has what open, in a folder that people share."""

import json
import os
from pathlib import Path

import pytest

from aen.compute.board import FOLDER, FRESH, Board


@pytest.fixture
def ada(tmp_path: Path) -> Board:
    """Return what Ada's JupyterLab notes."""
    return Board(tmp_path, "ada", "jupyterlab")


@pytest.fixture
def bob(tmp_path: Path) -> Board:
    """Return what Bob's notes."""
    return Board(tmp_path, "bob", "jupyterlab")


def notes(project: Path) -> list[str]:
    """Return the names of all notes."""
    folder = project / FOLDER
    return sorted(one.name for one in folder.iterdir() if one.name[0] != ".")


def test_each_sees_the_other(ada: Board, bob: Board) -> None:
    """Until it is closed; nobody is told of themselves."""
    ada.note(["a.ipynb", "deep/b.ipynb"])
    assert bob.others() == {"a.ipynb": ["ada"], "deep/b.ipynb": ["ada"]}
    assert ada.others() == {}
    bob.note(["a.ipynb"])
    assert ada.others() == {"a.ipynb": ["bob"]}
    ada.note(["deep/b.ipynb"], ["a.ipynb"])
    assert bob.others() == {"deep/b.ipynb": ["ada"]}


def test_two_apps_of_one_person(tmp_path: Path, ada: Board, bob: Board) -> None:
    """JupyterLab and Notebook each have a note; they are one person to others."""
    other = Board(tmp_path, "ada", "notebook")
    ada.note(["a.ipynb"])
    other.note(["a.ipynb"])
    assert other.others() == {}
    assert bob.others() == {"a.ipynb": ["ada"]}
    other.note([], ["a.ipynb"])
    assert bob.others() == {"a.ipynb": ["ada"]}


def test_nothing_is_left(tmp_path: Path, ada: Board) -> None:
    """A note with nothing in it goes; there is none before anything is open."""
    ada.note([])
    assert not (tmp_path / FOLDER).exists()
    ada.note(["a.ipynb"])
    assert notes(tmp_path) == ["ada.jupyterlab.json"]
    ada.note([], ["a.ipynb"])
    assert notes(tmp_path) == []
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"


def test_old_notes_count_no_more(tmp_path: Path, ada: Board, bob: Board) -> None:
    """A browser that went away without a word is forgotten."""
    ada.note(["a.ipynb"])
    note = tmp_path / FOLDER / "ada.jupyterlab.json"
    now = note.stat().st_mtime
    for then in (now - FRESH - 1, now + FRESH + 60):
        os.utime(note, (then, then))
        assert bob.others() == {}


def test_hostile(tmp_path: Path, ada: Board, bob: Board) -> None:
    """Whatever lies there, nobody fails, waits, or writes elsewhere."""
    ada.note(["a.ipynb"])
    folder = tmp_path / FOLDER
    (folder / "broken.json").write_text("{")
    (folder / "list.json").write_text("[]")
    (folder / "deep.json").write_text("[" * 60_000)
    (folder / "odd.json").write_text(json.dumps({"user": "eve", "paths": 3}))
    (folder / "large.json").write_text('{"user": "' + "x" * 100_000 + '", "paths": []}')
    os.mkfifo(folder / "pipe.json")
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({"user": "eve", "paths": ["b.ipynb"]}))
    (folder / "link.json").symlink_to(secret)
    (folder / f".bob.jupyterlab.json.{os.getpid()}").symlink_to(secret)
    before = secret.read_text()
    bob.note(["b.ipynb"])
    assert secret.read_text() == before
    assert bob.others() == {"a.ipynb": ["ada"]}
    assert ada.others() == {"b.ipynb": ["bob"]}


def test_a_folder_that_leads_elsewhere(tmp_path: Path, ada: Board) -> None:
    """Nothing is written through it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / FOLDER).symlink_to(elsewhere)
    ada.note(["a.ipynb"])
    assert ada.others() == {}
    assert list(elsewhere.iterdir()) == []


@pytest.mark.root
def test_nobody_speaks_for_another(tmp_path: Path, ada: Board, bob: Board) -> None:
    """With accounts, whose file it is says who: not what is written in it."""
    ada.note(["a.ipynb"])
    note = tmp_path / FOLDER / "ada.jupyterlab.json"
    os.chown(note, 1, 1)  # the account “daemon” is on every Linux
    assert bob.others() == {"a.ipynb": ["daemon"]}
    os.chown(note, 54321, 54321)  # nobody at all
    assert bob.others() == {}
