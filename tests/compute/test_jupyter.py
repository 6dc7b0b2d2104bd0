"""JupyterLab and Notebook as the manifests run them, with a project's kernel."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen
from twisted.internet import reactor  # noqa: TID251 -- real children need it
from websockets.sync.client import unix_connect

from aen.compute.environments import inside
from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.provider import DEFAULT, JUPYTER
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.kernels import kernel_files, kernel_specs
from aen.compute.programs.steps import ChildSteps
from aen.compute.projects import ProjectDirectories
from aen.model.apps import Manifest, substitute
from aen.model.names import EnvironmentName, UserName, parse_project_path
from aen.runtime.credentials import write_private
from aen.runtime.structure import structure
from tests.asking import Answer, Client
from tests.compute.fakes import unheard
from tests.notebooks import execute_request, printed
from tests.waiting import until

pytestmark = pytest.mark.system
REACTOR: Any = reactor
MANIFESTS = Path(__file__).parents[2] / "aen" / "compute" / "manifests"
LAB = parse_project_path("ada", "lab")
GATEWAY = "gateway.example:8089"
ACTIVE = EnvironmentName(DEFAULT)
PATIENCE = 60.0


@frozen
class Node:
    """A node with one started project and a finished Jupyter template."""

    root: Path
    jupyter: Path
    environment: Path


@pytest_twisted.async_fixture(scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Build both templates, start ada/lab."""
    root = tmp_path_factory.mktemp("projects")
    settings = EnvironmentSettings(default_packages=("ipykernel",))
    steps = ChildSteps(REACTOR, 120)
    environments = BuiltinEnvironments(REACTOR, settings, root, steps, os.environ)
    projects = ProjectDirectories(root, settings, environments, steps)
    jupyter = await environments.ready(JUPYTER, unheard)
    await projects.start(LAB, "p1", (), unheard)
    return Node(root, jupyter, projects.environment(LAB, ACTIVE))


class Server:
    """One running Jupyter server."""

    def __init__(
        self, node: Node, name: str, runtime: Path, home: Path, user: str = "ada"
    ) -> None:
        self.socket = runtime / "s"
        self.client = Client(f"http://{GATEWAY}", socket=self.socket)
        self.prefix = f"/ada/lab/{name}"
        self.manifest = structure(
            json.loads((MANIFESTS / f"{name}.json").read_text()), Manifest
        )
        values = {
            "socket": str(self.socket),
            "urlPrefix": self.prefix,
            "projectHome": str(node.root / "ada" / "lab"),
            "jupyter": str(node.jupyter),
            "runtime": str(runtime),
        }
        names = {ACTIVE: node.environment}
        files = kernel_files(runtime, names, ACTIVE, UserName(user))
        for place, text in files.items():
            write_private(runtime / place, text.encode())
        self.ready = substitute(self.manifest.ready, values)
        self.log = runtime / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [substitute(one, values) for one in self.manifest.command_list],
                cwd=values["projectHome"],
                env={"HOME": str(home), "USER": user, "PATH": "/usr/bin:/bin"}
                | {
                    k: substitute(v, values)
                    for k, v in self.manifest.environment.items()
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None
    ) -> Answer:
        """Return the answer to one request, asked by the gateway's name."""
        body: dict[str, str] | None = {} if method == "POST" else None
        return self.client.ask(method, path, body, headers)

    def wait(self) -> None:
        """Wait until it answers."""
        until(self._answers, "the server answers", PATIENCE)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self.ask("GET", self.ready).status < HTTPStatus.INTERNAL_SERVER_ERROR

    def stop(self) -> None:
        """End it and its kernels."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(PATIENCE)


@pytest.fixture(params=["jupyterlab", "notebook"])
def server(
    request: pytest.FixtureRequest, node: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Return a server that answers, one for each manifest."""
    runtime = tmp_path_factory.mktemp("r")
    server = Server(node, request.param, runtime, tmp_path_factory.mktemp("home"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_who_else_has_it_open(
    server: Server, node: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each Jupyter answers what those of the others have heard."""
    place = f"{server.prefix}/api/aen/opened"
    made = tmp_path_factory.mktemp
    other = Server(node, server.manifest.name, made("r"), made("home"), "bob")
    try:
        other.wait()
        app = server.manifest.name  # what the other one has noted is there still
        mine = server.ask("GET", f"{place}?open=a.ipynb&open={app}/b%20c.ipynb")
        assert (mine.status, mine.json) == (HTTPStatus.OK, {"others": {}})
        told = other.ask("GET", f"{place}?open={app}/b%20c.ipynb&open=d.ipynb")
        assert told.json == {"others": {f"{app}/b c.ipynb": ["ada"]}}
        server.ask("GET", f"{place}?closed={app}/b%20c.ipynb")
        told = other.ask("GET", f"{place}?open={app}/b%20c.ipynb")
        assert told.json == {"others": {}}
    finally:
        other.stop()
    listed = f"{server.prefix}/lab/api/extensions"
    if server.manifest.name == "jupyterlab":
        names = [one["name"] for one in server.ask("GET", listed).json]
        assert "aen_opened" in names


def run_cell(server: Server, kernel: str, cookie: str, code: str) -> str:
    """Return what *code* prints, run over the WebSocket as a page does."""
    address = f"ws://{GATEWAY}{server.prefix}/api/kernels/{kernel}/channels"
    with unix_connect(
        str(server.socket),
        address,
        origin=f"http://{GATEWAY}",
        additional_headers={"Cookie": cookie},
    ) as connection:
        connection.send(json.dumps(execute_request("1", code)))
        return "".join(printed(connection, "1"))


def test_a_cell_runs_in_the_projects_environment(server: Server, node: Node) -> None:
    """From the page to the kernel, with the gateway's name as host and origin."""
    told = server.ask("GET", f"{server.prefix}/api/kernelspecs")
    assert told.status == HTTPStatus.OK
    assert told.json["default"] == "default"
    assert list(told.json["kernelspecs"]) == ["default"]

    page = {"jupyterlab": "lab", "notebook": "tree"}[server.manifest.name]
    shown = server.ask("GET", f"{server.prefix}/{page}")
    assert shown.status == HTTPStatus.OK
    cookie = shown.headers["Set-Cookie"].partition(";")[0]
    token = cookie.partition("=")[2]
    kernel = f"{server.prefix}/api/kernels"
    sent = {"Cookie": cookie, "X-XSRFToken": token}
    own, foreign = f"http://{GATEWAY}", "http://evil.example"
    refused = [
        server.ask("POST", kernel, {"Origin": own}).status,
        server.ask("POST", kernel, sent | {"Origin": foreign}).status,
    ]
    assert refused == [HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND]
    made = server.ask("POST", kernel, sent | {"Origin": own})
    assert made.status == HTTPStatus.CREATED
    code = "import sys; print(sys.prefix, 6 * 7)"
    output = run_cell(server, made.json["id"], cookie, code)
    assert output == f"{node.environment} 42\n"


def test_a_new_environment_is_seen_at_once(server: Server, node: Node) -> None:
    """Without a restart: its kernel runs in it, and is gone when it is."""
    home, name = node.root / "ada" / "lab", f"r{len(server.manifest.name)}"
    staged = ".aen-".ljust(len(f"envs/{name}"), "0")
    inside.copy(str(home), "default", name, staged)
    inside.end(str(home), name, staged, 0, new=True)
    prefixes = {ACTIVE: node.environment, EnvironmentName(name): home / "envs" / name}
    private = str(server.socket.parent)
    inside.kernels(private, kernel_specs(prefixes))
    specs = f"{server.prefix}/api/kernelspecs"
    assert set(server.ask("GET", specs).json["kernelspecs"]) == {"default", name}
    page = {"jupyterlab": "lab", "notebook": "tree"}[server.manifest.name]
    shown = server.ask("GET", f"{server.prefix}/{page}")
    cookie = shown.headers["Set-Cookie"].partition(";")[0]
    sent = {"Cookie": cookie, "X-XSRFToken": cookie.partition("=")[2]}
    kernels = f"{server.prefix}/api/kernels"
    made = server.client.ask("POST", kernels, {"name": name}, sent)
    assert made.status == HTTPStatus.CREATED
    code = "import sys; print(sys.prefix)"
    output = run_cell(server, made.json["id"], cookie, code)
    assert output == f"{home}/envs/{name}\n"
    inside.kernels(private, kernel_specs({ACTIVE: node.environment}))
    assert set(server.ask("GET", specs).json["kernelspecs"]) == {"default"}


def test_nobody_else_reaches_it(server: Server) -> None:
    """Neither it nor its kernels have a port, and its socket is not for everybody.

    The directory keeps others away; the group's part is the mask by which the service
    gets in where apps run as other accounts.
    """
    assert server.socket.stat().st_mode & 0o777 == 0o660
    tables = [
        Path(f"/proc/{server.process.pid}/net/{name}") for name in ("tcp", "tcp6")
    ]
    listening = {
        line.split()[9]
        for table in tables
        for line in table.read_text().splitlines()[1:]
        if line.split()[3] == "0A"  # the state LISTEN
    }
    descriptors = Path(f"/proc/{server.process.pid}/fd").iterdir()
    held = {str(one.readlink()) for one in descriptors}
    assert not held & {f"socket:[{inode}]" for inode in listening}
