"""Two data centers of one installation: a project moves, whoever is killed."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, evolve, field

from aen.local import disk, files
from aen.local.installation import ADMINISTRATOR, Installation
from tests.asking import Client
from tests.installed import ROOT, Installed, brought_up, free_ports, lighten
from tests.projects import FIRST_START, Project, new_name
from tests.waiting import until

ROUNDS = int(os.environ.get("AEN_CRASH_ROUNDS", "0"))
"""Moves in the long run, each with somebody else killed; 0: one, and the worker."""
_SIZE = 48 * 1024 * 1024
_ROLES = {"gateway": "aen-gateway", "compute": "aen-compute"}
_CONFIGURE = "from aen.gateway.configure import main; main()"
_PAGE = {"Accept": "text/html"}


@define
class West:
    """A second gateway and its node, started by hand as an operator could."""

    real: Installed
    one: Installation
    running: "dict[str, subprocess.Popen[bytes]]" = field(factory=dict)

    def register(self) -> None:
        """Register the data center and the node, and write their settings."""
        disk.make_folders(self.one)
        given = (
            *("--server", self.one.url, "--host", "127.0.0.1", "--name", "west"),
            *("--port", str(self.one.gateway), "--username", ADMINISTRATOR),
            *("--prefix", str(self.one.gateway_prefix)),
            *("--listen", f"tcp:{self.one.gateway}:interface=127.0.0.1"),
        )
        secret = {"AEN_PASSWORD": self.real.password}
        self._do((sys.executable, "-c", _CONFIGURE, *given), secret)
        added = self.real.admin(
            *("add-enterprise-resource", "-i", "west", "-u", self.one.node_url),
            *("-n", "node2", "--json"),
        )
        answer = json.loads(added.strip().splitlines()[-1])
        disk.write_compute_settings(self.one, answer)
        lighten(self.one)

    def _do(self, command: tuple[str, ...], more: dict[str, str]) -> None:
        done = subprocess.run(
            command, env={**os.environ, **more}, cwd=ROOT, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, role: str) -> None:
        """Start the gateway or the node."""
        settings = {
            "gateway": self.one.gateway_settings,
            "compute": self.one.compute_settings,
        }[role]
        twistd = str(Path(sys.executable).parent / "twistd")
        command = (
            *(sys.executable, twistd, "--nodaemon", "--pidfile="),
            *("--logger=aen.runtime.logs.as_text", _ROLES[role], "-c", str(settings)),
        )
        environment = files.environment(self.real.one, os.environ)
        with (self.one.prefix / f"{role}.txt").open("ab") as output:
            self.running[role] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self, role: str) -> None:
        """Kill one of them, and start it again as a supervisor would."""
        self.running[role].kill()
        self.running[role].wait()
        self.start(role)

    def ready(self) -> bool:
        """Whether the gateway and its node answer."""
        return Client(self.one.gateway_url).get("/_aen/status").status == 200

    def stop(self) -> None:
        """End both."""
        for one in self.running.values():
            one.send_signal(signal.SIGTERM)
        for one in self.running.values():
            one.wait(60)


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give a platform of one's own."""
    yield from brought_up("data_centers")


@pytest.fixture(scope="module")
def west(real: Installed) -> Iterator[West]:
    """Give a second data center of it."""
    gateway, compute = free_ports(2)
    place = real.one.prefix / "w"
    one = evolve(real.one, prefix=place, gateway=gateway, compute=compute)
    made = West(real, one)
    made.register()
    try:
        for role in _ROLES:
            made.start(role)
        until(made.ready, "the other data center is up", 60)
        yield made
    finally:
        made.stop()


def made_in(real: Installed, center: str) -> Project:
    """Make a project in a data center, and start it there once."""
    made = Project(real.api(), ADMINISTRATOR, new_name("move"))
    body = {"name": made.name, "data_center": center}
    answer = made.api.post("/api/v1/projects", body)
    assert answer.status == 201, answer.text
    made.start(FIRST_START)
    return made


@pytest.fixture(scope="module")
def project(real: Installed, west: West) -> Project:
    """Give a project that has run where it was made."""
    return made_in(real, "local")


def homes(real: Installed, west: West, project: Project) -> dict[str, Path]:
    """Return where the project's files would be in each data center."""
    roots = {"local": real.one.projects, "west": west.one.projects}
    return {name: root / project.owner / project.name for name, root in roots.items()}


def move(project: Project, center: str) -> str:
    """Ask for a move once one before it is wholly over; return the task's address."""
    answers, body = [], {"data_center": center}

    def taken() -> bool:
        answers.append(project.api.post(f"{project.path}/move", body))
        assert answers[-1].status in {202, 409}, answers[-1].text
        return answers[-1].status == 202

    until(taken, "the move is taken on", 60)
    return f"/api/v1/tasks/{answers[-1].json['id']}"


def ended(project: Project, task: str, seconds: float = 400.0) -> str:
    """Wait until a move has ended; return where the project is."""
    states = ("done", "failed", "cancelled")

    def asked() -> bool:
        answer = project.api.get(task)
        return answer.status == 200 and answer.json["state"] in states

    until(asked, "the move has ended", seconds)
    return str(project.now()["data_center"])


def cleared(project: Project, places: dict[str, Path]) -> None:
    """Wait until the files are in one place only, and that is the record's."""
    here = project.now()["data_center"]
    rest = [path for name, path in places.items() if name != here]
    until(lambda: not any(one.exists() for one in rest), "the rest is removed", 180)
    assert places[here].is_dir()


def test_a_project_moves(real: Installed, west: West, project: Project) -> None:
    """Its files, its environment with its programs; the old gateway says where."""
    places = homes(real, west, project)
    (places["local"] / "kept.txt").write_text("kept")
    os.utime(places["local"] / "kept.txt", (1_000_000_000, 1_000_000_000))
    app = f"/{project.owner}/{project.name}/terminal/"
    assert ended(project, move(project, "west")) == "west"
    cleared(project, places)
    kept = places["west"] / "kept.txt"
    assert (kept.read_text(), kept.stat().st_mtime) == ("kept", 1_000_000_000)
    tool = (str(places["west"] / "envs/default/bin/pip"), "-qqq", "check")
    assert subprocess.run(tool, check=False).returncode == 0
    old_paths = ("grep", "-rIlF", f"{places['local']}/envs", "envs")
    named = subprocess.run(
        old_paths, cwd=places["west"], capture_output=True, text=True, check=False
    )
    assert named.stdout == ""
    project.start()
    bearer = {"Authorization": f"Bearer {real.token}"}
    old = Client(real.one.gateway_url, {**bearer, **_PAGE}).get(app)
    assert old.status == 303
    assert old.headers["location"] == f"{real.one.url}/{project.owner}/{project.name}"
    told = Client(real.one.gateway_url, bearer).get(app)
    assert told.status == 404
    assert told.json["error"]["code"] == "elsewhere"
    assert project.launch("terminal").startswith(west.one.gateway_url)
    stop(project)


def stop(project: Project) -> None:
    """Stop it: apps outlive a node that ends."""
    assert project.api.post(f"{project.path}/stop").status == 202
    project.wait("stopped")


VICTIMS = ("worker", "server", "gateway", "compute", "west gateway", "west compute")


def kill(real: Installed, west: West, victim: str) -> None:
    """Kill a role of either data center."""
    place, _, role = victim.rpartition(" ")
    if place:
        west.kill(role)
    else:
        real.kill(role)


def rounds() -> Iterator[tuple[str, float]]:
    """Yield whom to kill and after how many seconds."""
    every = itertools.product((0.3, 0.8, 1.5), VICTIMS)
    chosen = [(victim, wait) for wait, victim in every]
    if ROUNDS:
        yield from itertools.islice(itertools.cycle(chosen), ROUNDS)
    else:
        yield "worker", 0.6


def test_whoever_is_killed(real: Installed, west: West, project: Project) -> None:
    """The project is whole in one place, the record's; another attempt goes through."""
    places = homes(real, west, project)
    here = str(project.now()["data_center"])
    content = os.urandom(_SIZE)
    (places[here] / "large").write_bytes(content)
    for victim, wait in rounds():
        there = "west" if here == "local" else "local"
        task = move(project, there)
        time.sleep(wait)  # a moment of the move, not a condition
        kill(real, west, victim)
        until(lambda: real.web.get("/healthz").status == 200, "the server is back", 60)
        until(west.ready, "the other data center is back", 60)
        until(lambda: real.gate.get("/_aen/status").status == 200, "so is this", 60)
        now = ended(project, task)
        assert (places[now] / "large").read_bytes() == content, victim
        if now == here:
            assert project.now()["problem"], victim
            assert ended(project, move(project, there)) == there
        cleared(project, places)
        here = there
        assert (places[here] / "large").read_bytes() == content, victim
    project.start()
    stop(project)
