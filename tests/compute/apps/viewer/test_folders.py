"""What a folder holds."""

import os
from pathlib import Path

import pytest

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.viewer.folders import Rows, list_rows
from aen.compute.disk.walk import opened


def rows(folder: Path, after: str = "", limit: int = 100, most: int = 1000) -> Rows:
    """Return what is listed."""
    with opened(os.open(folder, os.O_RDONLY)) as descriptor:
        return list_rows(descriptor, after, limit, most)


def test_order(tmp_path: Path) -> None:
    """Folders first, then by name whatever the case; dot files are not seen."""
    for name in ("b", "Z"):
        (tmp_path / name).mkdir()
    for name in ("c.txt", "A.txt", ".hidden", ".aen-part"):
        (tmp_path / name).write_text("xx")
    (tmp_path / "link").symlink_to("b")
    found = rows(tmp_path)
    assert [one.name for one in found.rows] == ["b", "Z", "A.txt", "c.txt", "link"]
    assert [one.kind for one in found.rows] == ["folder"] * 2 + ["file"] * 2 + ["link"]
    assert [one.href for one in found.rows[:3]] == ["./b/", "./Z/", "./A.txt"]
    assert (found.rows[2].size, found.rows[4].target) == (2, "b")
    assert not found.after


def test_pages(tmp_path: Path) -> None:
    """Page by page, each name is seen once."""
    names = [*(f"f{one}" for one in range(4)), *(f"F{one}" for one in range(4))]
    for name in names:
        (tmp_path / name).write_text("")
    for name in ("d1", "D1", "d2"):
        (tmp_path / name).mkdir()
    seen: list[str] = []
    after = ""
    while True:
        found = rows(tmp_path, after, 2)
        seen += [one.name for one in found.rows]
        after = found.after
        if not after:
            break
    assert seen[:3] == ["D1", "d1", "d2"]
    assert sorted(seen) == sorted([*names, "d1", "D1", "d2"])


@pytest.mark.parametrize("name", [b'"><script>', b"\xff\xfe", "\u202etxt.exe".encode()])
def test_hostile_names(tmp_path: Path, name: bytes) -> None:
    """An address is exact; what is shown hides nothing."""
    (tmp_path / os.fsdecode(name)).write_text("")
    (row,) = rows(tmp_path).rows
    assert row.href.isascii()
    assert not set(row.href) & set("\"'<> ")
    assert "\u202e" not in row.name
    assert row.name.encode("utf-8")


def test_too_much(tmp_path: Path) -> None:
    """A folder of more than can be looked at is refused, and so is a made-up place."""
    for number in range(5):
        (tmp_path / str(number)).write_text("")
    with pytest.raises(Refusal, match="more than 4"):
        rows(tmp_path, most=4)
    with pytest.raises(Refusal, match="after"):
        rows(tmp_path, after="%%")
