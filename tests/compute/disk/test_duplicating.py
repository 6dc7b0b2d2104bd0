"""Copies of projects: what may be read, as it is; done again they go on."""

import os
from pathlib import Path

import pytest

from aen.compute.disk import duplicating
from aen.compute.disk.acl import Team
from aen.compute.disk.duplicating import duplicate
from aen.compute.disk.moving import hand_over
from aen.compute.disk.walk import Refused
from tests.compute.disk.estate import Estate, allowed, person, unheard

PLACES = ("bob", "copy", "ada", "lab")


def make(root: Path) -> tuple[Path, Path]:
    """Make ada/lab with an environment, and bob/copy as it is at first."""
    lab, copy = root / "ada" / "lab", root / "bob" / "copy"
    bin_ = lab / "envs" / "py" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "tool").write_text(f"#!{lab}/envs/py/bin/python\n")
    shared = lab / "envs" / "py" / "six.py"
    shared.write_text("six")
    shared.chmod(0o444)
    (lab / "notes").mkdir(mode=0o750)
    (lab / "notes" / "a").write_text("a")
    os.utime(lab / "notes" / "a", (7, 7))
    (lab / "link").symlink_to("notes/a")
    for ours in (".aen-x", ".aen-trash"):
        (lab / ours).mkdir()
    os.mkfifo(lab / "pipe")
    (copy / "public").mkdir(parents=True)
    (copy / "envs" / "default").mkdir(parents=True)
    (copy / "README.md").write_text("skeleton")
    return lab, copy


def test_a_copy_is_what_the_other_is(tmp_path: Path) -> None:
    """Modes, times, links; its environments name its own place; nothing else stays."""
    _, copy = make(tmp_path)
    told: list[int] = []
    found = duplicate(str(tmp_path), *PLACES, lambda done, total: told.append(done))
    assert found == {"copied": 2, "same": 1, "left": 1}
    assert told
    names = sorted(one.name for one in copy.iterdir())
    assert names == ["envs", "link", "notes", "public"]
    assert (copy / "notes").stat().st_mode & 0o777 == 0o750
    assert (copy / "notes" / "a").stat().st_mtime == 7
    assert (copy / "link").readlink() == Path("notes/a")
    assert [one.name for one in (copy / "envs").iterdir()] == ["py"]
    prefix = copy / "envs" / "py"
    assert (prefix / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
    assert (prefix / "six.py").stat().st_nlink == 2


def test_done_again_it_goes_on(tmp_path: Path) -> None:
    """What was half written is written anew, what is whole stays."""
    lab, copy = make(tmp_path)
    duplicate(str(tmp_path), *PLACES, unheard)
    (copy / "notes" / "a").write_text("half")
    (copy / "notes" / "extra").write_text("x")
    found = duplicate(str(tmp_path), *PLACES, unheard)
    assert found["copied"] == 2  # the tool's path was rewritten
    assert (copy / "notes" / "a").read_text() == (lab / "notes" / "a").read_text()
    assert not (copy / "notes" / "extra").exists()


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """Neither in what is copied nor where it goes."""
    lab, copy = make(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("s")
    (lab / "out").symlink_to(outside)
    (copy / "notes").symlink_to(outside)
    duplicate(str(tmp_path), *PLACES, unheard)
    assert (copy / "out").is_symlink()
    assert not (copy / "notes").is_symlink()
    assert [one.name for one in outside.iterdir()] == ["secret"]


def test_what_is_too_deep_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And counted."""
    lab, copy = make(tmp_path)
    (lab / "notes" / "b" / "c").mkdir(parents=True)
    monkeypatch.setattr(duplicating, "_DEEPEST", 2)
    assert duplicate(str(tmp_path), *PLACES, unheard)["left"] >= 2
    assert not (copy / "notes" / "b" / "c").exists()


@pytest.mark.root
def test_with_the_rights_of_who_copies(ground: Estate) -> None:
    """A member copies what they may read; a stranger nothing at all."""
    member, stranger = ground.people[1], ground.people[2]
    ground.adopt(ground.team(person(member, "r-x")))
    hidden = ground.home / "notes" / "hidden"
    hidden.write_text("h")
    hidden.chmod(0o600)
    for one, owner in ((member, "bob"), (stranger, "eve")):
        ground.stage("p2.b")
        root, team = str(ground.root), Team(person(one), (), group=True)
        other = ground.root / owner
        other.mkdir()
        (ground.root / ".staging" / "p2.b" / "project").rename(other / "copy")
        hand_over(root, owner, "copy", owner, "copy", team)
        (other / "copy" / "README.md").write_text("other")

    def work(owner: str) -> None:
        duplicate(str(ground.root), owner, "copy", "ada", "lab", unheard)

    assert allowed(member, lambda: work("bob"))
    assert (ground.root / "bob/copy/README.md").read_text() == "hello"
    assert not (ground.root / "bob/copy/notes/hidden").exists()
    assert not allowed(stranger, lambda: work("eve"))
    assert (ground.root / "eve/copy/README.md").read_text() == "other"


def test_the_refusal_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose rights do not suffice, and for what."""

    def refuse(root: str, names: list[str]) -> int:
        raise PermissionError

    monkeypatch.setattr(duplicating, "descend", refuse)
    with pytest.raises(Refused, match="“bob” may not read the files of ada/lab"):
        duplicate(str(tmp_path), *PLACES, unheard)
