"""``aen archive`` with the real files app."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from aen.cli.archives import kind_of
from aen.cli.problems import Wrong
from tests.cli.fake import PROJECT, Fake
from tests.cli.files import Files


def test_archives(fake: Fake, files: Files, tmp_path: Path) -> None:
    """Of the kind that the name of the file says."""
    (files.project / "data").mkdir()
    (files.project / "data/a.csv").write_text("1,2")
    packed, zipped = tmp_path / "a.tar.gz", tmp_path / "a.zip"
    assert fake.run("archive", "ada/lab", str(packed))[0] == 0
    with tarfile.open(packed) as found:
        assert "lab/data/a.csv" in found.getnames()
    assert fake.run("archive", "ada/lab:data", str(zipped))[0] == 0
    with zipfile.ZipFile(zipped) as zip_file:
        assert "data/a.csv" in zip_file.namelist()
    status, _, err = fake.run("archive", "ada/lab", str(packed))
    assert (status, "--force" in err) == (1, True)
    assert fake.run("archive", "--force", "ada/lab", str(packed))[0] == 0
    assert not list(tmp_path.glob(".*"))


def test_one_that_breaks_off(fake: Fake, files: Files, tmp_path: Path) -> None:
    """Half an archive is none."""
    (files.project / "a").write_bytes(bytes(range(256)) * 40_000)
    files.cut_after += [100_000]
    status, _, err = fake.run("archive", "ada/lab", str(tmp_path / "a.tar"))
    assert (status, "broke" in err) == (4, True), err
    assert not list(tmp_path.glob("*.tar*"))
    assert not list(tmp_path.glob(".a.tar*"))


def test_there_and_back(fake: Fake, files: Files, tmp_path: Path) -> None:
    """What one has downloaded can be put in again; nothing is overwritten unasked."""
    (files.project / "data").mkdir()
    (files.project / "data/a.csv").write_text("1,2")
    file = str(tmp_path / "a.tar.gz")
    assert fake.run("archive", "ada/lab", file)[0] == 0
    (files.project / "data/a.csv").write_text("changed")
    status, _, err = fake.run("import", file, "ada/lab")
    assert (status, "data/a.csv” is there already" in err) == (1, True), err
    assert (files.project / "data/a.csv").read_text() == "changed"
    assert fake.run("import", "--force", file, "ada/lab")[0] == 0
    assert (files.project / "data/a.csv").read_text() == "1,2"


def test_a_new_project(fake: Fake, files: Files, tmp_path: Path) -> None:
    """It is made first; an archive that is none makes nothing."""
    (tmp_path / "a.tar.gz").write_bytes(b"nonsense")
    fake.says("POST /projects", (201, PROJECT))
    status, _, err = fake.run("import", str(tmp_path / "a.tar.gz"), "lab")
    assert (status, "broken" in err) == (1, True), err
    assert ("POST /projects", {"name": "lab"}) in fake.asked
    assert list(files.project.iterdir()) == []
    assert fake.run("import", str(tmp_path / "nothing"), "lab")[0] == 2


def test_kinds() -> None:
    """A name that says nothing is refused."""
    assert [kind_of(one) for one in ("a.TGZ", "a.tar", "-")] == [
        "tar.gz",
        "tar",
        "tar.gz",
    ]
    with pytest.raises(Wrong, match="must end in"):
        kind_of("a.rar")
