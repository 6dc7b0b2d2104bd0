"""What only root can have put there."""

import os
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.trust import open_trusted, read_trusted

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root's files are trusted"),
]
NOBODY = 65534


def is_trusted(path: Path) -> bool:
    """Say whether a directory is trusted."""
    try:
        os.close(open_trusted(str(path)))
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    ("mode", "owner", "expected"),
    [
        (0o755, 0, True),
        (0o700, 0, True),
        (0o711, 0, True),
        (0o1777, 0, True),  # like /tmp: what is root's in it stays
        (0o775, 0, False),
        (0o757, 0, False),
        (0o700, NOBODY, False),
        (0o1777, NOBODY, False),
    ],
)
def test_each_part_counts(
    tmp_path: Path,
    mode: int,
    owner: int,
    expected: bool,  # noqa: FBT001
) -> None:
    """A parent that others can change makes what is below it theirs."""
    parent = tmp_path / "parent"
    below = parent / "below"
    below.mkdir(parents=True)
    os.chown(parent, owner, 0)
    parent.chmod(mode)
    assert is_trusted(parent) is expected
    assert is_trusted(below) is expected


def test_links_and_odd_paths_are_refused(tmp_path: Path) -> None:
    """Whoever writes settings writes where things really are."""
    (tmp_path / "link").symlink_to(tmp_path)
    for path in (tmp_path / "link", tmp_path / "link/x"):
        with pytest.raises(Refused, match="is a link"):
            open_trusted(str(path))
    for text in ("", "/", "relative", "/a//b", "/a/../b", "/a/.", "/a/", "/a\0"):
        with pytest.raises(Refused, match="path"):
            open_trusted(text)
    with pytest.raises(FileNotFoundError):
        open_trusted(str(tmp_path / "none"))


def test_missing_ones_are_made(tmp_path: Path) -> None:
    """With the mode that was asked for, whatever the umask; what is there stays."""
    before = os.umask(0o077)
    try:
        for _ in range(2):
            os.close(open_trusted(str(tmp_path / "a/b"), make=0o711))
    finally:
        os.umask(before)
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o711


def test_a_file_is_read_if_it_is_roots(tmp_path: Path) -> None:
    """Not through a link, not somebody's, not a pipe, not without end."""
    path = tmp_path / "file"
    path.write_text("text")
    assert read_trusted(str(path)) == b"text"
    (tmp_path / "link").symlink_to(path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_bytes(b" " * 70_000)
    (tmp_path / "open").write_text("")
    (tmp_path / "open").chmod(0o666)
    (tmp_path / "theirs").write_text("")
    os.chown(tmp_path / "theirs", NOBODY, 0)
    for name in ("link", "pipe", "long", "open", "theirs", "none"):
        with pytest.raises(Refused, match=name):
            read_trusted(str(tmp_path / name))
