"""Files are written whole, with the rights they should have, or not at all."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from aen.compute.apps.files.conditions import Conditions
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.writing import (
    Wanted,
    Writing,
    begin,
    forget_kept,
    kept_size,
    sweep,
)
from aen.compute.disk.acl import ACCESS
from aen.compute.disk.walk import opened
from aen.compute.serving.files import version_of

STALE = 1000.0
TOKEN = "a-token-of-ours"


def starting(inside: Inside, wanted: Wanted, *names: str) -> Writing:
    """Begin to write."""
    with inside.find(names) as found:
        return begin(found, wanted, STALE)


def write(inside: Inside, content: bytes, wanted: Wanted, *names: str) -> bool:
    """Write a file; say whether it is new."""
    writing = starting(inside, wanted, *names)
    try:
        writing.write(content)
        return writing.finish()[1]
    except BaseException:
        writing.abandon()
        raise


def ours(folder: Path) -> list[str]:
    """Return what is left of uploads."""
    return [one.name for one in folder.iterdir() if one.name.startswith(".aen-")]


def test_a_new_file(project: Path, inside: Inside) -> None:
    """It is there once it is whole, and as the folder says."""
    writing = starting(inside, Wanted(TOKEN), "data", "new.csv")
    writing.write(b"4,5")
    assert not (project / "data/new.csv").exists()
    version, new = writing.finish()
    assert new
    assert (project / "data/new.csv").read_bytes() == b"4,5"
    assert stat.S_IMODE((project / "data/new.csv").stat().st_mode) == 0o660
    assert version == version_of((project / "data/new.csv").stat())
    assert ours(project / "data") == []


def test_an_old_file_keeps_its_mode(project: Path, inside: Inside) -> None:
    """Replaced, it may be used as before; it never becomes anybody's but ours."""
    path = project / "notes.txt"
    path.chmod(0o4754)
    assert not write(inside, b"new", Wanted(TOKEN), "notes.txt")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o754


def test_an_old_file_keeps_its_list(project: Path, inside: Inside) -> None:
    """The rights of people by name stay."""
    path = project / "notes.txt"
    entries = bytes.fromhex(
        "02000000" "01000600ffffffff" "02000700e8030000" "04000000ffffffff"
        "10000600ffffffff" "20000000ffffffff"
    )  # fmt: skip
    try:
        os.setxattr(path, ACCESS, entries)
    except OSError:
        pytest.skip("no access control lists here")
    write(inside, b"new", Wanted(TOKEN), "notes.txt")
    assert os.getxattr(path, ACCESS) == entries


def test_executable(project: Path, inside: Inside) -> None:
    """A program can be run by whoever may read it."""
    write(inside, b"#!", Wanted(TOKEN, executable=True), "data", "run")
    assert stat.S_IMODE((project / "data/run").stat().st_mode) == 0o770


@pytest.mark.parametrize(
    ("names", "conditions", "status"),
    [
        (("data",), Conditions(), 409),
        ((), Conditions(), 409),
        (("notes.txt",), Conditions(none_match=b"*"), 412),
        (("notes.txt",), Conditions(match=b'"other"'), 412),
        (("new",), Conditions(match=b"*"), 412),
    ],
)
def test_refused_at_once(
    project: Path,
    inside: Inside,
    names: tuple[str, ...],
    conditions: Conditions,
    status: int,
) -> None:
    """Before anything is sent."""
    with pytest.raises(Refusal) as caught:
        starting(inside, Wanted(TOKEN, conditions), *names)
    assert caught.value.status == status
    assert ours(project) == []


@pytest.mark.parametrize("conditions", [Conditions(none_match=b"*"), None])
def test_somebody_was_faster(
    project: Path, inside: Inside, conditions: Conditions | None
) -> None:
    """What came between stays: neither is what we have not read overwritten."""
    path = project / "new"
    if conditions is None:
        path.write_text("as read")
        conditions = Conditions(match=version_of(path.stat()).etag)
    writing = starting(inside, Wanted(TOKEN, conditions), "new")
    writing.write(b"mine")
    path.write_text("theirs, and longer")
    with pytest.raises(Refusal) as caught:
        writing.finish()
    writing.abandon()
    assert caught.value.status == 412
    assert path.read_text() == "theirs, and longer"
    assert ours(project) == []


def test_new_means_new_to_the_last(
    project: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even what comes after the last look is not overwritten."""
    wanted = Wanted(TOKEN, Conditions(none_match=b"*"))
    writing = starting(inside, wanted, "new")
    link: Callable[..., None] = os.link

    def late(*arguments: str, **more: int) -> None:
        (project / "new").write_text("theirs")
        link(*arguments, **more)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(FileExistsError):
        writing.finish()
    writing.abandon()
    assert (project / "new").read_text() == "theirs"
    assert ours(project) == []


def test_no_room(
    project: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that becomes full leaves what was there, and nothing of ours."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(Refusal) as caught:
        starting(inside, Wanted(TOKEN, size=1 << 60), "notes.txt")
    assert caught.value.status == 507
    writing = starting(inside, Wanted(TOKEN), "notes.txt")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            writing.write(b"x")
    writing.abandon()
    assert (project / "notes.txt").read_text() == "some notes"
    assert ours(project) == []


def test_an_upload_is_gone_on_with(project: Path, inside: Inside) -> None:
    """From where it broke off, and from nowhere else."""
    first = Wanted(TOKEN, total=6, kept=True)
    writing = starting(inside, first, "big")
    writing.write(b"abcd")
    with pytest.raises(Refusal, match="written to already"):
        starting(inside, Wanted(TOKEN, start=4, total=6, kept=True), "big")
    writing.leave()
    with inside.find(("big",)) as found:
        assert kept_size(found, TOKEN) == 4
    with pytest.raises(Refusal) as caught:
        starting(inside, Wanted(TOKEN, start=2, total=6, kept=True), "big")
    assert caught.value.more == {"offset": 4}
    assert write(inside, b"ef", Wanted(TOKEN, start=4, total=6, kept=True), "big")
    assert (project / "big").read_bytes() == b"abcdef"


def test_an_upload_is_given_up(project: Path, inside: Inside) -> None:
    """Nothing is left of it."""
    writing = starting(inside, Wanted(TOKEN, total=6, kept=True), "big")
    writing.leave()
    with inside.find(("big",)) as found:
        forget_kept(found, TOKEN)
        with pytest.raises(Refusal, match="no such upload"):
            kept_size(found, TOKEN)
    with pytest.raises(Refusal, match="begin anew"):
        starting(inside, Wanted(TOKEN, start=4, total=6, kept=True), "big")
    assert ours(project) == []


def test_the_wrong_size(project: Path, inside: Inside) -> None:
    """A file that is not as long as announced is not put in its place."""
    with pytest.raises(Refusal, match="not as many"):
        write(inside, b"abc", Wanted(TOKEN, total=4), "new")
    assert not (project / "new").exists()
    assert ours(project) == []


@pytest.mark.parametrize("kind", ["link", "second name", "pipe"])
def test_what_others_put_in_an_uploads_place(
    project: Path, inside: Inside, kind: str
) -> None:
    """Nothing is written through it."""
    place, victim = project / f".aen-upload-{TOKEN}", project / "notes.txt"
    if kind == "link":
        place.symlink_to("notes.txt")
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        os.link(victim, place)
    with pytest.raises(FileExistsError):
        starting(inside, Wanted(TOKEN, total=4, kept=True), "new")
    assert victim.read_text() == "some notes"


def test_old_ones_are_swept(project: Path) -> None:
    """What broke off long ago goes, and nothing else."""
    for name, age in ((".aen-upload-old", 0), (".aen-upload-new", None), ("old", 0)):
        (project / name).touch()
        if age is not None:
            os.utime(project / name, (age, age))
    with opened(os.open(project, os.O_RDONLY)) as folder:
        sweep(folder, STALE)
    assert ours(project) == [".aen-upload-new"]
    assert (project / "old").exists()
