"""An app of one's own, by a manifest that follows the contract and nothing else."""

import sys
from collections.abc import Iterator

import pytest
from attrs import frozen

from tests.installed import Installed
from tests.projects import FIRST_START, Project, new_person, new_project
from tests.socket_apps import add_app, socket_app
from tests.waiting import until

pytestmark = pytest.mark.system

ECHO = socket_app("""\
import json, os, sys

def answer(request):
    return json.dumps(
        {
            "path": request.path,
            "headers": {name.lower(): text for name, text in request.headers.items()},
            "environment": dict(os.environ),
            "arguments": sys.argv[2:],
            "folder": os.getcwd(),
        }
    ).encode()
""")


@frozen
class Echo:
    """The app as it was launched."""

    project: Project
    path: str


@pytest.fixture(scope="module")
def echo(platform: Installed, project: Project) -> Iterator[Echo]:
    """Add a manifest to the node, as its operator would, and launch the app.

    Meanwhile another manifest is broken.
    """
    etc = platform.one.compute_prefix / "etc/wakari"
    program = etc / "echo.py"
    program.write_text(ECHO)
    command = [
        *(sys.executable, str(program), "%(socket)s", "%(urlPrefix)s"),
        *("%(projectHome)s", "%(owner)s", "%(project)s", "%(user)s"),
    ]
    broken = etc / "apps" / "broken.json"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text('{"name": "broken", "titel": "x"}')
    add_app(platform, "echo", command)
    url = project.launch("echo")
    yield Echo(project, url.removeprefix(platform.one.gateway_url).rstrip("/"))
    broken.unlink()


def test_substitutions(platform: Installed, echo: Echo) -> None:
    """The command gets what the contract promises, and runs in the project."""
    told = platform.apps().get(f"{echo.path}/x?y=1").json
    owner, name = echo.project.owner, echo.project.name
    home = str(platform.one.projects / owner / name)
    assert told["arguments"] == [f"/{owner}/{name}/echo", home, owner, name, owner]
    assert told["path"] == f"{echo.path}/x?y=1"


def test_clean_environment(platform: Installed, echo: Echo) -> None:
    """An app sees the variables of the contract and none of the platform's own."""
    told = platform.apps().get(f"{echo.path}/").json["environment"]
    for name in (
        *("HOME", "USER", "PROJECT_HOME", "PROJECT_NAME", "AEN_OWNER"),
        *("AEN_URL_PREFIX", "AEN_TOKEN", "WAKARI_PROJECT_ENV"),
    ):
        assert told.get(name), name
    assert not {"AEN_INSTALLATION", "SUPERVISOR_PROCESS_NAME", "UV_CACHE_DIR"} & set(
        told
    )


def test_credentials_stop_at_the_gateway(platform: Installed, echo: Echo) -> None:
    """The gateway keeps its own cookie and the token to itself; others pass."""
    cookie = {"Cookie": "theirs=1", "X-Other": "2"}
    headers = platform.apps().get(f"{echo.path}/", **cookie).json["headers"]
    assert "authorization" not in headers
    assert headers["cookie"] == "theirs=1"
    assert headers["x-other"] == "2"


def test_not_for_strangers(platform: Installed, echo: Echo) -> None:
    """Another account's token opens nothing."""
    stranger = new_person(platform, "eve")
    answer = platform.apps(stranger.token).get(f"{echo.path}/")
    assert answer.status in (403, 404)
    assert b"arguments" not in answer.body


def test_broken_manifest_is_named(platform: Installed, echo: Echo) -> None:
    """A broken manifest is refused with file and key; the others go on."""
    logs = platform.one.compute_prefix / "var/log/wakari"
    log = logs / "compute-launcher.application.log"

    def refusals() -> list[str]:
        lines = log.read_text("utf-8").splitlines()
        return [line for line in lines if "broken.json" in line]

    assert "titel" in until(refusals, "the broken manifest is named")[0]
    assert platform.apps().get(f"{echo.path}/").status == 200


def test_listed_and_stopped(platform: Installed, echo: Echo) -> None:
    """The API lists the app as running, stops it, and opening starts it again."""
    api = echo.project.api
    listed = api.get(f"{echo.project.path}/apps").json["items"]
    assert {one["name"]: one["state"] for one in listed}["echo"] == "running"
    stopped = api.ask("DELETE", f"{echo.project.path}/apps/echo")
    assert stopped.status in (200, 202, 204), stopped.text
    assert platform.apps().get(f"{echo.path}/").json["path"] == f"{echo.path}/"


def test_launching_launches(platform: Installed) -> None:
    """POST launches an app whether or not anybody opens it then."""
    project = new_project(platform, "unopened")
    project.start(FIRST_START)
    project.launch("terminal")
    place = platform.one.projects / project.owner / project.name
    assert any("aen.compute.apps.terminal" in one for one in platform.processes(place))
