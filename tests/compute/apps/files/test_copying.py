"""Copies inside of a project."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.copying import Copying
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.acl import ACCESS, decode
from tests.compute.accounts import People
from tests.compute.apps.files.acting import at_home
from tests.compute.disk.estate import estate, person

DAY = 86_400.0


def nobody_left() -> bool:
    """Say that somebody waits."""
    return False


def copy(  # noqa: PLR0913, PLR0917 -- as it is asked for
    inside: Inside,
    old: str,
    new: str,
    replace: bool = False,  # noqa: FBT001, FBT002 -- as it is asked for
    entries: int = 50,
    size: int = 10_000,
    gone: Callable[[], bool] = nobody_left,
    leftover: float = DAY,
) -> None:
    """Copy something."""
    with (
        inside.find(tuple(old.split("/")), follow=False) as source,
        inside.find(tuple(new.split("/")), follow=False) as target,
    ):
        Copying(entries, size, gone, leftover).copy(source, target, replace=replace)


def names(folder: Path) -> list[str]:
    """Return all that is in a folder, ours too."""
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*"))


def test_a_file(project: Path, inside: Inside) -> None:
    """Content, time, and whether it is a program; the mode is the new place's."""
    (project / "notes.txt").chmod(0o700)
    os.utime(project / "notes.txt", (1, 1_000_000_000))
    copy(inside, "notes.txt", "data/copy")
    made = project / "data/copy"
    assert made.read_text() == "some notes"
    assert stat.S_IMODE(made.stat().st_mode) == 0o770
    assert made.stat().st_mtime == 1_000_000_000
    copy(inside, "data/one.csv", "two.csv")
    assert not (project / "two.csv").stat().st_mode & 0o111


def test_a_folder(project: Path, inside: Inside) -> None:
    """All that is in it; links as links; what the app has under way is left out."""
    (project / "data/deep/x").write_text("x")
    (project / "data/link").symlink_to("../../outside/secret")
    (project / "data/.aen-upload-x").write_text("half")
    (project / "data/deep").chmod(0o700)
    copy(inside, "data", "again")
    assert names(project / "again") == ["deep", "deep/x", "link", "one.csv"]
    assert (project / "again/link").readlink() == Path("../../outside/secret")
    assert stat.S_IMODE((project / "again/deep").stat().st_mode) == 0o770
    assert (project / "data/one.csv").exists()


def test_a_link(project: Path, inside: Inside) -> None:
    """Is copied, never what it names."""
    (project / "out").symlink_to("/etc/passwd")
    copy(inside, "out", "data/out")
    assert (project / "data/out").readlink() == Path("/etc/passwd")
    copy(inside, "out", "notes.txt", replace=True)
    assert (project / "notes.txt").readlink() == Path("/etc/passwd")


def test_over_a_file(project: Path, inside: Inside) -> None:
    """It keeps the rights of what was there."""
    (project / "notes.txt").chmod(0o640)
    copy(inside, "data/one.csv", "notes.txt", replace=True)
    assert (project / "notes.txt").read_text() == "1,2,3"
    assert stat.S_IMODE((project / "notes.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("old", "new", "replace", "status"),
    [
        ("notes.txt", "data/one.csv", False, 412),
        ("notes.txt", "data", False, 412),
        ("notes.txt", "data", True, 409),
        ("data", "notes.txt", True, 409),
        ("data", "data/deep/data", False, 409),
        ("data", "data", True, 409),
        ("notes.txt", "notes.txt", True, 409),
        ("nothing", "x", False, 404),
        ("data", "nowhere/x", False, 404),
        ("notes.txt", "out/x", False, 403),
        ("pipes", "x", False, 409),
        ("out/secret", "x", False, 403),
    ],
)
def test_refused(
    project: Path, inside: Inside, old: str, new: str, *, replace: bool, status: int
) -> None:
    """Nothing is changed, and nothing half made is left."""
    (project / "out").symlink_to("../outside")
    (project / "pipes").mkdir()
    (project / "pipes/a").write_text("a")
    os.mkfifo(project / "pipes/b")
    before = names(project.parent)
    with pytest.raises(Refusal) as caught:
        copy(inside, old, new, replace=replace)
    assert caught.value.status == status
    assert caught.value.message.endswith(".")
    assert names(project.parent) == before
    assert (project / "data/one.csv").read_text() == "1,2,3"


def test_bounds(project: Path, inside: Inside) -> None:
    """Too many entries, too many bytes, nobody who waits: nothing is left of it."""
    before = names(project)
    for entries, size in ((2, 10_000), (50, 4)):
        with pytest.raises(Refusal, match="nothing was copied") as caught:
            copy(inside, "data", "again", entries=entries, size=size)
        assert caught.value.status == 413
    copy(inside, "data", "again", entries=3, size=5)
    left = iter([False, False, True])
    with pytest.raises(Gone):
        copy(inside, "data", "third", gone=lambda: next(left))
    assert names(project) == sorted([*before, "again", "again/deep", "again/one.csv"])


def test_what_a_crash_has_left(project: Path, inside: Inside) -> None:
    """Goes with a later copy; one of something old that is being made stays."""
    left = project / "data/.aen-copy-left"
    left.mkdir()
    (left / "x").touch()
    os.utime(left, (1, 1))  # as a copy has it of what it is a copy of
    copy(inside, "notes.txt", "data/copy")
    assert left.is_dir()
    copy(inside, "notes.txt", "data/another", leftover=0.0)
    assert not left.exists()


def test_the_project_itself(project: Path, inside: Inside) -> None:
    """Is not copied, nor replaced."""
    with inside.find(()) as top, inside.find(("x",)) as new:
        for one, other in ((top, new), (new, top), (top, top)):
            with pytest.raises(Refusal):
                Copying(9, 9, nobody_left, DAY).copy(one, other, replace=True)
    assert not (project / "x").exists()


@pytest.mark.root
def test_rights_of_the_new_place(accounts: People) -> None:
    """What was closed where it was is open where it goes, and the other way round."""
    ada, ben, eve = accounts[0], accounts[1], accounts[2]
    with estate(accounts) as lab:
        lab.adopt(lab.team(person(ben), person(eve, "r-x")))

        def prepare() -> None:
            closed = lab.home / "closed"
            closed.mkdir()
            (closed / "x").write_text("x")
            (closed / "x").chmod(0o600)
            closed.chmod(0o700)

        at_home(lab, ben, lambda _: prepare())
        back = "closed/x", "closed/README.md"
        assert at_home(lab, ben, lambda inside: copy(inside, back[0], "open")) is None
        assert at_home(lab, ben, lambda one: copy(one, "README.md", back[1])) is None
        users = dict(decode(os.getxattr(lab.home / "open", ACCESS)).users)
        assert users == {ada.uid: 7, ben.uid: 7, eve.uid: 5}
        assert (lab.home / "open").stat().st_mode & 0o777 == 0o660
        assert at_home(lab, eve, lambda _: (lab.home / "open").read_text()) == "x"
        assert at_home(lab, eve, lambda one: copy(one, "open", "more")) == 403
        assert at_home(lab, ada, lambda one: copy(one, "closed", "x")) == 403
        assert not (lab.home / "x").exists()
