"""How long a person waits: projects and JupyterLab."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
from attrs import frozen

from bench.measured import Measured, Missing, Pace, Sample
from bench.stage import Stage
from tests.projects import Project, new_project

_POLL = 0.01
_PATIENCE = 120.0
_LAB = "jupyterlab"
_SOCKET = "--ServerApp.sock="
_RUNTIME = "JUPYTER_CONFIG_PATH"


def first_start(stage: Stage, pace: Pace) -> Measured:
    """Measure first starts; the template is warm."""
    stage.project.wait("running")  # the first one builds the template
    samples = [_started(new_project(stage.platform, "first")) for _ in range(pace.runs)]
    return Measured({"platform": samples})


def start(stage: Stage, pace: Pace) -> Measured:
    """Measure starts of a project that has been there."""
    project = new_project(stage.platform, "again")
    project.start()
    return _started_again(project, pace.runs)


def real_first_start(stage: Stage, pace: Pace) -> Measured:
    """Measure first starts of projects that belong to an account of this machine."""
    stage.theirs.wait("running")
    platform, person = stage.accounts, stage.person
    samples = [
        _started(new_project(platform, "first", person)) for _ in range(pace.runs)
    ]
    return Measured({"platform": samples})


def real_start(stage: Stage, pace: Pace) -> Measured:
    """Measure starts of such a project that has been there."""
    return _started_again(stage.theirs, pace.runs)


def _started_again(project: Project, times: int) -> Measured:
    samples = []
    for _ in range(times):
        project.api.post(f"{project.path}/stop")
        project.wait("stopped")
        samples.append(_started(project))
    return Measured({"platform": samples})


def _started(project: Project) -> Sample:
    def runs() -> bool:
        found = project.now()
        if found["state"] == "failed":
            raise Missing(str(found["problem"]))
        return bool(found["state"] == "running")

    begin = time.perf_counter()
    answer = project.api.post(f"{project.path}/start")
    if answer.status != http.client.ACCEPTED:
        raise Missing(f"The project does not start: {answer.text}")
    _soon(runs)
    return {"seconds": time.perf_counter() - begin}


def _soon(question: Callable[[], bool]) -> None:
    """Wait until *question* is answered with yes, asking often.

    :raises Missing: it is not.
    """
    deadline = time.perf_counter() + _PATIENCE
    while not question():
        if time.perf_counter() > deadline:
            raise Missing(f"Not within {_PATIENCE:.0f} s.")
        time.sleep(_POLL)


@frozen
class Bare:
    """JupyterLab's own command, as the platform runs it."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str

    def at(self, place: Path) -> tuple[str, ...]:
        """Return the command with another socket."""
        return tuple(
            f"{_SOCKET}{place}" if one.startswith(_SOCKET) else one for one in self.argv
        )


def jupyterlab(stage: Stage, pace: Pace) -> Measured:
    """Measure how long JupyterLab takes to answer, started by us and by itself."""
    project = stage.project
    path = f"/{project.owner}/{project.name}/{_LAB}"
    stage.open(f"{path}/api")
    bare = _bare(path, stage.folder("jupyterlab"))
    place = stage.platform.one.prefix / "bare.sock"
    ours: list[Sample] = []
    own: list[Sample] = []
    _stop_lab(project, path)
    for _ in range(pace.runs):
        own.append(_bare_start(bare, place, f"{path}/api"))
        ours.append(_opened(stage, f"{path}/api"))
        _stop_lab(project, path)
    beyond = [
        {"seconds": mine["seconds"] - its["seconds"]}
        for mine, its in zip(ours, own, strict=True)
    ]
    return Measured({"platform": ours, "its own": own, "beyond its own": beyond})


def _labs(path: str) -> list[psutil.Process]:
    """Return the processes of the JupyterLab at *path*."""
    wanted = f"--ServerApp.base_url={path}/"
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if wanted in process.cmdline():
                found.append(process)
    return found


def _bare(path: str, kept: Path) -> Bare:
    """Return how the platform runs JupyterLab, with a copy of what it tells it.

    The launch's own runtime directory goes with the launch.
    """
    # The last one started is Jupyter's own, what supervises it came before.
    found = max(_labs(path), key=lambda process: process.create_time(), default=None)
    if found is None:
        raise Missing("JupyterLab's process is not to be found.")
    argv, environment = found.cmdline(), found.environ()
    runtime = environment[_RUNTIME]
    copy = shutil.copytree(runtime, kept / "runtime", ignore=_no_sockets)
    moved = tuple(one.replace(runtime, str(copy)) for one in argv)
    here = {key: text.replace(runtime, str(copy)) for key, text in environment.items()}
    return Bare(moved, here, found.cwd())


def _no_sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder, name).is_socket()]


def _stop_lab(project: Project, path: str) -> None:
    running = _labs(path)
    project.api.ask("DELETE", f"{project.path}/apps/{_LAB}")
    if psutil.wait_procs(running, timeout=_PATIENCE)[1]:
        raise Missing("JupyterLab does not end.")


def _opened(stage: Stage, path: str) -> Sample:
    begin = time.perf_counter()
    answer = stage.platform.apps().get(path)
    took = time.perf_counter() - begin
    if answer.status != http.client.OK:
        raise Missing(f"JupyterLab did not open: {answer.status} {answer.text[:200]}")
    return {"seconds": took}


def _bare_start(bare: Bare, place: Path, path: str) -> Sample:
    place.unlink(missing_ok=True)
    begin = time.perf_counter()
    process = subprocess.Popen(
        bare.at(place),
        env=dict(bare.environment),
        cwd=bare.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _soon(lambda: _answers(place, path))
        return {"seconds": time.perf_counter() - begin}
    finally:
        process.terminate()
        process.wait(30)


def _answers(place: Path, path: str) -> bool:
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(place))
            probe.sendall(request)
            return b" 200 " in probe.recv(4096).split(b"\r\n")[0]
        except OSError:
            return False
