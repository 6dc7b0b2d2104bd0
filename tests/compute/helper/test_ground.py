"""What a node needs below its project root."""

import os
import stat
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.caller import Caller
from aen.compute.helper.ground import prepare

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root gives directories away"),
]
SERVICE = Caller(4711, 4712, "wakari")


def test_each_for_whom_it_is(tmp_path: Path) -> None:
    """Done as often as one likes; a service that has changed gets what is its own."""
    root = tmp_path / "projects"
    prepare(str(root), Caller(4710, 4710, "earlier"))
    for _ in range(2):
        prepare(str(root), SERVICE)
    found = {
        one.name: (stat.S_IMODE(one.stat().st_mode), one.stat().st_uid)
        for one in (root, *root.iterdir())
    }
    assert found == {
        "projects": (0o755, 0),
        ".taken": (0o700, 0),
        ".envs": (0o755, 4711),
        ".staging": (0o700, 4711),
        ".state": (0o700, 4711),
    }


def test_a_root_that_others_could_replace(tmp_path: Path) -> None:
    """Nothing is made in it, and a link in it is not followed."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 4711, 4711)
    with pytest.raises(Refused, match="belong to root"):
        prepare(str(theirs / "projects"), SERVICE)
    (tmp_path / ".taken").symlink_to("/etc")
    with pytest.raises(Refused, match="is a link"):
        prepare(str(tmp_path), SERVICE)
    assert Path("/etc").stat().st_uid == 0
