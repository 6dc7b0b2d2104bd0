"""A gateway as its operator starts it, between a little server and a little node."""

import json
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from attrs import define, evolve, field
from autobahn.twisted.resource import WebSocketResource
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from aen.model.names import PlaceName
from aen.model.places import Node
from aen.runtime.machine import machine
from aen.wire.channel import ChannelEnd
from tests.gateway.fakes import GRANT, LAUNCH
from tests.gateway.world import (
    GATEWAY_KEY,
    SERVER_KEY,
    LittleNode,
    LittleServer,
)
from tests.installed import free_ports
from tests.pem import Pair
from tests.reactor import reactor
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = {"Authorization": "Bearer aen_x"}
PIECE = b"x" * 1000
PIECES = 25


class App(Resource):
    """Tells which worker asked; sends slowly at ``…/slow``; echoes at ``…/ws``."""

    def __init__(self) -> None:
        super().__init__()
        factory = WebSocketServerFactory()
        factory.protocol = _Echo
        self._echo = WebSocketResource(factory)

    def getChildWithDefault(self, path: bytes, request: Request) -> Any:
        if request.path.endswith(b"/ws"):
            request.postpath = []
            return self._echo
        return self

    def render_GET(self, request: Request) -> bytes | int:
        if request.path.endswith(b"/slow"):
            self._send_slowly(request, PIECES)
            return NOT_DONE_YET
        proto = request.getHeader("x-forwarded-proto") or "-"
        worker = (request.getHeader("x-request-id") or "-").partition("-")[0]
        return f"{worker} {proto}".encode()

    def _send_slowly(self, request: Request, left: int) -> None:
        if left:
            request.write(PIECE)
            reactor.callLater(0.1, self._send_slowly, request, left - 1)
        else:
            request.finish()


@define
class Server(LittleServer):
    """Knows how many channels are open."""

    ends: set[ChannelEnd] = field(factory=set)

    def opened(self, gateway: str, end: ChannelEnd) -> None:
        """Count it."""
        self.ends.add(end)
        super().opened(gateway, end)

    def closed(self, gateway: str, end: ChannelEnd) -> None:
        """Count it no more."""
        self.ends.discard(end)


class _Echo(WebSocketServerProtocol):
    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N803
        self.sendMessage(payload, isBinary)


@define
class Around:
    """What a client knows of a gateway."""

    pair: Pair
    port: int

    def trust(self) -> ssl.SSLContext:
        """Return what a client needs to believe the gateway."""
        return ssl.create_default_context(cafile=str(self.pair.certificate))


@define
class Grown(Around):
    """The gateway's process, and what is around it."""

    folder: Path
    server: Server
    ports: list[Any]
    settings: dict[str, Any]
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def file(self) -> Path:
        """The settings file."""
        return self.folder / "gateway.json"

    @property
    def output(self) -> str:
        """What the processes have said."""
        return (self.folder / "out.txt").read_text()

    def write(self, **changes: Any) -> None:
        """Write the settings with *changes*."""
        self.settings |= changes
        self.file.write_text(json.dumps(self.settings))
        self.file.chmod(0o600)

    def start(self) -> None:
        """Start ``twistd aen-gateway``."""
        with (self.folder / "out.txt").open("ab") as output:
            self.process = subprocess.Popen(
                (
                    *(sys.executable, str(Path(sys.executable).with_name("twistd"))),
                    *("--nodaemon", "--pidfile=", "--logger=aen.runtime.logs.as_text"),
                    *("aen-gateway", "-c", str(self.file)),
                ),
                cwd=ROOT,
                env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def workers(self) -> set[int]:
        """Return the processes of the workers."""
        assert self.process is not None
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return set()
        return {one.pid for one in children if one.status() != psutil.STATUS_ZOMBIE}

    def signal(self, number: int) -> None:
        """Send the gateway a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait for the gateway's end and return its exit status."""
        assert self.process is not None
        process = self.process
        await eventually(lambda: process.poll() is not None, "the gateway ends")
        return int(process.returncode)

    async def until_serving(self, workers: int) -> None:
        """Wait until so many workers have said that they serve."""
        await eventually(
            lambda: self.output.count("serves, process") >= workers,
            f"{workers} workers serve",
            30,
        )

    async def clean(self) -> None:
        """End all that is left."""
        if self.process is not None and self.process.poll() is None:
            for pid in self.workers():
                psutil.Process(pid).kill()
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        await eventually(lambda: not self.server.ends, "every channel closes")
        for port in self.ports:
            await port.stopListening()


async def grow(folder: Path, pair: Pair, **settings: Any) -> Grown:
    """Return a gateway with TLS that runs, with these further *settings*."""
    node = LittleNode()
    node_port = reactor.listenTCP(0, Site(node.app.resource()), interface="127.0.0.1")
    here = Node(PlaceName("n1"), f"http://127.0.0.1:{node_port.getHost().port}")
    server = Server(here)
    server.grant = evolve(GRANT, node=here)
    server_port = reactor.listenTCP(0, server.site(), interface="127.0.0.1")
    app_port = reactor.listenTCP(0, Site(App()), interface="127.0.0.1")
    node.launch = evolve(
        LAUNCH, socket="", port=app_port.getHost().port, machine=machine()
    )
    (port,) = free_ports(1)
    given: dict[str, Any] = {
        "name": "east",
        "server": f"http://127.0.0.1:{server_port.getHost().port}",
        "server_key": SERVER_KEY.public,
        "key": GATEWAY_KEY.text,
        "public_url": f"https://localhost:{port}",
        "prefix": str(folder),
        "listen": [f"tcp:{port}:interface=127.0.0.1"],
        "tls": {"certificate": str(pair.certificate), "key": str(pair.key)},
        **settings,
    }
    (folder / "var/log/wakari").mkdir(parents=True)
    made = Grown(pair, port, folder, server, [node_port, server_port, app_port], given)
    made.write()
    made.start()
    return made
