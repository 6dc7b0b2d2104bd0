"""Removing, moving, making folders."""

from pathlib import Path

import pytest

from aen.compute.apps.files.changing import make, move, remove
from aen.compute.apps.files.conditions import Conditions
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal

ANY = Conditions()


def take(inside: Inside, *names: str, recursive: bool = False) -> None:
    """Remove something."""
    with inside.find(names, follow=False) as found:
        remove(found, ANY, recursive=recursive)


def test_remove(project: Path, inside: Inside) -> None:
    """Files, links without what they name, folders."""
    (project / "link").symlink_to("notes.txt")
    take(inside, "link")
    assert (project / "notes.txt").exists()
    take(inside, "notes.txt")
    with pytest.raises(OSError, match="not empty"):
        take(inside, "data")
    take(inside, "data", recursive=True)
    assert list(project.iterdir()) == []
    with pytest.raises(Refusal, match="cannot be removed"):
        take(inside, recursive=True)
    with pytest.raises(Refusal, match="There is no gone"):
        take(inside, "gone")


def test_remove_what_was_read(project: Path, inside: Inside) -> None:
    """A file that was changed meanwhile stays."""
    with inside.find(("notes.txt",)) as found, pytest.raises(Refusal) as caught:
        remove(found, Conditions(match=b'"other"'), recursive=False)
    assert caught.value.status == 412
    assert (project / "notes.txt").exists()


@pytest.mark.parametrize(
    ("old", "new", "replace", "status"),
    [
        ("notes.txt", "data/notes.txt", False, None),
        ("data", "other", False, None),
        ("notes.txt", "data/one.csv", True, None),
        ("notes.txt", "data/one.csv", False, 412),
        ("nothing", "data/x", False, 404),
        ("data", "data/deep/data", False, "Invalid argument"),
        ("notes.txt", "data", True, "Is a directory"),
        ("", "x", False, 409),
    ],
)
def test_move(
    project: Path,
    inside: Inside,
    old: str,
    new: str,
    *,
    replace: bool,
    status: int | str | None,
) -> None:
    """What is there already is replaced only when that is wanted."""
    names = [tuple(one for one in way.split("/") if one) for way in (old, new)]
    with (
        inside.find(names[0], follow=False) as source,
        inside.find(names[1], follow=False) as target,
    ):
        if status is None:
            move(source, target, replace=replace)
            assert (project / new).exists()
            assert not (project / old).exists()
        elif isinstance(status, str):
            with pytest.raises(OSError, match=status):
                move(source, target, replace=replace)
        else:
            with pytest.raises(Refusal) as caught:
                move(source, target, replace=replace)
            assert caught.value.status == status


def test_make(project: Path, inside: Inside) -> None:
    """Once it is there, it is there; what is above is made when asked for."""
    assert make(inside, ("new",), parents=False, new=True)
    assert not make(inside, ("new",), parents=False, new=False)
    with pytest.raises(Refusal, match="there already"):
        make(inside, ("new",), parents=False, new=True)
    with pytest.raises(Refusal, match="is a file"):
        make(inside, ("notes.txt",), parents=False, new=False)
    with pytest.raises(Refusal):
        make(inside, ("a", "b", "c"), parents=False, new=False)
    assert make(inside, ("a", "b", "c"), parents=True, new=False)
    assert (project / "a/b/c").is_dir()


def test_nothing_is_made_outside(project: Path, inside: Inside) -> None:
    """A link that leads out is no folder to work in."""
    (project / "out").symlink_to("../outside")
    with pytest.raises(Refusal):
        make(inside, ("out", "new"), parents=True, new=False)
    with pytest.raises(Refusal):
        take(inside, "out", "secret")
    assert [one.name for one in (project.parent / "outside").iterdir()] == ["secret"]
