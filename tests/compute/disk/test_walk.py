"""Directories that other people can change."""

import os
from pathlib import Path

import pytest

from aen.compute.disk.walk import (
    Refused,
    descend,
    make_below,
    open_root,
    opened,
    set_mode,
)


def test_descends_to_a_directory(tmp_path: Path) -> None:
    """A path of directories is walked."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    with opened(descend(str(tmp_path), ["a", "b"])) as found:
        assert os.fstat(found).st_ino == (tmp_path / "a" / "b").stat().st_ino


@pytest.mark.parametrize(
    "names", [["link"], ["a", "link"], ["link", "b"], ["a", "file"]]
)
def test_no_link_is_followed(names: list[str], tmp_path: Path) -> None:
    """A link or a file on the way ends the walk, wherever it points."""
    (tmp_path / "a").mkdir()
    (tmp_path / "elsewhere" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a" / "file").write_text("")
    with pytest.raises(Refused, match=f"“{'link' if 'link' in names else 'file'}” is"):
        descend(str(tmp_path), names)


def test_makes_only_what_is_missing(tmp_path: Path) -> None:
    """What is there keeps its mode; a link in its place is refused."""
    (tmp_path / "there").mkdir(mode=0o750)
    (tmp_path / "link").symlink_to(tmp_path / "there")
    with opened(open_root(str(tmp_path))) as top:
        os.close(make_below(top, "there", 0o775))
        os.close(make_below(top, "new", 0o775))
        with pytest.raises(Refused):
            make_below(top, "link", 0o775)
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o775


def test_a_missing_root_is_explained(tmp_path: Path) -> None:
    """The operator reads which directory is missing."""
    with pytest.raises(Refused, match="is not a directory"):
        open_root(str(tmp_path / "gone"))


def test_descriptors_are_closed(tmp_path: Path) -> None:
    """A walk that fails leaves no descriptor open."""
    (tmp_path / "a").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(FileNotFoundError):
        descend(str(tmp_path), ["a", "b"])
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_mode_of_a_link_is_not_its_targets(tmp_path: Path) -> None:
    """Setting a mode never reaches through a link."""
    (tmp_path / "target").write_text("")
    (tmp_path / "target").chmod(0o600)
    (tmp_path / "link").symlink_to("target")
    with opened(open_root(str(tmp_path))) as top:
        with pytest.raises(OSError, match="not supported"):
            set_mode(top, "link", 0o777)
        set_mode(top, "target", 0o640)
    assert (tmp_path / "target").stat().st_mode & 0o777 == 0o640
