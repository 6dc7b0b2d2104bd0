"""The files by which a store and its clients find each other."""

from pathlib import Path

import pytest

from aen.model.errors import Invalid
from aen.server.store.places import Address, FileLock, StorePlaces, is_held


def test_address(tmp_path: Path) -> None:
    """What the store writes is what its clients read, and others do not."""
    places = StorePlaces(tmp_path)
    assert places.read_address() is None
    places.write_address(Address(1234, "run", 5))
    assert places.read_address() == Address(1234, "run", 5)
    assert (tmp_path / "address.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"port": "x"}', '"x"', "\x00"])
def test_spoiled_address(tmp_path: Path, text: str) -> None:
    """A file that makes no sense is as good as none."""
    (tmp_path / "address.json").write_text(text)
    (tmp_path / "address.json").chmod(0o600)
    assert StorePlaces(tmp_path).read_address() is None


def test_locks(tmp_path: Path) -> None:
    """One may hold a lock alone, or several together; closing gives it back."""
    path = tmp_path / "lock"
    one, other = FileLock(path), FileLock(path)
    assert one.take()
    assert is_held(path)
    assert not other.take()
    assert not other.take(shared=True)
    one.close()
    assert not is_held(path)
    third = FileLock(path)
    assert other.take(shared=True)
    assert third.take(shared=True)
    assert not is_held(path)
    assert not third.take()
    other.let_go()
    assert third.take()
    other.close()
    third.close()


def test_directory(tmp_path: Path) -> None:
    """The directory is for us alone, also when it was there before."""
    directory = tmp_path / "var" / "store"
    directory.mkdir(parents=True, mode=0o755)
    StorePlaces(directory).prepare()
    assert directory.stat().st_mode & 0o777 == 0o700


def test_no_directory(tmp_path: Path) -> None:
    """What cannot be a directory is refused in words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Invalid, match="file"):
        StorePlaces(tmp_path / "file" / "store").prepare()
