"""Real JupyterLab and a real kernel as somebody else, started by the helper."""

import os
import shutil
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred

from aen.compute.command import NodeValues, Values, app_command, ready_path
from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.provider import DEFAULT, JUPYTER
from aen.compute.environments.settings import CloneBy, EnvironmentSettings
from aen.compute.kernels import kernel_files
from aen.compute.manifests import OWN, read_file
from aen.compute.programs.steps import ChildSteps
from aen.compute.ready import answers, endpoint_of
from aen.compute.spawn import Order, Spawned
from aen.compute.spawn_accounts import AccountSpawner
from aen.model.errors import Failed
from aen.model.names import EnvironmentName, UserName, parse_project_path
from aen.runtime.tasks import pause
from tests.asking import Client
from tests.compute.accounts import Person, processes_of
from tests.compute.fakes import unheard
from tests.compute.helper.helped import L1, P1, PYTHON, Helped

pytestmark = [pytest.mark.root, pytest.mark.system]
reactor: Any = _reactor
ACTIVE = EnvironmentName(DEFAULT)


async def prepared(helped: Helped, one: Person) -> tuple[Path, Path]:
    """Make a project with an environment; return that and Jupyter's prefix."""
    helped.call("prepare")
    settings = EnvironmentSettings(
        python=PYTHON, default_packages=("ipykernel",), clone_by=CloneBy.COPY
    )
    steps = ChildSteps(reactor, 120)
    root = helped.projects
    made = BuiltinEnvironments(reactor, settings, root, steps, os.environ)
    place = helped.project(one)
    prefix = place / "envs" / DEFAULT
    prefix.parent.mkdir()
    try:
        jupyter = await made.ready(JUPYTER, unheard)
        template = await made.ready(DEFAULT, unheard)
    except Failed as error:
        pytest.skip(f"no template: {error.message}")
    await made.clone(template, prefix, prefix, unheard)
    for path in (place, *place.rglob("*")):
        shutil.chown(path, one.uid, one.gid) if not path.is_symlink() else None
    await made.stop()
    return prefix, jupyter


def start_kernel(at: Path, prefix: str) -> int:
    """Ask for a kernel as a page does; return the status of the answer."""
    client = Client("http://gateway.example", socket=at)
    page = client.ask("GET", f"{prefix}/lab", None)
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    sent = {"Cookie": cookie, "X-XSRFToken": cookie.partition("=")[2]}
    return client.ask("POST", f"{prefix}/api/kernels", {}, sent).status


@pytest_twisted.ensureDeferred
async def test_jupyterlab_and_its_kernel(helped: Helped) -> None:
    """It answers at its socket, starts the project's kernel, and ends whole."""
    one = helped.people[0]
    prefix, jupyter = await prepared(helped, one)
    private = helped.runtime / L1
    manifest = read_file(OWN / "jupyterlab.json")
    values = Values(
        L1, one.name, "lab", one.name, str(one.home), str(prefix.parents[1]),
        str(prefix), str(private), str(private / "app.sock"), token="t0ken",
    )  # fmt: skip
    node = NodeValues(PYTHON, str(jupyter))
    user = UserName(one.name)
    order = Order(
        L1, user, P1, parse_project_path(one.name, "lab"),
        app_command(manifest, values, node), helped.directory / "logs/app.log",
        private, kernel_files(private, {ACTIVE: prefix}, ACTIVE, user),
    )  # fmt: skip
    spawner = AccountSpawner(reactor, helped.attendant(), helped.runtime)
    ended: Deferred[int | None] = Deferred()
    root = await spawner.spawn(order, ended.callback)
    endpoint, ready = (
        endpoint_of(reactor, values.socket, 0, 5), ready_path(manifest, values, node)
    )  # fmt: skip
    for _ in range(600):
        if await answers(endpoint, ready, reactor, 5) or ended.called:
            break
        await pause(reactor, 0.1)
    assert not ended.called, order.log.read_text()
    made = start_kernel(private / "app.sock", f"/{one.name}/lab/jupyterlab")
    assert made == HTTPStatus.CREATED, order.log.read_text()
    kernels = [
        pid
        for pid in processes_of(one.uid)
        if b"ipykernel_launcher" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert len(kernels) == 1
    running = Spawned(L1, P1, one.name, root)
    await spawner.ask(running)
    assert await ended == 0
    assert await spawner.hunt(running).round() == 0
    await spawner.forget(running)
    assert processes_of(one.uid) == []
