"""What a backup says of itself."""

import json
from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.server.backup.manifest import (
    FORMAT,
    About,
    Manifest,
    Part,
    read_about,
    read_manifest,
    written,
)

ABOUT = About(FORMAT, "1.2.0", 1000.5)
MANIFEST = Manifest(
    about=ABOUT,
    ended=1001.0,
    site="http://aen.example",
    places={"server": "/opt/x"},
    parts=(Part("store/users", 20, "ab" * 32, 3), Part("files/server/a", 5, "cd" * 32)),
    under_way={"start project": 1},
    left_out=("a link",),
)


def test_both_can_be_read_again() -> None:
    """As they were."""
    assert read_about(written(ABOUT), "1.2.0") == ABOUT
    assert read_manifest(written(MANIFEST)) == MANIFEST
    assert (MANIFEST.records, MANIFEST.files) == (3, 1)


@pytest.mark.parametrize(
    ("theirs", "ours", "good"),
    [
        ("1.2.0", "1.2.0", True),
        ("1.2.0", "1.10", True),
        ("0.9", "1.0", True),
        ("", "1.0", True),
        ("1.0", "", True),
        ("1.10.0", "1.9.9", False),
        ("2.0", "1.9", False),
    ],
)
def test_versions(theirs: str, ours: str, *, good: bool) -> None:
    """What a later version made is not restored; it would lose what we do not know."""
    about = written(About(FORMAT, theirs, 1.0))
    if good:
        assert read_about(about, ours).version == theirs
    else:
        with pytest.raises(Invalid, match=f"made by AEN {theirs}; this is {ours}"):
            read_about(about, ours)


def test_a_later_format() -> None:
    """It says so before it stumbles over what it does not know."""
    told = {"format": FORMAT + 1, "version": "9.0", "more": True}
    with pytest.raises(Invalid, match=r"newer AEN \(9.0\)"):
        read_about(json.dumps(told).encode(), "1.0")


@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b"\xff", b'{"format": "1"}'])
def test_what_is_none(wrong: bytes) -> None:
    """In the words for what was altered; nothing of it is repeated."""
    read: Any
    for read in (read_manifest, lambda data: read_about(data, "1")):
        with pytest.raises(Invalid, match="altered or cut off"):
            read(wrong)
