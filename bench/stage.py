"""What the rows stand on: the real platform, an app on it, and the peers beside it.

Everything is made when a row first asks for it, and ended with the bench.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from attrs import frozen

from aen.compute.environments.provider import APPS, DEFAULT, JUPYTER
from aen.local.installation import Installation
from bench import packages, peers
from bench.kinds import settled
from bench.measured import Missing
from bench.processes import program, running
from bench.signin import pass_cookie
from tests.installed import Installed, free_ports, new_installation
from tests.pem import Pair, make_pair
from tests.projects import FIRST_START, Person, Project, new_project
from tests.real_accounts import new_accounts
from tests.waiting import until

HERE = Path(__file__).parent
_OURS = 500
"""Statuses from here on are the gateway's: the app is not there."""
_BUILDING = 180.0
"""Seconds in which the environments' templates are built."""
BODIES, ECHO = "bodies", "echo"


@frozen
class App:
    """An app of the bench as it was launched on the platform."""

    path: str
    """Its address on the gateway, without a slash at its end."""
    near: int
    """The port at which it answers without anybody in between."""
    socket: Path
    """The socket at which it does, for peers that reach apps as we do."""


class Stage(ExitStack):
    """The platform and the peers.

    :param kept: a folder for the logs of what is started.
    """

    def __init__(self, kept: Path) -> None:
        super().__init__()
        self._kept = kept
        self._ports: dict[str, int] = {}

    @cached_property
    def platform(self) -> Installed:
        """The whole platform, as `make run` brings it up, with its real settings."""
        made = Installed(new_installation())
        self.callback(made.clean)
        self._bring_up(made)
        try:
            made.wait_ready()
            self._add_manifests(made)
        except AssertionError as error:
            raise SystemExit(f"The platform did not come up: {error}") from error
        return made

    def _bring_up(self, made: Installed) -> None:
        """Begin to start a platform, which is stopped with the bench."""
        made.start()
        self.callback(made.stop)
        self.callback(self._keep_logs, made.one)

    def crowded(self, fill: Callable[[Installed], float]) -> tuple[Installed, float]:
        """Start another platform whose store *fill* has filled; say how long it took.

        It is stopped with the others.
        """
        made = Installed(new_installation())
        self.callback(made.clean)
        took = fill(made)
        self._bring_up(made)
        made.wait_ready()
        return made, took

    @cached_property
    def accounts(self) -> Installed:
        """Another platform: each user has an account of this machine.

        :raises Missing: only root can make them.
        """
        if os.geteuid() != 0:
            raise Missing("Only root can make accounts.")
        made = Installed(new_installation(multiuser=True))
        self.callback(made.clean)
        self._bring_up(made)
        made.wait_ready()
        return made

    @cached_property
    def person(self) -> Person:
        """Somebody on that platform; the account goes with the bench."""
        (made,) = self.enter_context(new_accounts(self.accounts, "bench"))
        return made

    @cached_property
    def theirs(self) -> Project:
        """A project of theirs that runs; the first one has the templates built."""
        made = new_project(self.accounts, "bench", self.person)
        made.start(FIRST_START)
        prefix = self.accounts.one.prefix
        until(
            lambda: settled(prefix, (DEFAULT, JUPYTER, APPS)),
            "the templates are built",
            _BUILDING,
        )
        return made

    @cached_property
    def project(self) -> Project:
        """A private project that runs; the first one has the templates built."""
        made = new_project(self.platform, "bench")
        made.start(FIRST_START)
        prefix = self.platform.one.prefix
        until(lambda: settled(prefix), "the templates are built", _BUILDING)
        return made

    @cached_property
    def bodies(self) -> App:
        """The app that serves files: nginx."""
        program("nginx")
        return self.launched(BODIES)

    @cached_property
    def echo(self) -> App:
        """The app that sends messages back: Node's ws."""
        packages.node()
        return self.launched(ECHO)

    @cached_property
    def cookie(self) -> dict[str, str]:
        """The header by which the gateway knows a browser that has signed in."""
        url = f"{self.platform.one.gateway_url}{self.bodies.path}/1k"
        return {"Cookie": pass_cookie(self.platform, url)}

    @cached_property
    def certificate(self) -> Pair:
        """A certificate for this machine, signed by itself."""
        return make_pair(self.folder("certificate"), "127.0.0.1")

    def launched(self, name: str) -> App:
        """Open an app of the bench, which launches it, or find that it runs."""
        path = f"/{self.project.owner}/{self.project.name}/{name}"
        self.open(f"{path}/")
        return App(path, self.port(name), self._near(self.platform, name))

    def open(self, path: str) -> None:
        """Ask for an address of an app until the app is there to answer."""
        apps = self.platform.apps()
        what = f"{path} is answered"
        until(lambda: apps.get(path).status < _OURS, what, FIRST_START)

    def port(self, name: str) -> int:
        """Return the port that *name* has for the whole of the bench."""
        if name not in self._ports:
            self._ports[name] = free_ports(1)[0]
        return self._ports[name]

    def folder(self, name: str) -> Path:
        """Return a folder for the files of *name*, among the logs."""
        made = self._kept / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def nginx(self, app: App, *, tls: bool = False) -> int:
        """Return the port of an nginx before *app*, reached by a socket as we do.

        :raises Missing: it cannot be had.
        """
        name = f"nginx-{app.near}{'-tls' if tls else ''}"
        if name not in self._ports:
            port, folder = free_ports(1)[0], self.folder(name)
            certificate = self.certificate if tls else None
            where = f"unix:{app.socket}"
            text = peers.nginx_settings(folder, port, where, certificate)
            written = folder / "nginx.conf"
            written.write_text(text, "utf-8")
            command = (program("nginx"), "-p", str(folder), "-c", str(written))
            self._start(name, command, port)
        return self._ports[name]

    def chp(self, app: App, *, tls: bool = False) -> int:
        """Return the port of a configurable-http-proxy before *app*.

        By TCP: to sockets it makes a new connection for each request.

        :raises Missing: it cannot be had.
        """
        name = f"chp-{app.near}{'-tls' if tls else ''}"
        if name not in self._ports:
            port, api = free_ports(2)
            certificate = self.certificate if tls else None
            node = packages.node()
            command = peers.chp_command(node, (port, api), app.near, certificate)
            self._start(name, command, port)
        return self._ports[name]

    def twisted(self, app: App) -> int:
        """Return the port of a `twisted.web.proxy` before *app*; it knows only TCP."""
        name = f"twisted-{app.near}"
        if name not in self._ports:
            port = free_ports(1)[0]
            arguments = (str(peers.TWISTED_PROGRAM), str(port), str(app.near))
            self._start(name, (sys.executable, *arguments), port)
        return self._ports[name]

    def _start(self, name: str, command: tuple[str, ...], port: int) -> None:
        log = self.folder(name) / "said.log"
        self.enter_context(running(command, port, log))
        self._ports[name] = port

    def _near(self, platform: Installed, name: str) -> Path:
        # Short, as paths of sockets must be.
        return platform.one.prefix / f"{name}.sock"

    def _add_manifests(self, platform: Installed) -> None:
        """Add the bench's apps to the node, as its operator would."""
        apps = platform.one.compute_prefix / "etc/wakari/apps"
        apps.mkdir(exist_ok=True)
        folder = str(self.folder("app-bodies"))
        commands = {
            BODIES: (
                *(sys.executable, str(HERE / "apps/bodies.py"), "%(socket)s"),
                *("%(urlPrefix)s", folder, str(self.port(BODIES))),
                str(self._near(platform, BODIES)),
            ),
            ECHO: (
                *(_node(), str(peers.ECHO_PROGRAM), "%(socket)s"),
                *(str(self.port(ECHO)), str(self._near(platform, ECHO))),
            ),
        }
        for name, command in commands.items():
            manifest = {
                "name": name,
                "title": name.title(),
                "command_list": command,
            }
            (apps / f"{name}.json").write_text(json.dumps(manifest), "utf-8")
        platform.control("restart", "compute")
        until(platform.is_ready, "the node is back")

    def _keep_logs(self, one: Installation) -> None:
        for log in one.prefix.glob("wakari-*/var/log/wakari/*.log"):
            # The access log of a bench is large and says nothing.
            if log.name not in ("gateway.log", "compute-launcher.log"):
                shutil.copyfile(log, self.folder("platform") / log.name)


def _node() -> str:
    try:
        return str(packages.node())
    except Missing:
        return "node"


@contextmanager
def gateway_with(
    stage: Stage,
    changes: Mapping[str, object],
    ready: Callable[[], bool] | None = None,
) -> Iterator[None]:
    """Restart the gateway with other settings; afterwards with its own again.

    :param ready: tells whether it is up, if not by its status over HTTP.
    """
    path = stage.platform.one.gateway_settings
    before = path.read_bytes()
    path.write_text(json.dumps({**json.loads(before), **changes}), "utf-8")
    try:
        restart_gateway(stage, ready)
        yield
    finally:
        path.write_bytes(before)
        restart_gateway(stage)


def restart_gateway(stage: Stage, ready: Callable[[], bool] | None = None) -> None:
    """Restart the gateway and wait until it is well."""
    stage.platform.control("restart", "gateway")
    until(ready or stage.platform.is_ready, "the gateway is back", 60)
