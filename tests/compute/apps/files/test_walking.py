"""What is met on a walk; what becomes of it is in `test_archiving`."""

import os
from pathlib import Path

from aen.compute.apps.files.addresses import DEEPEST
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.walking import Walk


def test_order_and_depth(project: Path, inside: Inside) -> None:
    """Folders before what is in them; what is too deep is named."""
    deep = project / "d"
    for _ in range(DEEPEST + 2):
        deep.mkdir()
        deep /= "d"
    walk = Walk(environments=False)
    ways = [one.way for one in walk.items(inside.top, top=True)]
    assert ways[:2] == ["d", "d/d"]
    assert ways[-4:] == ["data", "data/deep", "data/one.csv", "notes.txt"]
    assert len(walk.left) == 1
    assert "deeper" in walk.left[0]


def test_descriptors_are_closed(inside: Inside) -> None:
    """Also where nobody wants the rest."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    items = Walk(environments=False).items(inside.top, top=True)
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_link_is_not_entered(project: Path, inside: Inside) -> None:
    """Even where it takes a folder's place."""
    (project / "envs").symlink_to("../outside")
    walk = Walk(environments=False)
    assert "envs/secret" not in [one.way for one in walk.items(inside.top, top=True)]
    assert os.fspath(project)
