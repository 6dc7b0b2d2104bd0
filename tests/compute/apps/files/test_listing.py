"""What folders hold, a page at a time."""

import os
from pathlib import Path

import pytest

from aen.compute.apps.files.listing import (
    cursor_of,
    list_folder,
    moment,
    name_of,
    read_folder,
)
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.walk import opened


def test_pages(tmp_path: Path) -> None:
    """Each name comes once, in order, however small the pages."""
    names = sorted(f"file {number}" for number in range(25))
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / ".aen-upload-x").touch()
    found: list[str] = []
    after: str | None = ""
    with opened(read_folder(os.open(tmp_path, os.O_PATH))) as folder:
        while after is not None:
            page = list_folder(folder, name_of(cursor_of(after)), 10, 1000)
            found += [one.name for one in page.entries]
            after = page.after
        with pytest.raises(Refusal, match="more than 20"):
            list_folder(folder, "", 10, 20)
    assert found == names


def test_kinds(tmp_path: Path) -> None:
    """What each thing is, and what is known of it."""
    (tmp_path / "file").write_text("abc")
    (tmp_path / "file").chmod(0o640)
    os.utime(tmp_path / "file", (0, 86400))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / os.fsdecode(b"\xff odd")).touch()
    with opened(os.open(tmp_path, os.O_RDONLY)) as folder:
        page = list_folder(folder, "", 10, 100).to_json("a/b")
    assert page["path"] == "a/b"
    assert page["next"] is None
    by_name = {one["name"]: one for one in page["items"]}
    assert by_name["file"] == {
        "name": "file", "href": "file", "kind": "file", "size": 3,
        "modified": "1970-01-02T00:00:00Z", "mode": "0640",
    }  # fmt: skip
    assert by_name["folder"]["href"] == "folder/"
    assert by_name["link"]["target"] == "nowhere"
    assert by_name["pipe"]["kind"] == "other"
    assert by_name["\ufffd odd"]["href"] == "%FF%20odd"


def test_cursors() -> None:
    """Any name can be gone on behind; what is no cursor is refused."""
    for name in ("a", "\udcff\n", "é?&=", ""):
        assert name_of(cursor_of(name)) == name
    with pytest.raises(Refusal):
        name_of("%%%")


def test_times_of_any_year() -> None:
    """Files may say any time."""
    assert moment(1e18) == "1970-01-01T00:00:00Z"
