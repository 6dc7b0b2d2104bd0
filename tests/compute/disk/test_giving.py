"""Files given to a project's owner; root runs these tests."""

import os
from pathlib import Path

import pytest

from aen.compute.disk.acl import Person
from aen.compute.disk.giving import give
from aen.compute.disk.walk import open_root, opened

pytestmark = pytest.mark.root
OWNER = Person(54321, 54322)


def test_only_what_is_to_be_given(tmp_path: Path) -> None:
    """Directories, links and files of one name; nothing of others, nothing followed."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    home, outside = tmp_path / "lab", tmp_path / "outside"
    (home / "deep" / "er").mkdir(parents=True)
    outside.write_text("x")
    for name in ("mine", "deep/er/mine", "shared", "other"):
        (home / name).write_text("x")
    (home / "link").symlink_to(outside)
    os.link(home / "shared", tmp_path / "second")
    os.mkfifo(home / "pipe")
    os.chown(home / "other", 54399, 54399)
    with opened(open_root(str(home))) as project:
        give(project, frozenset({0}), OWNER)
    given = {
        str(one.relative_to(home))
        for one in home.rglob("*")
        if (one.lstat().st_uid, one.lstat().st_gid) == (OWNER.uid, OWNER.gid)
    }
    assert given == {"mine", "deep", "deep/er", "deep/er/mine", "link"}
    assert outside.stat().st_uid == 0
    assert home.stat().st_uid == 0
