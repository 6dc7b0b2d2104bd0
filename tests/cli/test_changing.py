"""``aen mv``, ``aen rm``, ``aen trash`` and ``aen cp`` within a project."""

import json

import pytest

from tests.cli.fake import Fake
from tests.cli.files import Files


def test_copied_within(fake: Fake, files: Files) -> None:
    """By the node itself, into folders and over what one agrees to lose."""
    (files.project / "data").mkdir()
    (files.project / "a").write_text("new")
    assert fake.run("cp", "ada/lab:a", "ada/lab:data")[0] == 0
    assert (files.project / "data/a").read_text() == "new"
    (files.project / "a").write_text("newer")
    status, _, err = fake.run("cp", "ada/lab:a", "ada/lab:data/a")
    assert (status, "--force" in err) == (1, True)
    assert (files.project / "data/a").read_text() == "new"
    assert fake.run("cp", "-f", "ada/lab:a", "ada/lab:data/a")[0] == 0
    assert (files.project / "data/a").read_text() == "newer"
    status, _, err = fake.run("cp", "ada/lab:data", "ada/lab:more")
    assert (status, "-r" in err) == (2, True)
    assert fake.run("cp", "-r", "ada/lab:data", "ada/lab:more")[0] == 0
    assert (files.project / "more/a").read_text() == "newer"


def test_moved(fake: Fake, files: Files) -> None:
    """To another name, into a folder, and not over anything by accident."""
    (files.project / "data").mkdir()
    (files.project / "a").write_text("first")
    assert fake.run("mv", "ada/lab:a", "ada/lab:b")[0] == 0
    assert fake.run("mv", "ada/lab:b", "ada/lab:data/")[0] == 0
    assert [one.name for one in files.project.iterdir()] == ["data"]
    assert (files.project / "data/b").read_text() == "first"
    (files.project / "b").write_text("second")
    status, _, err = fake.run("mv", "ada/lab:b", "ada/lab:data")
    assert (status, "ada/lab:data/b is there already" in err) == (1, True)
    assert (files.project / "data/b").read_text() == "first"
    assert fake.run("mv", "--force", "ada/lab:b", "ada/lab:data")[0] == 0
    assert (files.project / "data/b").read_text() == "second"
    assert not (files.project / "b").exists()


def test_removed_and_restored(fake: Fake, files: Files) -> None:
    """What is in the trash comes back, where it was or elsewhere."""
    (files.project / "old").mkdir()
    (files.project / "old/deep").write_text("kept")
    (files.project / "a").write_text("a")
    status, _, err = fake.run("rm", "ada/lab:old")
    assert (status, "-r" in err) == (2, True)
    assert fake.run("rm", "-r", "ada/lab:old", "ada/lab:a")[0] == 0
    assert not (files.project / "old").exists()
    rows = fake.run("trash", "list", "ada/lab")[1].splitlines()
    assert sorted(row.split()[-1] for row in rows[1:]) == ["a", "old"]
    items = json.loads(fake.run("trash", "list", "ada/lab", "--json")[1])
    ids = {one["path"]: one["id"] for one in items}
    status, out, _ = fake.run("trash", "restore", "ada/lab", ids["old"])
    assert (status, out) == (0, "ada/lab:old\n")
    assert (files.project / "old/deep").read_text() == "kept"
    assert fake.run("trash", "restore", "ada/lab", ids["a"], "--to", "b")[0] == 0
    assert (files.project / "b").read_text() == "a"
    assert fake.run("trash", "restore", "ada/lab", ids["a"])[0] == 1


def test_removed_for_good(fake: Fake, files: Files) -> None:
    """Past the trash, or with all that is in it, once that is said."""
    (files.project / "old").mkdir()
    (files.project / "a").write_text("a")
    assert fake.run("rm", "-r", "--for-good", "ada/lab:old")[0] == 0
    assert fake.run("trash", "list", "ada/lab")[1].splitlines()[1:] == []
    assert fake.run("rm", "ada/lab:a")[0] == 0
    status, _, err = fake.run("trash", "empty", "ada/lab")
    assert (status, "--yes" in err) == (2, True)
    assert fake.run("trash", "empty", "ada/lab", "--yes")[:2] == (0, "1 removed\n")
    assert fake.run("trash", "list", "ada/lab")[1].splitlines()[1:] == []


def test_links(fake: Fake, files: Files) -> None:
    """A link goes, and what it leads to stays."""
    (files.project / "a").write_text("a")
    (files.project / "link").symlink_to("a")
    (files.project / "nowhere").symlink_to("gone")
    assert fake.run("rm", "ada/lab:link", "ada/lab:nowhere", "--for-good")[0] == 0
    assert [one.name for one in files.project.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("mv ada/lab:a ada/other:a", 2, "in two projects"),
        ("mv ada/lab:a b", 2, "“b” is in no project"),
        ("mv ada/lab: ada/lab:b", 2, "all of the project"),
        ("mv ada/lab:nothing ada/lab:b", 1, "nothing"),
        ("rm ada/lab", 2, "all of the project"),
        ("rm a", 2, "in no project"),
        ("rm ada/lab:nothing", 1, "nothing"),
        ("rm ada/lab:../a", 2, "without “..”"),
        ("trash restore ada/lab 0", 1, "There is no 0"),
    ],
)
def test_what_cannot_be(
    fake: Fake, files: Files, words: str, status: int, said: str
) -> None:
    """It is said what is wrong, and nothing is done."""
    (files.project / "a").write_text("a")
    found = fake.run(*words.split())
    assert (found[0], said in found[2]) == (status, True), found[2]
    assert (files.project / "a").read_text() == "a"
