"""Real workers on one embedded store, and a data center that notes what they ask."""

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from attrs import define, evolve, field
from twisted.application.service import IService
from twisted.internet.defer import maybeDeferred
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from aen.model.errors import Unavailable
from aen.model.names import PlaceName, parse_project_path
from aen.model.projects import Project
from aen.model.tasks import Kind, Task
from aen.runtime.settings import Layer, read_settings
from aen.runtime.tasks import pause
from aen.server.making import make_rooms
from aen.server.rooms import Rooms
from aen.server.settings import ServerSettings
from aen.server.store.opening import open_database
from aen.server.store.schema import INDEXES
from aen.server.tasks import project_key
from aen.wire.messages import NodeStatus
from tests.installed import free_ports
from tests.reactor import reactor
from tests.server.furnished import quick_passwords, task_of
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "bZcwxHH0CH5jlXNDJqbvi_R9cj1oMzqNnCwOYHRxXIs"


class Center(Resource):
    """Takes *seconds* for each thing asked of a project; notes what comes at once."""

    isLeaf = True

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.done: Counter[str] = Counter()
        self.broken_off = 0
        self.at_once: list[str] = []
        self._open: set[str] = set()

    def render_POST(self, request: Request) -> int:
        """Do what is asked, unless who asked goes away."""
        assert request.content is not None
        project = json.loads(request.content.read())["id"]
        if project in self._open:
            self.at_once.append(project)
        self._open.add(project)
        request.setHeader(b"content-type", b"application/x-ndjson")
        request.write(b"{}\n")

        def finish() -> None:
            self.done[project] += 1
            request.write(b'{"done": true}\n')
            request.finish()

        timer = reactor.callLater(self.seconds, finish)

        def over(_: object) -> None:
            self._open.discard(project)
            if timer.active():
                self.broken_off += 1
                timer.cancel()

        request.notifyFinish().addBoth(over)
        return NOT_DONE_YET


@define
class Crew:
    """A store, a data center, and as many workers as a test starts."""

    prefix: Path
    center: Center
    rooms: Rooms
    settings_file: Path
    store: IService
    port: Any
    workers: "list[subprocess.Popen[bytes]]" = field(factory=list)
    projects: list[Project] = field(factory=list)
    tasks: list[Task] = field(factory=list)

    def hire(self) -> "subprocess.Popen[bytes]":
        """Start a worker."""
        with (self.prefix / "workers.log").open("ab") as log:
            worker = subprocess.Popen(
                (
                    *(sys.executable, str(Path(sys.executable).with_name("twistd"))),
                    *("--nodaemon", "--pidfile=", "--logger=aen.runtime.logs.as_text"),
                    *("aen-server", "--worker", "-c", str(self.settings_file)),
                ),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
        self.workers.append(worker)
        return worker

    def dismiss(self, worker: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
        """End a worker with a signal, and take note of it."""
        worker.send_signal(how)
        self.workers.remove(worker)
        worker.wait(30)

    async def add(self, number: int) -> None:
        """Ask for the start of that many new projects."""
        archive = self.rooms.archive
        for _ in range(number):
            one = len(self.projects)
            path = parse_project_path("ada", f"p{one}")
            project = Project(f"id{one}", path, PlaceName("east"))
            await archive.projects.add(project)
            self.projects.append(project)
            key, arguments = project_key(project.id), {"project": project.id}
            tasks = self.rooms.tasks
            self.tasks.append(
                await tasks.add(Kind.START_PROJECT, key, arguments, "ada")
            )

    @property
    def log(self) -> str:
        """What the workers have said last."""
        path = self.prefix / "workers.log"
        return path.read_text()[-4000:] if path.exists() else ""

    async def clean(self) -> None:
        """End everything."""
        for worker in tuple(self.workers):
            self.dismiss(worker, signal.SIGKILL)
        await maybeDeferred(self.port.stopListening)
        await maybeDeferred(self.store.stopService)


async def found(tmp_path: Path, seconds: float = 0.05, **settings: Any) -> Crew:
    """Return a crew without workers."""
    (port,) = free_ports(1)
    settings_file = tmp_path / "settings.json"
    values = {"public_url": "http://aen.example", "prefix": str(tmp_path), **settings}
    settings_file.write_text(json.dumps(values))
    read = read_settings(ServerSettings, [Layer(settings_file, required=True)])
    database, store = open_database(reactor, directory=read.store)
    rooms = make_rooms(read, database, quick_passwords(), reactor)
    center = Center(seconds)
    listening = reactor.listenTCP(port, Site(center), interface="127.0.0.1")
    store.startService()
    crew = Crew(tmp_path, center, rooms, settings_file, store, listening)
    await _prepare(crew, f"http://127.0.0.1:{port}")
    return crew


async def _prepare(crew: Crew, url: str) -> None:
    ready: list[bool] = []

    async def perhaps() -> None:
        try:
            await crew.rooms.database.prepare(INDEXES)
        except Unavailable:
            return
        ready.append(True)

    while not ready:
        await perhaps()
        await pause(reactor, 0.05)
    centers = crew.rooms.centers
    await centers.register(None, "east", url, KEY)
    await centers.add_node(None, "east", "n1", "http://127.0.0.1:9")
    status = NodeStatus("n1", "1", single_user=True, projects=0)
    await centers.heard_status("east", evolve(status))


async def all_ended(crew: Crew, seconds: float) -> list[Task]:
    """Wait until every task has ended and return them."""
    ended: list[Task] = []

    async def look() -> None:
        ended.clear()
        for task in crew.tasks:
            now = await task_of(crew.rooms, task.id)
            if now.state.ended:
                ended.append(now)

    for _ in range(int(seconds)):
        await look()
        if len(ended) == len(crew.tasks):
            return ended
        await pause(reactor, 1.0)
    raise AssertionError(f"{len(ended)} of {len(crew.tasks)} ended\n{crew.log}")


async def begun(crew: Crew, number: int) -> None:
    """Wait until the data center has done that much."""
    await eventually(
        lambda: sum(crew.center.done.values()) >= number, f"{number} are done", 60.0
    )
