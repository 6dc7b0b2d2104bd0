"""The command line of the files app, and the program as a node starts it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aen.compute.apps.files.__main__ import parse_options
from aen.compute.manifests import OWN
from aen.model.apps import Manifest, Permission, check_manifest, substitute
from aen.runtime.structure import structure
from tests.asking import Client
from tests.compute.apps.files.test_staging import left_by_a_killed, make_older
from tests.waiting import until

NEEDED = "--socket /run/s --prefix /ada/lab/files --project /p".split()
PREFIX = "/ada/lab/files"


def manifest() -> Manifest:
    """Return our manifest."""
    return structure(json.loads((OWN / "files.json").read_text()), Manifest)


def test_options() -> None:
    """The options say where everything is, and how much may be unpacked."""
    options = parse_options([*NEEDED, "--import-entries", "7"])
    assert (options.socket, options.project) == (Path("/run/s"), Path("/p"))
    assert options.prefix == PREFIX
    assert options.limits.import_entries == 7


@pytest.mark.parametrize("bad", [["--import-bytes", "0"], ["--import-bytes", "x"], []])
def test_wrong(bad: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong or missing is named."""
    with pytest.raises(SystemExit):
        parse_options([*NEEDED[: 6 if bad else 4], *bad])
    assert (bad[0] if bad else "--project") in capsys.readouterr().err


def test_manifest() -> None:
    """Readers may read with it; it has no tile on a project's page."""
    check_manifest(manifest())
    assert manifest().permission is Permission.METHOD
    assert manifest().hidden


Program = tuple[Client, Path, "subprocess.Popen[bytes]"]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The program, ready; ended afterwards."""
    (tmp_path / "project").mkdir()
    with started(tmp_path) as found:
        yield found


@contextmanager
def started(tmp_path: Path) -> Iterator[Program]:
    """Give the program, ready, for the project below a folder; end it afterwards."""
    values = {
        "python": sys.executable,
        "socket": str(tmp_path / "app.sock"),
        "urlPrefix": PREFIX,
        "projectHome": str(tmp_path / "project"),
    }
    argv = [substitute(part, values) for part in manifest().command_list]
    process = subprocess.Popen(argv, env={**os.environ, "HOME": str(tmp_path)})
    client = Client("http://localhost", socket=tmp_path / "app.sock")
    ready = substitute(manifest().ready, values)
    until(lambda: client.get(ready).status == 204, "the program is up")
    yield client, tmp_path, process
    process.terminate()
    assert process.wait(10) == 0
    assert not (tmp_path / "app.sock").exists()


@pytest.mark.system
def test_memory(program: Program) -> None:
    """A large file passes both ways through little memory."""
    client, folder, process = program
    content = os.urandom(1024 * 1024) * 64
    before = peak(process.pid)
    assert client.ask("PUT", f"{PREFIX}/big", content).status == 201
    assert (folder / "project/big").stat().st_size == len(content)
    assert client.get(f"{PREFIX}/big").body == content
    assert peak(process.pid) - before < 12 * 1024


def peak(pid: int) -> int:
    """Return the most memory a process ever had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1])


@pytest.mark.system
def test_it_tidies_up(tmp_path: Path) -> None:
    """What a process left that was killed in the midst of an archive goes."""
    project = tmp_path / "project"
    project.mkdir()
    left = left_by_a_killed(project)
    make_older(left)
    with started(tmp_path):
        until(lambda: not left.exists(), "it is swept away")
    assert list(project.iterdir()) == []


def test_no_project(tmp_path: Path) -> None:
    """A project that is not there is named."""
    argv = [sys.executable, "-m", "aen.compute.apps.files", *NEEDED]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "/p: No such file" in done.stderr
