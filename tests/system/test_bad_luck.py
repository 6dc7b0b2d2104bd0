"""What breaks while people work, and comes back without them noticing much."""

import os
import signal
import socket

import pytest
from websockets.exceptions import InvalidStatus

from tests.installed import Installed, new_installation
from tests.notebooks import Kernel, new_kernel
from tests.projects import FIRST_START, Project, new_project
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


@pytest.mark.parametrize("role", ["gateway", "compute", "server", "worker"])
def test_killed_role(platform: Installed, kernel: Kernel, role: str) -> None:
    """Each role may be killed: variables survive, tokens stay good."""
    platform.kill(role)
    until(platform.is_ready, f"all is well after {role}", 30)

    def remembers() -> bool:
        return kernel.execute("print(answer)") == "42\n"

    until(remembers, f"the kernel answers after {role} was killed", 30)
    assert platform.api().get("/api/v1/me").status == 200


def test_killed_supervisord(platform: Installed, kernel: Kernel) -> None:
    """Even supervisord may be killed; `run` starts another."""
    before = int(platform.one.supervisor_pid.read_text())
    os.kill(before, signal.SIGKILL)

    def another() -> bool:
        return int(platform.one.supervisor_pid.read_text()) != before

    until(lambda: another() and platform.is_ready(), "all is well again", 60)
    until(
        lambda: kernel.execute("print(answer)") == "42\n",
        "the kernel answers after supervisord was killed",
    )


def test_foreign_origin(platform: Installed, kernel: Kernel) -> None:
    """A page of another site cannot open a WebSocket to an app."""
    with pytest.raises(InvalidStatus) as caught:
        kernel.connect(origin="http://evil.example").close()
    assert caught.value.response.status_code == 403


def test_own_origin(platform: Installed, kernel: Kernel) -> None:
    """A page of the gateway itself can."""
    kernel.connect(origin=platform.one.gateway_url).close()


def test_compute_down(platform: Installed) -> None:
    """Starting a project while its node is down fails in words, and works later."""
    project = new_project(platform, "unlucky")
    platform.control("stop", "compute")
    try:
        answer = project.api.post(f"{project.path}/start")
        assert answer.status in (202, 503), answer.text
        if answer.status == 202:
            until(lambda: project.now()["problem"], "the reason is told", 90)
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
    assert status.json["messages"] or status.json["status"] == "ok"
    platform.control("start", "server")
    until(platform.is_ready, "all is well again", 30)


def test_started_twice_at_once(platform: Installed) -> None:
    """Two people who press Start at the same time start the project once."""
    project = new_project(platform, "twice")
    answers = [project.api.post(f"{project.path}/start") for _ in range(2)]
    assert {answer.status for answer in answers} <= {200, 202, 409}
    project.wait("running", FIRST_START)
    project.launch("jupyterlab")
    urls = {project.launch("jupyterlab") for _ in range(2)}
    assert len(urls) == 1


def test_stop_leaves_no_process(platform: Installed) -> None:
    """A project that is stopped leaves no process behind."""
    project = new_project(platform, "fleeting")
    project.start(FIRST_START)
    project.launch("jupyterlab")
    place = str(platform.one.projects / project.owner / project.name)
    assert any(place in line for line in platform.processes())
    assert project.api.post(f"{project.path}/stop").status == 202
    project.wait("stopped")
    assert not [line for line in platform.processes() if place in line]


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
