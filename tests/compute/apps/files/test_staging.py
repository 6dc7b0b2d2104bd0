"""What is made beside its place, and what becomes of it when nobody ends it."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.staging import COPY, IMPORT, staged, sweep_staged
from aen.compute.disk.walk import opened
from tests.compute.apps.files.conftest import App
from tests.compute.apps.files.test_unpacking import packed

OLDER = Limits().leftover
_KILLED = """
import io, os, signal, sys
from aen.compute.apps.files.unpacking import Bounds, Unpacked, unpack

class Deadly(io.BytesIO):
    def read(self, size=-1):
        if self.tell() == 2048:  # where the second file begins
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(size)

import tarfile
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as made:
    for name in "ab":
        about = tarfile.TarInfo(f"deep/{name}")
        about.size = 600
        made.addfile(about, io.BytesIO(bytes(600)))
folder = os.open(sys.argv[1], os.O_RDONLY)
unpack(Deadly(archive.getvalue()), folder, "killed", Unpacked(Bounds(9, 9999)),
       unwrap=False, replace=False)
"""


def left_by_a_killed(project: Path) -> Path:
    """Have an archive unpacked by a process that is killed; return what it left."""
    argv = (sys.executable, "-c", _KILLED, str(project))
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = project / f"{IMPORT}killed"
    assert (left / "deep/a").is_file()
    return left


def make_older(what: Path) -> None:
    """Have it as if it had been made long ago."""
    then = what.stat().st_mtime - OLDER - 1
    os.utime(what, (then, then))


def sweep(folder: Path) -> None:
    """Sweep a folder."""
    with opened(os.open(folder, os.O_RDONLY)) as descriptor:
        sweep_staged(descriptor, OLDER)


def test_what_a_killed_one_left(project: Path) -> None:
    """It goes once it is old enough, and nothing else does."""
    left = left_by_a_killed(project)
    sweep(project)
    assert left.is_dir()
    make_older(left)
    for name in ("notes.txt", "data"):
        make_older(project / name)
    sweep(project)
    assert sorted(one.name for one in project.iterdir()) == ["data", "notes.txt"]


def test_what_is_worked_in_stays(project: Path) -> None:
    """However old it is: whoever works in it holds it."""
    name = f"{IMPORT}held"
    with opened(os.open(project, os.O_RDONLY)) as folder:
        with staged(folder, name) as made:
            os.mkdir("deep", dir_fd=made)
            make_older(project / name)
            sweep(project)
            assert (project / name / "deep").is_dir()
        assert not (project / name).exists()


def test_a_copy(project: Path) -> None:
    """It is as old as its making, whatever time it has from what it is a copy of."""
    left = project / f"{COPY}left"
    left.write_text("half")
    make_older(left)
    sweep(project)
    assert left.exists()
    with opened(os.open(project, os.O_RDONLY)) as folder:
        sweep_staged(folder, -1)
    assert not left.exists()


def test_hostile(project: Path) -> None:
    """A link of such a name leads the broom nowhere."""
    outside = project.parent / "outside"
    make_older(outside)
    planted = project / f"{IMPORT}planted"
    planted.symlink_to(outside)
    os.mkfifo(project / f"{IMPORT}pipe")
    inner = left_by_a_killed(project)
    (inner / "out").symlink_to(outside)
    make_older(inner)
    sweep(project)
    assert (outside / "secret").read_text() == "a secret"
    assert planted.is_symlink()
    assert not inner.exists()


@pytest.mark.root
def test_those_of_others_stay(project: Path) -> None:
    """What somebody else's app has left is for that to remove."""
    left = left_by_a_killed(project)
    make_older(left)
    os.chown(left, 12345, 12345)
    sweep(project)
    assert left.is_dir()


@pytest_twisted.ensureDeferred
async def test_an_import_begins(app: App) -> None:
    """What is left in the folder that the next one is for goes first."""
    left = left_by_a_killed(app.project / "data")
    make_older(left)
    archive = packed({"new": b"abc"}).getvalue()
    found = await app.ask("POST", "/data/?import=1", archive)
    assert found.status == 200, found.text
    names = {one.name for one in (app.project / "data").iterdir()}
    assert names == {"deep", "new", "one.csv"}


def test_the_lock_ends_with_the_process(project: Path) -> None:
    """However it ends; that is what tells."""
    left = left_by_a_killed(project)
    with opened(os.open(left, os.O_RDONLY)) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
