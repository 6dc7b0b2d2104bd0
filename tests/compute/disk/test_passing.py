"""One walk as one person: ours in these tests, with nobody to be but ourselves."""

import errno
import os
import stat
from pathlib import Path

import pytest

from aen.compute.disk import acl, passing
from aen.compute.disk.acl import Person, Rules, Team
from aen.compute.disk.passing import Pass
from aen.compute.disk.walk import open_root, opened

ME = Person(os.geteuid(), os.getegid())
TEAM = Team(ME, (Person(54321, 54321),))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a project of ours."""
    place = tmp_path / "lab"
    for name in ("notes", "public", "envs/default"):
        (place / name).mkdir(parents=True)
    for name in ("notes/file", "public/page", "envs/default/module"):
        (place / name).write_text("x")
    with opened(open_root(str(place))) as project:
        if not passing.has_lists(project):
            pytest.skip("the file system has no access control lists")
    return place


def walk(home: Path, rules: Rules, *, lists: bool = True, uid: int = ME.uid) -> Pass:
    """Walk through the project."""
    with opened(open_root(str(home))) as project:
        device = os.fstat(project).st_dev
        one = Pass(uid, rules, lists=lists, device=device)
        one.project(project)
    return one


def modes(home: Path) -> dict[str, int]:
    """Return the modes of all in the project."""
    return {
        str(one.relative_to(home)): stat.S_IMODE(one.lstat().st_mode)
        for one in sorted(home.rglob("*"))
    }


RIGHT = {
    "envs": 0o2770,
    "envs/default": 0o2770,
    "envs/default/module": 0o660,
    "notes": 0o2770,
    "notes/file": 0o660,
    "public": 0o2775,
    "public/page": 0o664,
}


def test_the_whole_and_nothing_twice(home: Path) -> None:
    """Everything below gets its rights; a second walk finds nothing to do."""
    first = walk(home, Rules(TEAM)).counts
    assert (first.seen, first.skipped, first.uids) == (7, 0, {ME.uid})
    assert modes(home) == RIGHT
    assert walk(home, Rules(TEAM)).counts.changed == 0
    assert acl.decode(os.getxattr(home / "notes", acl.DEFAULT)).other == 0


def test_a_team_that_did_not_change(home: Path) -> None:
    """Only what has no rights by name gets some; environments are not looked at."""
    walk(home, Rules(TEAM))
    (home / "notes/file").chmod(0o600)
    os.removexattr(home / "public/page", acl.ACCESS)
    counts = walk(home, Rules(TEAM, TEAM)).counts
    assert (counts.seen, counts.changed) == (4, 1)
    assert modes(home) == RIGHT | {"notes/file": 0o600}


def test_what_is_left_alone(home: Path) -> None:
    """Links, files of several names, pipes, and what is somebody else's."""
    (home / "link").symlink_to("notes/file")
    os.link(home / "notes/file", home / "second")
    os.mkfifo(home / "pipe", 0o600)
    before = modes(home)
    counts = walk(home, Rules(TEAM)).counts
    after = modes(home)
    for name in ("link", "second", "notes/file", "pipe"):
        assert after[name] == before[name]
    assert counts.skipped == 0
    assert walk(home, Rules(Team(ME)), uid=ME.uid + 1).counts.changed == 0


def test_too_deep_and_too_many(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond the bounds is counted and left."""
    monkeypatch.setattr(passing, "DEEPEST", 2)
    (home / "notes" / "a" / "b" / "c").mkdir(parents=True)
    assert walk(home, Rules(TEAM)).counts.skipped == 1
    monkeypatch.setattr(passing, "MOST", 3)
    counts = walk(home, Rules(TEAM)).counts
    assert counts.seen == 3
    assert counts.skipped > 0


def test_without_lists(home: Path) -> None:
    """Modes and the group; later only what came from another group."""
    walk(home, Rules(TEAM), lists=False)
    assert modes(home) == RIGHT
    assert acl.ACCESS not in os.listxattr(home / "notes/file")
    (home / "notes/file").chmod(0o600)
    walk(home, Rules(TEAM, TEAM), lists=False)
    assert modes(home)["notes/file"] == 0o600
    closed = Team(ME, group=False)
    walk(home, Rules(closed), lists=False)
    assert modes(home)["notes/file"] == 0o600
    assert modes(home)["notes"] == 0o2700


def test_a_file_system_without_lists(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told from one whose files just have none."""

    def refuse(*_: object) -> bytes:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    with opened(open_root(str(home))) as project:
        assert passing.has_lists(project)
        assert passing.read_list(project, acl.ACCESS) is None
        monkeypatch.setattr("os.getxattr", refuse)
        assert not passing.has_lists(project)
        assert passing.read_list(project, acl.ACCESS) is None


def test_a_tree(home: Path) -> None:
    """An environment, its own directory too."""
    with opened(open_root(str(home / "envs/default"))) as directory:
        one = Pass(ME.uid, Rules(TEAM), lists=True, device=os.fstat(directory).st_dev)
        one.tree(directory)
    assert modes(home)["envs/default"] == 0o2770
    assert modes(home)["envs/default/module"] == 0o660
    report = one.counts.as_json()
    assert report == {"seen": 1, "changed": 4, "skipped": 0, "uids": [ME.uid]}
