"""The command line against a real platform, as somebody at a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aen.local.installation import ADMINISTRATOR
from tests.installed import ROOT, Installed
from tests.projects import FIRST_START, Project, new_name

pytestmark = pytest.mark.system
PROGRAM = "from aen.cli.main import console; console()"


def aen(config: Path, *words: str, typed: str = "", status: int = 0) -> tuple[str, str]:
    """Run ``aen``; return what it printed and what it said beside it."""
    environment = {**os.environ, "AEN_CONFIG": str(config), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        (sys.executable, "-c", PROGRAM, *words),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=FIRST_START,
        env=environment,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def config(platform: Installed, tmp_path: Path) -> Path:
    """Give the file of somebody who has signed in with a token."""
    path = tmp_path / "login.json"
    aen(path, "login", platform.one.url, "--with-token", typed=f"{platform.token}\n")
    return path


def test_a_day_at_the_command_line(
    platform: Installed, config: Path, project: Project
) -> None:
    """A project is made, started, looked at, shared, stopped and removed.

    *project* is there so that the template of environments has been built.
    """
    path = f"{ADMINISTRATOR}/{new_name('cli')}"
    assert ADMINISTRATOR in aen(config, "whoami")[0]
    assert aen(config, "projects", "create", path)[0].strip() == path
    assert path in aen(config, "projects", "list", "--owner", ADMINISTRATOR)[0]
    out, said = aen(config, "start", path)
    assert out.strip() == f"{path}: running"
    assert said.strip()  # how far it was
    apps = json.loads(aen(config, "apps", path, "--json")[0])
    assert "jupyterlab" in {one["name"] for one in apps}
    assert "default" in aen(config, "env", "list", path)[0]
    url = aen(config, "open", path, "terminal")[0].strip()
    assert url.startswith(f"{platform.one.gateway_url}/{path}/terminal")
    aen(config, "logs", path, "terminal")
    assert aen(config, "stop", path)[0].strip() == f"{path}: stopped"
    aen(config, "projects", "delete", path, "--yes")
    assert "no such project" in aen(config, "projects", "show", path, status=1)[1]


def test_signing_in_by_name(platform: Installed, tmp_path: Path) -> None:
    """A wrong token is told; where nobody has signed in it says how."""
    config = tmp_path / "login.json"
    url = platform.one.url
    assert "aen login" in aen(config, "whoami", status=3)[1]
    aen(config, "login", url, "--with-token", typed="aen_wrong\n", status=3)
    assert not config.exists()
    assert (
        "does not answer"
        in aen(
            config, "login", "http://127.0.0.1:9", "--with-token", typed="x\n", status=4
        )[1]
    )
