"""Archives are unpacked whole, inside, or not at all."""

import io
import os
import stat
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.unpacking import Bounds, Unpacked, spool, unpack
from aen.compute.disk.walk import opened
from tests.compute.apps.files.test_members import info, tar_of

BOUNDS = Bounds(20, 100_000)


def packed(files: Mapping[str, bytes], mode: str = "w:gz") -> io.BytesIO:
    """Return an archive of files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            archive.addfile(info(name, size=len(content)), io.BytesIO(content))
    made.seek(0)
    return made


def put(
    file: io.BytesIO, folder: Path, *, unwrap: bool = False, replace: bool = False
) -> Unpacked:
    """Unpack it."""
    done = Unpacked(BOUNDS)
    with opened(os.open(folder, os.O_RDONLY)) as descriptor:
        unpack(file, descriptor, "token", done, unwrap=unwrap, replace=replace)
    return done


def tree(folder: Path) -> dict[str, str]:
    """Return what is in a folder."""
    return {
        str(one.relative_to(folder)): one.read_text()
        for one in folder.rglob("*")
        if one.is_file()
    }


def test_it_is_merged(project: Path) -> None:
    """With what is there; modes are those of the place."""
    done = put(packed({"data/new": b"new", "x/y/z": b"deep"}), project)
    assert (done.entries, done.bytes) == (2, 7)
    assert tree(project) == {
        "notes.txt": "some notes", "data/one.csv": "1,2,3", "data/new": "new",
        "x/y/z": "deep",
    }  # fmt: skip
    assert stat.S_IMODE((project / "data/new").stat().st_mode) == 0o660
    assert stat.S_IMODE((project / "x/y").stat().st_mode) & 0o777 == 0o770


def test_one_folder_around_all(project: Path) -> None:
    """It is left out when that is wanted, so that a download can be put in again."""
    put(packed({"lab/a": b"a", "lab/data/b": b"b"}), project, unwrap=True)
    assert tree(project)["a"] == "a"
    assert tree(project)["data/b"] == "b"
    put(packed({"lab/a": b"a"}), project)
    assert tree(project)["lab/a"] == "a"


def test_nothing_is_overwritten(project: Path) -> None:
    """Unless it is wanted; a folder never becomes a file."""
    before = tree(project)
    file = packed({"a": b"a", "data/one.csv": b"theirs"})
    with pytest.raises(Refusal, match=r"data/one\.csv") as caught:
        put(file, project)
    assert caught.value.status == 409
    assert tree(project) == before
    file.seek(0)
    put(file, project, replace=True)
    assert tree(project)["data/one.csv"] == "theirs"
    with pytest.raises(Refusal, match="there already"):
        put(packed({"data": b"a file"}), project, replace=True)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (packed({"a": b"a", "../b": b"b"}), "leads out"),
        (packed({f"f{number}": b"" for number in range(21)}), "more than 20 entries"),
        (packed({"bomb": bytes(100_001)}), "more than 100000 bytes"),
        (packed({"a": b"a", "a/b": b"b"}), "cannot be made"),
        (io.BytesIO(b"no archive at all"), "broken, or none"),
        (io.BytesIO(b""), "broken, or none"),
        (io.BytesIO(b"PK\x03\x04 nothing"), "broken, or none"),
        (io.BytesIO(packed({"a": os.urandom(9000)}).getvalue()[:5000]), "broken"),
        (tar_of(info("d", tarfile.SYMTYPE, linkname="."),
                info("d/e", tarfile.SYMTYPE, linkname=".")), "cannot be made"),
        (tar_of(info("a/b", tarfile.SYMTYPE, linkname="."),
                info("l", tarfile.SYMTYPE, linkname="a/b/../../x")), "leads out"),
    ],
)  # fmt: skip
def test_nothing_half_made(project: Path, file: io.BytesIO, why: str) -> None:
    """Whatever is wrong with it, the project is as it was."""
    before = tree(project)
    file.seek(0)
    with pytest.raises(Refusal, match=why):
        put(file, project)
    assert tree(project) == before
    assert not [one for one in project.iterdir() if one.name.startswith(".aen-")]
    assert [one.name for one in (project.parent / "outside").iterdir()] == ["secret"]


def test_links_and_other_names(project: Path) -> None:
    """Links inside stay links; two names of a file are one file."""
    file = tar_of(
        info("new/a"),
        info("new/b", tarfile.LNKTYPE, linkname="new/a"),
        info("new/l", tarfile.SYMTYPE, linkname="a"),
        info("new/gone", tarfile.SYMTYPE, linkname="nothing"),
    )
    put(file, project)
    assert (project / "new/l").readlink() == Path("a")
    assert (project / "new/gone").is_symlink()
    assert (project / "new/a").samefile(project / "new/b")


def test_a_place_for_an_archive(project: Path) -> None:
    """It has no name, so that nothing is left of it whatever happens."""
    with opened(os.open(project, os.O_RDONLY)) as folder:
        os.close(spool(folder, "token"))
    assert not [one for one in project.iterdir() if one.name.startswith(".aen-")]
