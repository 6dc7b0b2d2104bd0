"""The steps of a project's life on disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aen.compute.disk import project
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.walk import Refused


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project root beside a skeleton."""
    skeleton = tmp_path / "skeleton"
    (skeleton / "public").mkdir(parents=True)
    (skeleton / "README.md").write_text("hello")
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def make(root: Path) -> None:
    """Stage a new project."""
    project.make(str(root), "1.a", str(root.parent / "skeleton"))


def environment(root: Path) -> None:
    """Put something that looks like an environment into ada/lab."""
    prefix = root / "ada" / "lab" / "envs" / "default"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to("/bin/sh")
    (prefix / "pyvenv.cfg").write_text("")


def test_a_project_appears_whole(root: Path) -> None:
    """Staged out of reach, then in its place with its modes and no remains."""
    make(root)
    assert (root / ".staging").stat().st_mode & 0o777 == 0o700
    assert not (root / "ada").exists()
    project.finish(str(root), "1.a", "ada", "lab")
    assert (root / "ada" / "lab" / "README.md").read_text() == "hello"
    assert (root / "ada" / "lab").stat().st_mode & 0o777 == 0o771
    assert (root / "ada" / "lab" / "public").stat().st_mode & 0o777 == 0o775
    assert (root / "ada").stat().st_mode & 0o777 == 0o755
    assert list((root / ".staging").iterdir()) == []


def thesis(place: Path) -> Path:
    """Put a directory with work in it at *place*."""
    place.mkdir()
    (place / "thesis").write_text("ten years")
    return place / "thesis"


def note(place: Path) -> Path:
    """Put a file at *place*."""
    place.write_text("ten years")
    return place


def link(place: Path) -> Path:
    """Put a link to a directory outside, with work in it, at *place*."""
    kept = thesis(place.parents[1] / "outside")
    place.symlink_to(kept.parent)
    return kept


@pytest.mark.parametrize("put", [thesis, note, link])
def test_nothing_is_replaced(put: Callable[[Path], Path], root: Path) -> None:
    """What is already at a project's place stays, whatever it is."""
    (root / "ada").mkdir()
    kept = put(root / "ada" / "lab")
    make(root)
    with pytest.raises(Refused, match="already"):
        project.finish(str(root), "1.a", "ada", "lab")
    assert kept.read_text() == "ten years"
    assert {one.name for one in kept.parent.iterdir()} == {kept.name}


@pytest.mark.parametrize("where", ["ada", "ada/lab"])
def test_links_in_the_way_are_refused(where: str, root: Path) -> None:
    """A link out of the project root is never followed."""
    outside = root.parent / "outside"
    (outside / "lab" / "envs").mkdir(parents=True)
    (outside / "envs").mkdir()
    (root / where).parent.mkdir(exist_ok=True)
    (root / where).symlink_to(outside)
    make(root)
    with pytest.raises(Refused):
        project.check(str(root), "ada", "lab", "default")
    with pytest.raises(Refused):
        project.settle(str(root), "ada", "lab")
    with pytest.raises(Refused):
        project.finish(str(root), "1.a", "ada", "lab")
    assert sorted(one.name for one in outside.rglob("*")) == ["envs", "envs", "lab"]


def test_check_tells_what_is_there(root: Path) -> None:
    """Nothing, a project, a project with an environment."""
    told = [project.check(str(root), "ada", "lab", "default")]
    (root / "ada" / "lab").mkdir(parents=True)
    told.append(project.check(str(root), "ada", "lab", "default"))
    environment(root)
    told.append(project.check(str(root), "ada", "lab", "default"))
    (root / "ada" / "lab" / "envs" / "default" / "pyvenv.cfg").unlink()
    told.append(project.check(str(root), "ada", "lab", "default"))
    assert [(one["project"], one["environment"]) for one in told] == [
        (False, False),
        (True, False),
        (True, True),
        (True, False),
    ]


def test_a_conda_environment_is_one(root: Path) -> None:
    """It has conda's history in place of a configuration."""
    environment(root)
    prefix = root / "ada" / "lab" / "envs" / "default"
    (prefix / "pyvenv.cfg").unlink()
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "history").touch()
    assert project.check(str(root), "ada", "lab", "default")["environment"]


def test_a_locked_project_is_opened_again(root: Path) -> None:
    """A chmod 0 on one's own project does not keep it from starting."""
    environment(root)
    (root / "ada" / "lab").chmod(0)
    assert project.check(str(root), "ada", "lab", "default")["environment"]
    assert (root / "ada" / "lab").stat().st_mode & 0o777 == 0o771


def test_an_environment_is_replaced(root: Path) -> None:
    """The new one takes its place, the old one goes."""
    environment(root)
    project.stage(str(root), "1.b")
    (root / ".staging" / "1.b" / "environment").mkdir()
    (root / ".staging" / "1.b" / "environment" / "new").write_text("")
    project.place(str(root), "1.b", "ada", "lab", "default")
    prefix = root / "ada" / "lab" / "envs" / "default"
    assert [one.name for one in prefix.iterdir()] == ["new"]
    assert list((root / ".staging").iterdir()) == []


def test_no_environment_leaves_the_project(root: Path) -> None:
    """With “envs” a link to elsewhere, nothing is put there."""
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "ada" / "lab").mkdir(parents=True)
    (root / "ada" / "lab" / "envs").symlink_to(outside)
    project.stage(str(root), "1.b")
    (root / ".staging" / "1.b" / "environment").mkdir()
    with pytest.raises(Refused, match="envs"):
        project.place(str(root), "1.b", "ada", "lab", "default")
    assert list(outside.iterdir()) == []


def test_removal_takes_the_project_only(root: Path) -> None:
    """A neighbour stays; doing it again is no mistake."""
    environment(root)
    (root / "ada" / "other").mkdir()
    project.remove(str(root), "1.c", "ada", "lab")
    project.remove(str(root), "1.c", "ada", "lab")
    project.remove(str(root), "1.c", "nobody", "lab")
    assert [one.name for one in (root / "ada").iterdir()] == ["other"]
    assert list((root / ".staging").iterdir()) == []


def test_sweeping_is_by_project_and_age(root: Path) -> None:
    """One's own remains go at once, those of others when nobody can want them."""
    for name in ("1.a", "1.b", "12.a", "old.a"):
        project.stage(str(root), name)
    os.utime(root / ".staging" / "old.a", (0, 0))
    project.sweep(str(root), "1.", 0)
    assert sorted(one.name for one in (root / ".staging").iterdir()) == [
        "12.a",
        "old.a",
    ]
    project.sweep(str(root), "", 3600)
    assert [one.name for one in (root / ".staging").iterdir()] == ["12.a"]


def test_sweeping_beside_other_steps(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its own step removes meanwhile is not missed."""
    for name in ("1.a", "2.a"):
        project.stage(str(root), name)

    def remove_both(top: int, name: str) -> None:
        for one in ("1.a", "2.a"):
            remove_tree(top, one)

    monkeypatch.setattr(project, "remove_tree", remove_both)
    project.sweep(str(root), "", 0)
    assert list((root / ".staging").iterdir()) == []
