"""What is made in a folder gets what the folder says."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.compute.apps.files import folders
from aen.compute.apps.files.folders import (
    alone_in,
    folder_mode_in,
    make_executable,
    make_folder,
    mode_in,
)
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.walk import opened


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """Run as apps do."""
    before = os.umask(0o007)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    ("folder", "file", "inner"),
    [(0o770, 0o660, 0o770), (0o775, 0o664, 0o775), (0o771, 0o660, 0o770),
     (0o700, 0o600, 0o700), (0o755, 0o644, 0o755)],
)  # fmt: skip
def test_modes(tmp_path: Path, folder: int, file: int, inner: int) -> None:
    """Who may change or read a folder may do so with what is made in it."""
    made = tmp_path / "folder"
    made.mkdir()
    made.chmod(folder)
    with opened(os.open(made, os.O_RDONLY)) as descriptor:
        assert mode_in(descriptor) == file
        assert folder_mode_in(descriptor) == inner
        make_folder(descriptor, "inner")
    assert stat.S_IMODE((made / "inner").stat().st_mode) == inner


@pytest.mark.parametrize(("before", "after"), [(0o660, 0o770), (0o644, 0o755)])
def test_executable(tmp_path: Path, before: int, after: int) -> None:
    """Whoever may read a program may run it."""
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(before)
    with opened(os.open(tmp_path / "file", os.O_RDONLY)) as descriptor:
        make_executable(descriptor)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == after


def test_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two never change names in a folder at once; nobody waits for ever."""
    monkeypatch.setattr(folders, "_PATIENCE", 0.1)
    with opened(os.open(tmp_path, os.O_PATH)) as folder:
        held, over = threading.Event(), threading.Event()

        def hold() -> None:
            with alone_in(folder):
                held.set()
                over.wait(10)

        other = threading.Thread(target=hold)
        other.start()
        assert held.wait(10)
        with pytest.raises(Refusal, match="Somebody else"), alone_in(folder):
            pass
        over.set()
        other.join()
        with alone_in(folder) as free:
            assert os.fstat(free).st_ino == tmp_path.stat().st_ino
