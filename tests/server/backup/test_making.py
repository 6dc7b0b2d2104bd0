"""Making a backup."""

import io
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, Deferred

from aen.model.errors import Failed, Taken
from aen.runtime.tasks import start
from aen.server.backup.making import BackupMaker, new_file
from aen.server.backup.reading import BackupFile
from aen.server.store.collection import Collection, Document
from aen.server.store.memory import MemoryDatabase
from tests.server.backup.worlds import CHEAP, NOW, filled, lay_files, made, settings_of


@ensureDeferred
async def test_what_is_in_it(tmp_path: Path) -> None:
    """Records, files, tasks under way; an ordinary archive that is private."""
    world, home = await filled(), tmp_path / "wakari-server"
    lay_files(home)
    maker = BackupMaker(world.database, settings_of(home), lambda: NOW)
    path = tmp_path / "one.tar.gz"
    manifest = await maker.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert manifest.under_way == {"start project": 1, "apply team": 1}
    parts = {one.name: one.records for one in manifest.parts}
    assert (parts["store/users"], parts["store/projects"]) == (2, 1)
    assert manifest.files == 4
    assert manifest.places["server"] == str(home)
    done = subprocess.run(
        ("tar", "-tzf", path), capture_output=True, text=True, check=True
    )
    names = done.stdout.splitlines()
    assert (names[0], names[-1]) == ("aen-backup.json", "manifest.json")
    assert "files/server/etc/wakari/keys/server.key" in names
    assert done.stderr == ""


@ensureDeferred
async def test_it_never_replaces_anything(tmp_path: Path) -> None:
    """Not even a link, nor what came while it was made."""
    world = await filled()
    maker = BackupMaker(world.database, settings_of(tmp_path / "s"), lambda: NOW)
    path = tmp_path / "one"
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Taken, match="is there already"):
        await maker.save(path)
    path.unlink()

    def comes(name: str, count: int) -> None:
        path.write_text("mine")

    with pytest.raises(Taken):
        await maker.save(path, comes)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@ensureDeferred
async def test_broken_off(tmp_path: Path) -> None:
    """Nothing of it is left."""
    world, waits = await filled(), Deferred[None]()

    class Waiting(MemoryDatabase):
        async def _wait(self, *_: Any, **__: Any) -> list[Document]:
            await waits
            return []

        def collection(self, name: str) -> Collection:
            found = world.database.collection(name)
            return cast("Collection", self) if name == "users" else found

        find = _wait

    maker = BackupMaker(Waiting(), settings_of(tmp_path / "s"), lambda: NOW)
    making = start(maker.save(tmp_path / "one"))
    assert [one.suffix for one in tmp_path.iterdir()] == [".partial"]
    making.cancel()
    with pytest.raises(CancelledError):
        await making
    assert list(tmp_path.iterdir()) == []


def failing(after: int) -> Callable[[bytes], None]:
    """Return what writes a while and then finds the disk full."""
    left = after

    def write(data: bytes) -> None:
        nonlocal left
        left -= len(data)
        if left < 0:
            raise OSError(28, "No space left on device")

    return write


def _half(path: Path) -> None:
    with new_file(path) as write:
        write(b"x")
        raise RuntimeError


@ensureDeferred
async def test_a_full_disk(tmp_path: Path) -> None:
    """It is said in words, wherever it becomes full; nothing is left there."""
    world = await filled()
    maker = BackupMaker(world.database, settings_of(tmp_path / "s"), lambda: NOW)
    for size in (0, 100, 1000):
        with pytest.raises(OSError, match="No space"):
            await maker.write(failing(size))
    with pytest.raises(Failed, match=r"cannot be written: No such file.*Nothing of it"):
        await maker.save(tmp_path / "no/such/folder")
    with pytest.raises(RuntimeError):
        _half(tmp_path / "half")
    assert list(tmp_path.iterdir()) == []


@ensureDeferred
async def test_encrypted(tmp_path: Path) -> None:
    """Nothing can be read in it without the passphrase, not even names."""
    world, home = await filled(), tmp_path / "wakari-server"
    lay_files(home)
    content, manifest = await made(world.database, settings_of(home), "a long phrase")
    assert b"aen-backup" not in content
    read = BackupFile(io.BytesIO(content), lambda: "a long phrase").read()
    assert read.manifest == manifest
    assert read.sealed
    assert CHEAP.log_n == 2
