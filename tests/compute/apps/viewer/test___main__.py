"""The command line of the Viewer, and the program as a node starts it."""

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.compute.apps.viewer.__main__ import account, parse_options
from aen.compute.manifests import OWN
from aen.model.apps import Instance, Manifest, Permission, check_manifest, substitute
from aen.runtime.structure import structure
from tests.asking import Client
from tests.compute.apps.viewer.conftest import PREFIX
from tests.waiting import until

NEEDED = f"--socket /run/s --prefix {PREFIX}/ --project /p".split()


def manifest() -> Manifest:
    """Return our manifest."""
    return structure(json.loads((OWN / "viewer.json").read_text()), Manifest)


def test_options() -> None:
    """The options say where everything is."""
    options = parse_options(NEEDED)
    assert (options.socket, options.project) == (Path("/run/s"), Path("/p"))
    assert options.prefix == PREFIX


def test_manifest() -> None:
    """Readers and visitors may open it: it needs nothing of the project's to run."""
    check_manifest(manifest())
    assert manifest().permission is Permission.READ
    assert manifest().instance is Instance.USER
    assert not manifest().hidden
    assert not any("%(environment)" in one for one in manifest().command_list)


def test_account() -> None:
    """Files are read as whoever runs it."""
    assert account() == pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[Client, Path]]:
    """The program, ready, and its project; ended afterwards with all it started."""
    project = tmp_path / "project"
    project.mkdir()
    values = {
        "python": sys.executable,
        "socket": str(tmp_path / "app.sock"),
        "urlPrefix": PREFIX,
        "projectHome": str(project),
    }
    argv = [substitute(part, values) for part in manifest().command_list]
    process = subprocess.Popen(argv, env={**os.environ, "HOME": str(tmp_path)})
    client = Client("http://localhost", {"Accept": "text/html"}, tmp_path / "app.sock")
    ready = substitute(manifest().ready, values)
    until(lambda: client.get(ready).status == 204, "the program is up")
    yield client, project
    renderers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    process.terminate()
    assert process.wait(10) == 0
    assert not (tmp_path / "app.sock").exists()
    assert not [one for one in renderers.split() if Path(f"/proc/{one}").exists()]


@pytest.mark.system
def test_program(program: tuple[Client, Path]) -> None:
    """A file is shown with the style sheet that was built."""
    client, project = program
    (project / "Notes.md").write_text("# Notes\n\n$x^2$")
    page = client.get(f"{PREFIX}/view/Notes.md").text
    assert '<h2 id="Notes">' in page
    assert "<msup>" in page
    css = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert client.get(css).status == 200


def test_no_project() -> None:
    """A project that is not there is named."""
    argv = [sys.executable, "-m", "aen.compute.apps.viewer", *NEEDED]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "/p: No such file" in done.stderr
