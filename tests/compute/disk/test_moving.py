"""Projects that get another place: whole, once, and never over other files."""

from pathlib import Path

import pytest

from aen.compute.disk.acl import Team
from aen.compute.disk.moving import hand_over, move
from aen.compute.disk.walk import Refused
from tests.compute.disk.estate import Estate, allowed, person


def project(root: Path, path: str) -> Path:
    """Make a project with one file."""
    home = root / path
    home.mkdir(parents=True)
    (home / "notes").write_text(path)
    return home


def test_a_project_moves(tmp_path: Path) -> None:
    """With all that is in it; done again it is done."""
    project(tmp_path, "ada/lab")
    for _ in range(2):
        assert move(str(tmp_path), "bob", "ice", "ada", "lab") == {"project": True}
    assert (tmp_path / "bob/ice/notes").read_text() == "ada/lab"
    assert (tmp_path / "bob/ice").stat().st_mode & 0o777 == 0o771
    assert not (tmp_path / "ada/lab").exists()


def test_other_files_stay(tmp_path: Path) -> None:
    """Where something is already nothing is moved, and nothing is lost."""
    project(tmp_path, "ada/lab")
    project(tmp_path, "ada/ice")
    with pytest.raises(Refused, match="ada/ice"):
        move(str(tmp_path), "ada", "ice", "ada", "lab")
    assert (tmp_path / "ada/ice/notes").read_text() == "ada/ice"
    assert (tmp_path / "ada/lab/notes").read_text() == "ada/lab"


def test_what_never_started_has_no_files(tmp_path: Path) -> None:
    """Nothing is made of nothing."""
    assert move(str(tmp_path), "ada", "ice", "ada", "lab") == {"project": False}


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link in the place of an owner's directory moves nothing into it."""
    project(tmp_path, "ada/lab")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "bob").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="link"):
        move(str(tmp_path), "bob", "ice", "ada", "lab")


@pytest.mark.root
def test_files_become_the_new_owners(ground: Estate) -> None:
    """Who owned it keeps nothing; what is shared with a template stays as it is."""
    ground.adopt(ground.team())
    old, new = ground.people[0], ground.people[1]
    team = Team(person(new), (), group=True)
    for _ in range(2):
        done = hand_over(str(ground.root), "bob", "ice", "ada", "lab", team)
        assert done == {"project": True}
    home = ground.root / "bob" / "ice"
    uids = {one.name: one.lstat().st_uid for one in (home, *home.rglob("*"))}
    assert uids.pop("six.py") == ground.people.service.uid
    assert set(uids.values()) == {new.uid}
    assert allowed(new, (home / "README.md").read_text)
    assert not allowed(old, (home / "README.md").read_text)
    assert not ground.home.exists()


@pytest.mark.root
def test_nothing_is_handed_over_files(ground: Estate) -> None:
    """The refusal leaves both where they are."""
    ground.adopt(ground.team())
    other = ground.root / "bob" / "ice"
    other.mkdir(parents=True)
    (other / "notes").write_text("bob's")
    team = Team(person(ground.people[1]), (), group=True)
    with pytest.raises(Refused, match="bob/ice"):
        hand_over(str(ground.root), "bob", "ice", "ada", "lab", team)
    assert (ground.home / "README.md").exists()
    again = hand_over(str(ground.root), "bob", "new", "ada", "gone", team)
    assert again == {"project": False}
