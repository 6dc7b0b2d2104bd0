"""The real files app behind a port, as the gateway would have it, for command lines."""

import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import define, field

from tests.asking import Client
from tests.cli.fake import PROJECT, Fake
from tests.waiting import until

PREFIX = "/ada/lab/files"


@define
class Files:
    """A project's folder, and where its files app is."""

    project: Path
    url: str
    cut_after: list[int] = field(factory=list)
    """Bytes after which each of the next connections is cut, either way."""


@contextmanager
def serving_files(folder: Path) -> Iterator[Files]:
    """Start the app; end it afterwards."""
    project, path = folder / "project", folder / "s"
    project.mkdir()
    argv = (
        *(sys.executable, "-m", "aen.compute.apps.files", "--socket", str(path)),
        *("--prefix", PREFIX, "--project", str(project)),
    )
    process = subprocess.Popen(argv, env=dict(os.environ))
    client = Client("http://x", socket=path)
    until(lambda: client.get(f"{PREFIX}/.aen-app/ready").status == 204, "it is up")
    server = _Port(("127.0.0.1", 0), _Relay)
    server.path = path
    server.files = Files(project, f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.files
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        process.terminate()
        process.wait(10)


class _Port(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    path: Path
    files: Files


class _Relay(socketserver.BaseRequestHandler):
    """Passes bytes on, as many as may pass."""

    server: _Port

    def handle(self) -> None:
        """Relay one connection until it ends or is cut."""
        cuts = self.server.files.cut_after
        left = cuts.pop(0) if cuts else 1 << 60
        with socket.socket(socket.AF_UNIX) as app:
            app.connect(str(self.server.path))
            ways = ((self.request, app), (app, self.request))
            threads = [
                threading.Thread(target=self._pass, args=(*way, left)) for way in ways
            ]
            for one in threads:
                one.start()
            for one in threads:
                one.join()

    def _pass(self, source: socket.socket, target: socket.socket, left: int) -> None:
        with suppress(OSError):
            while left > 0 and (data := source.recv(min(65536, left))):
                target.sendall(data)
                left -= len(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def telling(fake: Fake, files: Files) -> None:
    """Have the API say where the app is."""
    url = f"{files.url}{PREFIX}/"
    app = {"name": "files", "title": "Files", "state": "running", "url": url}
    fake.says("GET /projects/ada/lab/apps/files", (200, app))
    fake.says("GET /projects/ada/lab", (200, PROJECT))
