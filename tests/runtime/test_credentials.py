"""What is to be ours alone on disk is, or is refused."""

import os
from pathlib import Path

import pytest

from aen.model.errors import Invalid
from aen.runtime.credentials import (
    check_private,
    keep_secret,
    make_private,
    read_secret,
    write_private,
)


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    """The second start finds what the first one made, readable by nobody else."""
    path = tmp_path / "keys" / "key"
    made = iter([b"first", b"second"])
    assert keep_secret(path, lambda: next(made)) == b"first"
    assert keep_secret(path, lambda: next(made)) == b"first"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_others_read_is_none(tmp_path: Path, mode: int) -> None:
    """It is refused with what to do about it."""
    path = tmp_path / "key"
    path.write_bytes(b"x")
    path.chmod(mode)
    with pytest.raises(Invalid, match="chmod 600"):
        read_secret(path)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file away")
def test_a_secret_of_another_account_is_none(tmp_path: Path) -> None:
    """Whoever owns it may read it, whatever its mode says."""
    path = tmp_path / "key"
    write_private(path, b"x")
    os.chown(path, 65_533, -1)
    with pytest.raises(Invalid, match="belongs to another account"):
        read_secret(path)


def test_empty_missing_and_linked_secrets_are_refused(tmp_path: Path) -> None:
    """Neither an empty file, nor a missing one, nor a link is a secret."""
    empty = tmp_path / "empty"
    empty.touch(0o600)
    real, link = tmp_path / "real", tmp_path / "link"
    write_private(real, b"x")
    link.symlink_to(real)
    for path in (empty, tmp_path / "none", link):
        with pytest.raises(Invalid, match=str(path)):
            read_secret(path)


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """What was there is replaced in one step; nothing is left beside it."""
    path = tmp_path / "file"
    write_private(path, b"old")
    write_private(path, b"new")
    assert read_secret(path) == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_one_makes_it_for_all(tmp_path: Path) -> None:
    """Whoever is second takes what the first has made, even at the same moment."""
    path = tmp_path / "key"

    def make_late() -> bytes:
        keep_secret(path, lambda: b"first")
        return b"second"

    assert keep_secret(path, make_late) == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_what_is_not_private_is_refused(tmp_path: Path) -> None:
    """Links and files where a directory belongs are not taken for one."""
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(Invalid, match="mode 700"):
            make_private(tmp_path / name)


def test_a_private_directory_is_made_or_closed(tmp_path: Path) -> None:
    """Its parents are made too; one of ours that was open is closed."""
    for _ in range(2):
        make_private(tmp_path / "a/b")
        check_private(tmp_path / "a/b")
        (tmp_path / "a/b").chmod(0o755)
    with pytest.raises(Invalid, match="mode 700"):
        check_private(tmp_path / "a/b")
