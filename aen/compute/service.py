"""The compute role as one service; its only file that knows the reactor."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.application.service import IService, MultiService
from twisted.web.http import Request
from twisted.web.server import Site
from typing_extensions import override

from aen.compute.api import ComputeApi, OneGateway
from aen.compute.app_process import LaunchLimits
from aen.compute.command import Ground, passed_on
from aen.compute.door import NodeRouter
from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.index import readable_pip_files, uv_environment
from aen.compute.environments.provider import JUPYTER
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.launches import Launches, LaunchGround
from aen.compute.limits import as_limits, check_bounds
from aen.compute.manifests import Manifests
from aen.compute.mode import find_mode
from aen.compute.preparing import Homes, Preparation
from aen.compute.privilege import privilege
from aen.compute.project_work import ProjectWork
from aen.compute.projects import ProjectDirectories
from aen.compute.records import Records
from aen.compute.running import RunningProjects
from aen.compute.settings import ComputeSettings
from aen.compute.status import StatusBoard
from aen.compute.steps import ChildSteps
from aen.compute.upkeep import Beginning, Housekeeping
from aen.compute.usage import Meter
from aen.model.errors import AenError, Invalid
from aen.model.names import parse_place_name
from aen.proxy.access_log import AccessLog
from aen.proxy.factory import ProxyFactory
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.runtime.machine import machine
from aen.runtime.options import RoleOptions
from aen.runtime.services import Settled
from aen.wire import tickets
from aen.wire.call import Door


class Options(RoleOptions):
    """``twistd aen-compute``."""

    own = (
        Path("/etc/wakari/compute-launcher-config.json"),
        Path("compute-launcher-config.json"),
    )


def check(settings: ComputeSettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    parse_place_name(settings.name)
    if not is_public_key(settings.gateway_key):
        raise Invalid("“gateway_key” must be the gateway's public key, 43 characters.")
    for key in ("prefix", "projectRoot"):
        if not Path(getattr(settings, key)).is_absolute():
            raise Invalid(f"“{key}” must be an absolute path.")
    check_bounds(settings.limits)


def is_public_key(text: str) -> bool:
    """Whether *text* is an Ed25519 key as AEN writes it."""
    try:
        return len(tickets.decode(text)) == 32  # noqa: PLR2004 -- RFC 8032
    except Invalid:
        return False


def makeService(options: Options) -> IService:
    """Return the node that *options* describe."""
    from twisted.internet import reactor

    settings = options.settings(ComputeSettings, check)
    try:
        return assemble(settings, reactor, os.environ)
    except AenError as error:
        raise SystemExit(error.message) from None


def mark(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what `make run` knows an installation's processes by, if it runs us."""
    return {name: environ[name] for name in ("AEN_INSTALLATION",) if name in environ}


def assemble(
    settings: ComputeSettings, reactor: Any, environ: Mapping[str, str]
) -> IService:
    """Return the node as one service: read top to bottom, its architecture."""
    name, here, root = settings.name, machine(), settings.project_root
    provision = environment_settings(settings)
    mode = find_mode(settings, mark(environ), os.geteuid())
    steps = ChildSteps(reactor, provision.step_timeout, mark(environ))
    environments = BuiltinEnvironments(reactor, provision, root, steps, environ)
    theirs = privilege(settings, mode, reactor, steps)
    directories = ProjectDirectories(
        root, provision, environments, steps, ground=theirs.ground, quota=settings.quota
    )

    manifests = Manifests(settings.manifests)
    running = RunningProjects(settings.home / "var/run/projects")
    records = Records(settings.runtime, Path(settings.short_runtime), mode.runtime)
    homes = theirs.homes
    preparation = _preparation(settings, directories, environments, environ, homes)
    ground = LaunchGround(
        manifests, running, records, theirs.spawner, preparation, reactor, here,
        settings.logs, launch_limits(settings),
    )  # fmt: skip
    launches = Launches(ground)

    board = StatusBoard(name, here, manifests, running, directories.self_check, mode)
    work = ProjectWork(directories, launches, running, board.look)
    key, calls = settings.gateway_key, settings.api_socket
    door = Door(tickets.node(name), OneGateway(key), reactor, settings.call_limit)
    api = ComputeApi(door, work, launches, directories, board, Meter(reactor))
    router = NodeRouter(name, key, calls, launches, reactor)
    log = AccessLog(settings.logs / "compute-launcher.log", reactor)
    proxy = ProxyFactory(router, reactor, access_log=log)
    return _services(
        Beginning(settings, records, running, launches, directories, mode),
        Housekeeping(reactor, environments, launches, board),
        ListeningService(unix_endpoint(calls), Calls(api.app.resource()), reactor),
        *(ListeningService(place, proxy, reactor) for place in settings.listen),
        Settled(),
    )


def _preparation(
    settings: ComputeSettings,
    directories: ProjectDirectories,
    environments: BuiltinEnvironments,
    environ: Mapping[str, str],
    homes: Homes,
) -> Preparation:
    """Return what gets launches ready, with this node's way to the outside."""
    ground = Ground(
        sys.executable,
        server_url=settings.server_url,
        passed=passed_on({**index_access(environ), **environ}),
        shell=shell(),
        python_path=environ.get("PYTHONPATH", ""),
    )

    async def jupyter() -> Path:
        return await environments.ready(JUPYTER, lambda _: None)

    return Preparation(directories, jupyter, homes, ground)


class NodeService(MultiService):
    """The whole node; what keeps it from starting is told in one sentence."""

    @override
    def privilegedStartService(self) -> None:
        try:
            super().privilegedStartService()
        except AenError as error:
            raise SystemExit(error.message) from None


class Calls(Site):
    """Serves the API; each call has its line in the log of the door."""

    noisy = False

    @override
    def log(self, request: Request) -> None:
        """Log nothing."""


def index_access(environ: Mapping[str, str]) -> dict[str, str]:
    """Return variables by which pip and uv in projects reach what the node's do.

    Apps have other home directories: what the account's own files say is lost there.
    """
    files = readable_pip_files(environ)
    texts = [one.read_text("utf-8", "replace") for one in files]
    home = environ.get("HOME", "/nonexistent")
    own = [str(one) for one in files if one.is_relative_to(home)]
    named = {"PIP_CONFIG_FILE": own[-1]} if own else {}
    return {**uv_environment(environ, texts), **named}


def shell() -> str:
    """Return the shell of terminals where the account's own is not wanted."""
    return "/bin/bash" if Path("/bin/bash").exists() else "/bin/sh"


def environment_settings(settings: ComputeSettings) -> EnvironmentSettings:
    """Return what *settings* say about environments."""
    return EnvironmentSettings(
        python=settings.python or "",
        default_packages=settings.default_packages,
        jupyter_packages=settings.jupyter_packages,
        clone_by=settings.clone_by,
        skeleton=settings.skeleton or "",
    )


def launch_limits(settings: ComputeSettings) -> LaunchLimits:
    """Return what *settings* say about launches."""
    return LaunchLimits(
        per_project=settings.launches_per_project,
        use=as_limits(settings.limits),
        patience=settings.stop_patience,
        log_bytes=settings.log_bytes,
        log_tail=settings.log_tail,
    )


def _services(*parts: IService) -> IService:
    node = NodeService()
    for part in parts:
        part.setServiceParent(node)
    return node
