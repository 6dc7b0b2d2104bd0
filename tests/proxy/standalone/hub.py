"""A real JupyterHub whose proxy is ours, and a person who uses it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import uv
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.installed import free_ports
from tests.notebooks import execute_request
from tests.waiting import until

ROOT = Path(__file__).parents[3]
INSTALL_SECONDS = 100
START_SECONDS = 60
PACKAGES = ("jupyterhub>=5", "notebook>=7")
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.proxy_class = "jupyterhub.proxy.ConfigurableHTTPProxy"
c.ConfigurableHTTPProxy.command = ["aen-proxy"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "a-long-shared-word"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{home}/{{username}}"
c.Spawner.cmd = ["{bin}/jupyterhub-singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.http_timeout = 60
"""


def installed(where: Path) -> str | None:
    """Install JupyterHub below *where*; return why that cannot be had."""
    program = uv.find_uv_bin()
    python = str(where / "bin" / "python")
    for command in (
        [program, "venv", "-q", "--python", sys.executable, str(where)],
        [program, "pip", "install", "-q", "--python", python, *PACKAGES],
    ):
        try:
            done = subprocess.run(
                command,
                check=False,
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return "installing JupyterHub takes too long"
        if done.returncode:
            return "JupyterHub cannot be installed: " + done.stderr.strip()[-200:]
    return None


@contextmanager
def running(venv: Path, room: Path) -> Iterator[str]:
    """Run JupyterHub with our proxy; give its address."""
    port, hub, api = free_ports(3)
    home, programs = room / "home", room / "bin"
    home.mkdir()
    programs.mkdir()
    proxy = programs / "aen-proxy"
    proxy.write_text(
        f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable}"
        ' -m aen.proxy.standalone "$@"\n'
    )
    proxy.chmod(0o755)
    config = room / "jupyterhub_config.py"
    config.write_text(
        CONFIG.format(port=port, hub=hub, api=api, home=home, bin=venv / "bin")
    )
    environment = {
        "PATH": f"{programs}:{venv / 'bin'}:{os.environ['PATH']}",
        "HOME": str(room),
    }
    with (room / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [str(venv / "bin" / "jupyterhub"), "-f", str(config)],
            cwd=room,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    except AssertionError as error:
        error.add_note((room / "hub.log").read_text("utf-8", "replace")[-4000:])
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
            _end_proxy(room / "jupyterhub-proxy.pid")


def _end_proxy(left: Path) -> None:
    """End the proxy of a hub that did not get to it: then its file is still there."""
    if left.exists():
        with suppress(ProcessLookupError):
            os.kill(int(left.read_text()), signal.SIGTERM)


class Person:
    """Somebody with a browser."""

    def __init__(self, base: str, name: str) -> None:
        self.base = base
        self.name = name
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))

    def open(
        self, path: str, data: bytes | None = None, **headers: str
    ) -> tuple[int, str, bytes]:
        """Return status, last address and body."""
        request = Request(self.base + path, data, headers)  # noqa: S310 -- http, ours
        try:
            with self._opener.open(request, timeout=30) as response:
                return response.status, response.url, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.url or "", error.read()

    def until_there(self) -> None:
        """Wait until the hub answers."""
        until(
            lambda: self.open("/hub/login")[0] == 200, "JupyterHub is up", START_SECONDS
        )

    def sign_in(self) -> None:
        """Sign in by the form; that starts a server."""
        page = self.open("/hub/login")[2].decode()
        token = re.search(r'name="_xsrf"\s+value="([^"]+)"', page)
        assert token is not None
        form = {
            "username": self.name,
            "password": "a-long-shared-word",
            "_xsrf": token[1],
        }
        status, url, _ = self.open("/hub/login", urlencode(form).encode())
        assert status == 200, url

    def until_spawned(self) -> None:
        """Wait until one's own server shows its first page."""
        page = f"/user/{self.name}/tree"

        def there() -> bool:
            status, url, _ = self.open(page)
            return status == 200 and page in url

        until(there, f"the server of {self.name} is up", START_SECONDS)

    def cookie(self, name: str, path: str) -> str:
        """Return a cookie's value."""
        return next(
            c.value or "" for c in self.cookies if c.name == name and c.path == path
        )

    def ask(self, path: str, body: Any) -> Any:
        """Return what one's own server answers to a POST of JSON."""
        xsrf = self.cookie("_xsrf", f"/user/{self.name}/")
        status, _, answer = self.open(
            f"/user/{self.name}{path}",
            json.dumps(body).encode(),
            **{"Content-Type": "application/json", "X-XSRFToken": xsrf},
        )
        assert status in (200, 201), answer
        return json.loads(answer)

    def execute(self, code: str) -> str:
        """Return what a new kernel prints."""
        kernel = self.ask("/api/kernels", {"name": "python3"})["id"]
        path = f"/user/{self.name}/api/kernels/{kernel}/channels"
        line = Request(self.base + path)  # noqa: S310 -- http, ours
        self.cookies.add_cookie_header(line)
        headers = {"Cookie": line.get_header("Cookie") or ""}
        with connect(
            self.base.replace("http", "ws", 1) + path,
            additional_headers=headers,
            origin=Origin(self.base),
            open_timeout=20,
        ) as channels:
            channels.send(json.dumps(execute_request("1", code)))
            while True:
                said = json.loads(channels.recv(timeout=30))
                if said["msg_type"] == "stream":
                    return str(said["content"]["text"])
