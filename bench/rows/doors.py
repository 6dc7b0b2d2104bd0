"""Other ways to set up the platform: TLS, several processes, a remote node."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from bench.measured import Missing
from bench.processes import listens
from bench.stage import Stage
from tests.installed import SERVICES
from tests.waiting import until

_COMMAND = "[program:wakari-compute]\ncommand = "


def tls_settings(stage: Stage, port: int) -> Mapping[str, object]:
    """Return the settings of a gateway whose door on *port* speaks TLS."""
    pair = stage.certificate
    return {
        "public_url": f"https://127.0.0.1:{port}",
        "listen": [f"tcp:{port}:interface=127.0.0.1"],
        "tls": {"certificate": str(pair.certificate), "key": str(pair.key)},
    }


@contextmanager
def remote_node(stage: Stage, app: str) -> Iterator[None]:
    """Run the node where the gateway takes it for another machine, with *app* on it.

    A mount namespace of its own makes it one: `aen.runtime.machine`.

    :raises Missing: that takes root.
    """
    unshare = shutil.which("unshare")
    if (
        unshare is None
        or subprocess.run((unshare, "-m", "true"), check=False).returncode
    ):
        raise Missing("A node that looks remote needs `unshare -m`, which needs root.")
    before = stage.platform.one.supervisor_settings.read_text("utf-8")
    _move(stage, app, before.replace(_COMMAND, f"{_COMMAND}{unshare} -m "))
    try:
        yield
    finally:
        _move(stage, app, before)


def _move(stage: Stage, app: str, settings: str) -> None:
    """Restart the node by other *settings* of supervisor; launch *app* anew."""
    platform, project = stage.platform, stage.project
    answer = project.api.ask("DELETE", f"{project.path}/apps/{app}")
    platform.one.supervisor_settings.write_text(settings, "utf-8")
    platform.command_below_bin("supervisorctl", "update", SERVICES["compute"])
    until(lambda: listens(platform.one.compute), "the node is back", 60)
    until(platform.is_ready, "the gateway has found the node", 60)
    if answer.status not in (
        HTTPStatus.OK,
        HTTPStatus.NO_CONTENT,
        HTTPStatus.NOT_FOUND,
    ):
        raise Missing(f"{app} does not stop: {answer.text}")
    stage.open(f"/{project.owner}/{project.name}/{app}/")
