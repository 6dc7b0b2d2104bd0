"""The real platform, brought up by `python -m aen.local run`, for tests to use."""

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
from attrs import define, field

from aen.local import disk
from aen.local.installation import ADMINISTRATOR, Installation
from tests.asking import Client
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "ci"
"""Where logs and pictures are kept for whoever looks at a failed run."""
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Which of the processes that share a run's tests this is, from 0."""
PASSWORD = "seven grey herons wade"
_PORTS = range(10_000, 32_768)
SERVICES = {
    "server": "wakari-server:wk-server",
    "worker": "wakari-server:wakari-worker",
    "gateway": "wakari-gateway",
    "compute": "wakari-compute",
}


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on now, and that no connection is given meanwhile.

    What restarts at one of them would else find it taken by a connection that another
    process has just made: the system gives those ports from 32768 on.
    """
    with ExitStack() as stack:
        probes: list[socket.socket] = []
        while len(probes) < count:
            probe = stack.enter_context(socket.socket())
            with suppress(OSError):
                probe.bind(("127.0.0.1", _PORTS[secrets.randbelow(len(_PORTS))]))
                probes.append(probe)
        return [probe.getsockname()[1] for probe in probes]


def new_installation(*, multiuser: bool = False) -> Installation:
    """Choose a folder and ports for an installation of its own."""
    # Short: the paths of UNIX sockets are limited to about a hundred bytes.
    folder = Path(tempfile.mkdtemp(prefix="aen"))
    if multiuser:
        folder.chmod(0o755)  # its users must get to their projects
    http_port, gateway, compute = free_ports(3)
    return Installation(folder, http_port, gateway, compute, multiuser=multiuser)


def lighten(one: Installation) -> None:
    """Have a node make environments of nothing but pip, from its next start on.

    What notebooks need takes it half a minute of a machine's time.
    """
    light = {"default_packages": ["pip"], "jupyter_packages": ["pip"]}
    settings = {**disk.read_object(one.compute_settings), **light}
    disk.write_text(one.compute_settings, json.dumps(settings))


@define
class Installed:
    """One installation and the `run` that keeps it up."""

    one: Installation
    password: str = PASSWORD
    run: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _token: str | None = field(default=None, init=False)

    @property
    def said(self) -> Path:
        """What `run` printed."""
        return self.one.prefix / "run.txt"

    def command(self) -> tuple[str, ...]:
        """Return the command line of `make run` for this installation."""
        one = self.one
        return (
            *(sys.executable, "-m", "aen.local", "run"),
            *("--prefix", str(one.prefix), "--http", str(one.http)),
            *("--gateway", str(one.gateway), "--compute", str(one.compute)),
            *(("--multiuser", "1") if one.multiuser else ()),
        )

    def start(self) -> None:
        """Begin bringing it up."""
        with self.said.open("ab") as output:
            self.run = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                env={**os.environ, "ADMIN_PASSWORD": self.password},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_ready(self) -> bool:
        """Tell whether it is ready as the public contract says; fail if it ended."""
        assert self.run is not None
        assert self.run.poll() is None, self.said.read_text()
        return (
            self.web.get("/healthz").status == http.client.OK
            and self.gate.get("/_aen/status").status == http.client.OK
        )

    def wait_ready(self, seconds: float = 120.0) -> None:
        """Wait until everything is up and `run` has said so."""
        until(self.is_ready, "the platform is up", seconds)
        until(lambda: "AEN is ready" in self.said.read_text(), "run says so")

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it the way a person does, and return the exit status of `run`."""
        assert self.run is not None
        self.run.send_signal(number)
        return self.run.wait(120)

    @property
    def web(self) -> Client:
        """The server, for nobody in particular."""
        return Client(self.one.url)

    @property
    def gate(self) -> Client:
        """The gateway, for nobody in particular."""
        return Client(self.one.gateway_url)

    def admin(self, *arguments: str) -> str:
        """Run `bin/aen-server-admin` and return what it printed."""
        return self.command_below_bin("aen-server-admin", *arguments)

    def command_below_bin(
        self, name: str, *arguments: str, statuses: tuple[int, ...] = (0,)
    ) -> str:
        """Run one of the installation's own commands; it must end with one of these."""
        done = self.run_below_bin(name, *arguments)
        assert done.returncode in statuses, done.stdout + done.stderr
        return done.stdout

    def run_below_bin(
        self, name: str, *arguments: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run one of the installation's own commands, however it ends."""
        return subprocess.run(
            (self.one.programs / name, *arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd="/",
        )

    @property
    def token(self) -> str:
        """An API token of the administrator, made by an operator's command."""
        if self._token is None:
            said = self.admin("add-token", ADMINISTRATOR, "--note", "tests")
            self._token = said.split()[-1]
        return self._token

    def api(self, token: str | None = None) -> Client:
        """Return the JSON API for a token's owner."""
        bearer = {"Authorization": f"Bearer {token or self.token}"}
        return Client(self.one.url, bearer)

    def apps(self, token: str | None = None) -> Client:
        """Return the gateway for a token's owner."""
        bearer = {"Authorization": f"Bearer {token or self.token}"}
        return Client(self.one.gateway_url, bearer)

    def pid(self, role: str) -> int:
        """Return the process of a role; 0 while it does not run."""
        done = subprocess.run(
            (self.one.programs / "supervisorctl", "pid", SERVICES[role]),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return int(done.stdout) if done.stdout.strip().isdigit() else 0

    def control(self, verb: str, role: str) -> None:
        """Start, stop or restart a role with supervisorctl."""
        self.command_below_bin("supervisorctl", verb, SERVICES[role])

    def restart_node(self) -> None:
        """Have the node read its settings and manifests anew; wait for its gateway."""
        self.control("restart", "compute")
        status = "/_aen/status"
        until(lambda: self.gate.get(status).json["status"] == "ok", "the node is back")

    def kill(self, role: str) -> None:
        """Kill a role without warning and wait until another process does its work."""
        before = self.pid(role)
        assert before
        os.kill(before, signal.SIGKILL)
        until(lambda: self.pid(role) not in (0, before), f"{role} is back", 20)

    def processes(self, place: Path | None = None) -> list[str]:
        """Return every process that has to do with *place*, else with any of it."""
        return [
            f"{process.pid} {' '.join(_command(process))}"
            for process in psutil.process_iter()
            if process.pid != os.getpid()
            and _touches(process, str(place or self.one.prefix))
        ]

    def files(self) -> Iterator[Path]:
        """Yield every file below it but those that environments are made of."""
        for folder, folders, names in os.walk(self.one.prefix):
            folders[:] = [one for one in folders if one not in ("envs", ".envs")]
            yield from filter(Path.is_file, (Path(folder, name) for name in names))

    def keep_logs(self, name: str) -> None:
        """Copy every log to where the artefacts of a run are kept."""
        kept_below = KEPT / "logs" / (f"{name}-{WORKER}" if WORKER else name)
        for path in self.files():
            theirs = self.one.projects in path.parents
            if not theirs and path.suffix in (".log", ".txt"):
                kept = kept_below / path.relative_to(self.one.prefix)
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, kept)

    def clean(self) -> None:
        """End and forget what is left, however the test went."""
        if self.run is not None and self.run.poll() is None:
            self.run.kill()
            self.run.wait()
        for line in self.processes():
            _kill(int(line.split()[0]))
        shutil.rmtree(self.one.prefix, ignore_errors=True)


def _touches(process: psutil.Process, place: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        texts = [*process.cmdline(), process.cwd(), *process.environ().values()]
    except (psutil.Error, OSError):
        return False
    return any(place in text for text in texts)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def brought_up(
    name: str,
    one: Installation | None = None,
    *,
    multiuser: bool = False,
    notebooks: bool = False,
) -> Iterator[Installed]:
    """Give a platform that is up; afterwards end it and see that nothing is left.

    :param name: under which its logs are kept.
    :param notebooks: whether JupyterLab and kernels can be had on it.
    """
    made = Installed(one or new_installation(multiuser=multiuser))
    try:
        made.start()
        made.wait_ready()
        if not notebooks:
            lighten(made.one)
            made.restart_node()
        yield made
        status = made.stop()
        assert status == 0, made.said.read_text()
        assert made.processes() == []
    finally:
        made.keep_logs(name)
        made.clean()
