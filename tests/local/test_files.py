"""The texts of an installation's files."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import evolve
from supervisor.options import ServerOptions

from aen.compute.settings import ComputeSettings
from aen.gateway.settings import GatewaySettings
from aen.local import files
from aen.local.files import MARK, Programs
from aen.local.installation import Installation
from aen.runtime.structure import structure
from aen.server.settings import ServerSettings, check_server

ONE = Installation(prefix=Path("/srv/aen"), http=8000)
PROGRAMS = Programs(python=Path("/venv/bin/python"), twistd=Path("/venv/bin/twistd"))


def test_server_settings() -> None:
    """The server takes its settings, and they say where it is."""
    found = structure(files.server_settings(ONE), ServerSettings)
    check_server(found)
    assert found.listen == ("tcp:8000:interface=127.0.0.1",)
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.home == ONE.server


def test_gateway_settings() -> None:
    """The gateway takes its settings next to what registration gave it."""
    given = {"name": "local", "server_key": "k", "key": "s"}
    found = structure({**given, **files.gateway_settings(ONE)}, GatewaySettings)
    assert found.listen == ("tcp:8089:interface=127.0.0.1",)
    assert found.public_url == "http://127.0.0.1:8089"


def test_compute_settings() -> None:
    """The node takes its settings next to what registration gave it."""
    given = {"name": "node1", "gateway_key": "k"}
    found = structure({**given, **files.compute_settings(ONE)}, ComputeSettings)
    assert found.project_root == ONE.projects
    assert found.listen == ("tcp:5002:interface=127.0.0.1",)


def test_settings_for_accounts() -> None:
    """With MULTIUSER=1 node and helper agree; the administrator runs the platform."""
    one = evolve(ONE, multiuser=True)
    node = files.compute_settings(one)
    helper = files.helper_settings(one)
    assert node["multiuser"] is True
    assert node["helper_settings"] == str(one.helper_settings)
    assert helper["project_root"] == node["projectRoot"]
    assert helper["service_account"] == "wakari"
    assert len(str(helper["runtime"])) < 20
    assert files.compute_settings(ONE)["multiuser"] is False


def test_hand_made_keys_stay() -> None:
    """What an operator added to a generated file survives the next run."""
    text = files.merged({"site_name": "Ours", "prefix": "/old"}, {"prefix": "/new"})
    assert json.loads(text) == {"site_name": "Ours", "prefix": "/new"}


def test_environment() -> None:
    """The platform does not inherit the shell's variables, nor any password."""
    given = {"PATH": "/bin", "ADMIN_PASSWORD": "x", "PREFIX": "y", "UV_INDEX": "z"}
    made = files.environment(ONE, given)
    assert made["PATH"] == "/bin"
    assert made["UV_INDEX"] == "z"
    assert made["no_proxy"] == "127.0.0.1"
    assert made[MARK] == "/srv/aen"
    assert not {"ADMIN_PASSWORD", "PREFIX"} & set(made)


def parsed(one: Installation, tmp_path: Path, *, complete: bool) -> Any:
    """Return what supervisor itself makes of our file."""
    for folder in files.folders(one):
        folder.mkdir(parents=True, exist_ok=True)
    place = tmp_path / "supervisord.conf"
    place.write_text(
        files.supervisor_settings(one, PROGRAMS, complete=complete, root=False)
    )
    options = ServerOptions()
    options.realize(["-c", str(place)], doc="")
    return options.configroot.supervisord


@pytest.mark.parametrize("name", ["aen", "with space", "a+b,c=d@e"])
def test_supervisor_understands(tmp_path: Path, name: str) -> None:
    """What supervisor reads back is what we meant, whatever the path."""
    one = attrs.evolve(ONE, prefix=tmp_path / name)
    groups = parsed(one, tmp_path, complete=True).process_group_configs
    commands = {each.name: each for group in groups for each in group.process_configs}
    assert [group.name for group in groups] == [
        "wakari-compute",
        "wakari-gateway",
        "wakari-server",
    ]
    server = commands["wk-server"]
    assert shlex.split(server.command)[-3:] == [
        *("aen-server", "-c"),
        str(one.server_settings),
    ]
    logs = one.server / "var/log/wakari"
    assert server.stdout_logfile == str(logs / "server.log")
    worker = commands["wakari-worker"]
    assert "--worker" in worker.command
    assert worker.stdout_logfile == str(logs / "worker.log")
    assert all(each.autorestart is not False for each in commands.values())
    assert all(each.stdout_logfile_maxbytes > 0 for each in commands.values())


def test_first_the_server_alone(tmp_path: Path) -> None:
    """Gateway and node have no settings before they are registered."""
    one = attrs.evolve(ONE, prefix=tmp_path)
    groups = parsed(one, tmp_path, complete=False).process_group_configs
    assert [group.name for group in groups] == ["wakari-server"]


def test_control_socket_is_private(tmp_path: Path) -> None:
    """Only the account that runs the platform may control it."""
    one = attrs.evolve(ONE, prefix=tmp_path)
    (server,) = parsed(one, tmp_path, complete=True).server_configs
    assert server["chmod"] == 0o600


def test_wrapper_passes_arguments(tmp_path: Path) -> None:
    """A command bound to an installation takes its own arguments as they are."""
    program = tmp_path / "say it"
    program.write_text(
        files.wrapper(
            (sys.executable, "-c", "import sys; print(sys.argv[1:])", "-c", "a b")
        )
    )
    done = subprocess.run(
        ("/bin/sh", str(program), "c d", "*"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['-c', 'a b', 'c d', '*']"


def test_commands_hold_no_password() -> None:
    """Command lines can be read by every account of the machine."""
    for command in (
        files.add_administrator(ONE, PROGRAMS),
        files.configure_gateway(ONE, PROGRAMS),
    ):
        assert "--password" not in command


def test_wrappers() -> None:
    """The commands of the contract are there, bound to this installation."""
    made = files.wrappers(ONE, PROGRAMS)
    assert set(made) == {"aen-server-admin", "aen-gateway-configure", "supervisorctl"}
    assert str(ONE.server_settings) in made["aen-server-admin"]
