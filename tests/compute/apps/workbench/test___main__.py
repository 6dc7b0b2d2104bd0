"""The command line of the Workbench, and the program as a node starts it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.compute.apps.workbench.__main__ import parse_options
from aen.compute.apps.workbench.page import BUILT
from aen.compute.manifests import OWN
from aen.model.apps import Manifest, Permission, check_manifest, substitute
from aen.runtime.structure import structure
from tests.asking import Client
from tests.compute.apps.files.test_staging import left_by_a_killed, make_older
from tests.waiting import until

PREFIX = "/ada/lab/workbench"
NEEDED = f"--socket /run/s --prefix {PREFIX}/ --project /p".split()
MOST_AT_FIRST = 40_000
"""Bytes that a first visit takes, editor and languages not included."""
needs_assets = pytest.mark.skipif(
    not (BUILT / "manifest.json").exists(), reason="the front end was not built"
)


def manifest() -> Manifest:
    """Return our manifest."""
    return structure(json.loads((OWN / "workbench.json").read_text()), Manifest)


def test_options() -> None:
    """The options say where everything is."""
    options = parse_options(NEEDED)
    assert (options.socket, options.project) == (Path("/run/s"), Path("/p"))
    assert options.prefix == PREFIX


def test_manifest() -> None:
    """Readers may open it; people choose it on a project's page."""
    check_manifest(manifest())
    assert (manifest().title, manifest().icon) == ("Workbench", "workbench")
    assert manifest().permission is Permission.METHOD
    assert not manifest().hidden


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Client]:
    """The program, ready; ended afterwards."""
    values = {
        "python": sys.executable,
        "socket": str(tmp_path / "app.sock"),
        "urlPrefix": PREFIX,
        "projectHome": str(tmp_path / "project"),
    }
    (tmp_path / "project").mkdir()
    make_older(left_by_a_killed(tmp_path / "project"))
    argv = [substitute(part, values) for part in manifest().command_list]
    with subprocess.Popen(argv, env={**os.environ, "HOME": str(tmp_path)}) as process:
        client = Client("http://localhost", socket=tmp_path / "app.sock")
        ready = substitute(manifest().ready, values)
        until(lambda: client.get(ready).status == 204, "the program is up")
        yield client
        process.terminate()
        assert process.wait(10) == 0
    assert not (tmp_path / "app.sock").exists()


@pytest.mark.system
@needs_assets
def test_program(program: Client) -> None:
    """The program serves page, parts and files, and the first visit is light."""
    page = program.get(f"{PREFIX}/")
    assert page.status == 200
    names = sorted(set(re.findall(r'"static/([^"#]+)["#]', page.text)))
    assert len(names) == 3
    found = [
        program.get(f"{PREFIX}/static/{one}", Accept_Encoding="br") for one in names
    ]
    assert [one.status for one in found] == [200, 200, 200]
    assert sum(len(one.body) for one in (page, *found)) < MOST_AT_FIRST
    assert program.ask("PUT", f"{PREFIX}/files/new.txt", b"new").status == 201
    assert program.get(f"{PREFIX}/files/new.txt").body == b"new"


@pytest.mark.system
@needs_assets
def test_tidied(program: Client, tmp_path: Path) -> None:
    """What a killed one has left in the project's folder goes when it starts."""
    project = tmp_path / "project"
    until(lambda: not list(project.iterdir()), "the old leftover is gone")
    assert program.get(f"{PREFIX}/").status == 200


@needs_assets
def test_no_project(tmp_path: Path) -> None:
    """A project that is not there is named."""
    socket = str(tmp_path / "s")
    argv = [sys.executable, "-m", "aen.compute.apps.workbench", "--socket", socket]
    argv += ["--prefix", PREFIX, "--project", "/p"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "/p: No such file" in done.stderr
