"""``aen cp`` and ``aen ls`` with the real files app."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.fake import Fake
from tests.cli.files import Files


def test_there_and_back(fake: Fake, files: Files, tmp_path: Path) -> None:
    """A file comes back as it went, and is listed between."""
    here = tmp_path / "a.sh"
    here.write_bytes(b"#!/bin/sh\n")
    here.chmod(0o755)
    assert fake.run("cp", str(here), "ada/lab:")[0] == 0
    assert stat.S_IMODE((files.project / "a.sh").stat().st_mode) & 0o100
    status, out, _ = fake.run("ls", "ada/lab")
    assert status == 0
    assert out.splitlines()[1].endswith("a.sh")
    assert json.loads(fake.run("ls", "ada/lab:a.sh", "--json")[1])[0]["size"] == 10
    assert fake.run("cp", "ada/lab:a.sh", str(tmp_path / "back"))[0] == 0
    assert (tmp_path / "back").read_bytes() == here.read_bytes()
    assert (tmp_path / "back").stat().st_mode & 0o100


def test_nothing_is_overwritten_by_accident(
    fake: Fake, files: Files, tmp_path: Path
) -> None:
    """Neither there nor here, unless it is said."""
    (tmp_path / "a").write_text("mine")
    (files.project / "a").write_text("theirs")
    for words in ((str(tmp_path / "a"), "ada/lab:a"), ("ada/lab:a", str(tmp_path))):
        status, _, err = fake.run("cp", *words)
        assert status == 1
        assert "--force" in err
    assert (files.project / "a").read_text() == "theirs"
    assert (tmp_path / "a").read_text() == "mine"
    assert fake.run("cp", "--force", str(tmp_path / "a"), "ada/lab:a")[0] == 0
    assert (files.project / "a").read_text() == "mine"


def test_folders(fake: Fake, files: Files, tmp_path: Path) -> None:
    """With all that is in them; what is no file is named."""
    tree = tmp_path / "tree"
    (tree / "in/ner").mkdir(parents=True)
    (tree / "in/ner/a b.txt").write_text("deep")
    (tree / "top").write_text("top")
    (tree / "link").symlink_to("/etc/passwd")
    status, _, err = fake.run("cp", str(tree), "ada/lab:")
    assert (status, "-r" in err) == (2, True)
    status, _, err = fake.run("cp", "-r", str(tree), "ada/lab:")
    assert (status, "link: left out" in err) == (0, True)
    assert (files.project / "tree/in/ner/a b.txt").read_text() == "deep"
    assert not (files.project / "tree/link").exists()
    status, _, err = fake.run("cp", "-r", "ada/lab:tree", str(tmp_path / "back"))
    assert status == 0
    assert (tmp_path / "back/in/ner/a b.txt").read_text() == "deep"
    (files.project / "tree/in/ner/a b.txt").chmod(0o600)
    assert fake.run("cp", "ada/lab:tree", str(tmp_path / "x"))[0] == 2


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("ada/lab:nothing", "x"), 1, "There is no ada/lab:nothing"),
        (("nothing-here", "ada/lab:"), 2, "There is no file nothing-here"),
        (("a", "b"), 2, "in a project"),
        (("ada/lab:a", "ada/other:b"), 2, "in two projects"),
        (("-", "ada/lab:"), 2, "under which name"),
        (("ada/lab:", "-"), 2, "only a file can be printed"),
    ],
)
def test_what_cannot_be(
    fake: Fake, files: Files, words: tuple[str, ...], status: int, said: str
) -> None:
    """It is said what is wrong."""
    found = fake.run("cp", *words)
    assert (found[0], said in found[2]) == (status, True), found[2]


def test_a_hostile_name_stays_in_its_folder(
    fake: Fake, files: Files, tmp_path: Path
) -> None:
    """Names with odd characters are files like any other, here and in a list."""
    (files.project / "d").mkdir()
    (files.project / "d" / "\x1b[31mred\n").write_text("x")
    assert "\x1b" not in fake.run("ls", "ada/lab:d")[1]
    assert (tmp_path / "d").exists() is False
    assert [one.name for one in (files.project / "d").iterdir()] == ["\x1b[31mred\n"]
