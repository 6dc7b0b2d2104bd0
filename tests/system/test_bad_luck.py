"""What breaks while people work, and comes back without them noticing much."""

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from websockets.exceptions import InvalidStatus

from aen.local.installation import ADMINISTRATOR
from tests.installed import Installed, new_installation
from tests.notebooks import Kernel, new_kernel
from tests.projects import FIRST_START, Project, new_project
from tests.socket_apps import add_app
from tests.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def lab(platform: Installed) -> Project:
    """Give a project of this module's own, running, with JupyterLab open."""
    made = new_project(platform, "sturdy")
    made.start(FIRST_START)
    made.launch("jupyterlab")
    return made


@pytest.fixture(scope="module")
def kernel(platform: Installed, lab: Project) -> Kernel:
    """Give a kernel that remembers something."""
    made = new_kernel(platform, f"/{lab.owner}/{lab.name}/jupyterlab")
    assert made.execute("answer = 6 * 7; print(answer)") == "42\n"
    return made


@pytest.fixture(scope="module")
def visitor(platform: Installed, lab: Project) -> Visitor:
    """Give a browser that has signed in and opened JupyterLab."""
    made = Visitor(platform)
    made.sign_in(ADMINISTRATOR, platform.password)
    assert lab_page(platform, lab) in made.open(lab_page(platform, lab))[0]
    return made


def lab_page(platform: Installed, lab: Project) -> str:
    """Return the address of the project's JupyterLab."""
    return f"{platform.one.gateway_url}/{lab.owner}/{lab.name}/jupyterlab/lab"


def remembered(kernel: Kernel) -> str:
    """Return what the kernel still knows, once it can be asked."""
    return until(lambda: kernel.execute("print(answer)"), "the kernel answers", 30)


@pytest.mark.parametrize("role", ["gateway", "compute", "server", "worker"])
def test_killed_role(
    platform: Installed, lab: Project, kernel: Kernel, visitor: Visitor, role: str
) -> None:
    """Each role may be killed: variables survive, and nobody signs in again."""
    platform.kill(role)
    until(platform.is_ready, f"all is well after {role}", 30)
    assert visitor.open(lab_page(platform, lab))[0] == lab_page(platform, lab)
    dashboard = f"{platform.one.url}/"
    assert visitor.open(dashboard)[0] == dashboard
    assert remembered(kernel) == "42\n"
    assert platform.api().get("/api/v1/me").status == 200


def test_killed_supervisord(platform: Installed, kernel: Kernel) -> None:
    """Even supervisord may be killed; `run` starts another."""
    before = supervisord(platform)
    os.kill(before, signal.SIGKILL)
    until(lambda: supervisord(platform) != before, "another is started", 60)
    until(platform.is_ready, "all is well again", 60)
    assert psutil.pid_exists(supervisord(platform))
    assert remembered(kernel) == "42\n"


def supervisord(platform: Installed) -> int:
    """Return the process of supervisord as its file has it."""
    return int(platform.one.supervisor_pid.read_text())


def test_foreign_origin(platform: Installed, kernel: Kernel) -> None:
    """A page of another site cannot open a WebSocket to an app."""
    with (
        pytest.raises(InvalidStatus) as caught,
        kernel.connect(origin="http://evil.example"),
    ):
        pass
    assert caught.value.response.status_code == 403


def test_own_origin(platform: Installed, kernel: Kernel) -> None:
    """A page of the gateway itself can."""
    with kernel.connect(origin=platform.one.gateway_url) as channel:
        assert channel.ping().wait(10)


def test_compute_down(platform: Installed) -> None:
    """Starting a project while its node is down fails in words, and works later."""
    project = new_project(platform, "unlucky")
    platform.control("stop", "compute")
    try:
        assert project.api.post(f"{project.path}/start").status == 202
        problem = until(lambda: project.now()["problem"], "the reason is told", 90)
        assert "does not answer" in problem
    finally:
        platform.control("start", "compute")
    until(platform.is_ready, "all is well again", 30)

    def runs() -> bool:
        if project.now()["state"] in ("stopped", "failed"):
            project.api.post(f"{project.path}/start")
        return bool(project.now()["state"] == "running")

    until(runs, "the project runs after all", FIRST_START)


def test_gateway_before_server(platform: Installed) -> None:
    """A gateway that is up first waits for the server, and says so meanwhile."""
    platform.control("stop", "server")
    platform.control("restart", "gateway")
    status = until(lambda: platform.gate.get("/_aen/status"), "the gateway answers")
    assert status.status == 503
    assert "The server does not answer" in status.json["messages"][0]
    platform.control("start", "server")
    until(platform.is_ready, "all is well again", 30)


def test_started_twice_at_once(platform: Installed) -> None:
    """People who press Start at the same time start the project once."""
    project = new_project(platform, "twice")
    with ThreadPoolExecutor(8) as people:
        start = f"{project.path}/start"
        asked = [people.submit(project.api.post, start) for _ in range(8)]
        answers = [one.result() for one in asked]
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    project.wait("running", FIRST_START)
    with ThreadPoolExecutor(4) as people:
        asked_lab = [people.submit(project.launch, "terminal") for _ in range(4)]
        assert len({one.result() for one in asked_lab}) == 1
    apps = project.api.get(f"{project.path}/apps").json["items"]
    assert [one["name"] for one in apps if one["state"] == "running"] == ["terminal"]


def test_app_that_ends_at_start(platform: Installed, lab: Project) -> None:
    """Whoever opens it reads why, with the last lines of its output."""
    script = "echo the disk of the moon is full; exit 3; # %(socket)s"
    add_app(platform, "doomed", ["/bin/sh", "-c", script])
    where = f"/{lab.owner}/{lab.name}/doomed/"
    answer = platform.apps().get(where)
    assert answer.status == 502
    assert "doomed ended at start (exit code 3)" in answer.json["error"]["message"]
    assert "the disk of the moon is full" in answer.json["error"]["log"]


def test_stop_leaves_no_process(platform: Installed) -> None:
    """A project that is stopped leaves no process behind."""
    project = new_project(platform, "fleeting")
    project.start(FIRST_START)
    url = project.launch("jupyterlab")
    where = url.removeprefix(platform.one.gateway_url).rstrip("/")
    assert platform.apps().get(f"{where}/api").status == 200
    place = platform.one.projects / project.owner / project.name
    assert platform.processes(place) != []
    assert project.api.post(f"{project.path}/stop").status == 202
    project.wait("stopped")
    assert platform.processes(place) == []


def test_port_in_use() -> None:
    """A port somebody else has is named before anything starts."""
    made = Installed(new_installation())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", made.one.gateway))
        taken.listen()
        made.start()
        assert made.run is not None
        assert made.run.wait(30) == 1
    said = made.said.read_text()
    made.clean()
    assert f"Port {made.one.gateway} (GATEWAY) is in use" in said
    assert not (made.one.prefix / "log/supervisord.log").exists()
