"""The compute role as one service; its only file that knows the reactor."""

import os
import pwd
import sys
from pathlib import Path
from typing import Any

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.web.server import Site
from typing_extensions import override

from aen.compute.api import ComputeApi, OneGateway
from aen.compute.app_process import LaunchLimits
from aen.compute.command import passed_on
from aen.compute.door import NodeRouter
from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.provider import DEFAULT, JUPYTER
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.launches import Launches, LaunchGround
from aen.compute.manifests import Manifests
from aen.compute.preparing import Preparation
from aen.compute.project_work import ProjectWork
from aen.compute.projects import ProjectDirectories
from aen.compute.records import Records
from aen.compute.running import RunningProjects
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner
from aen.compute.status import SINGLE_USER, StatusBoard
from aen.compute.steps import ChildSteps
from aen.compute.usage import Meter
from aen.model.errors import AenError, Invalid
from aen.model.names import parse_place_name
from aen.proxy.access_log import AccessLog
from aen.proxy.factory import ProxyFactory
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.runtime.machine import machine
from aen.runtime.options import RoleOptions
from aen.runtime.tasks import Periodic, background
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
    if len(tickets.decode(settings.gateway_key)) != 32:  # noqa: PLR2004 -- RFC 8032
        raise Invalid("“gateway_key” must be the gateway's public key, 43 characters.")
    for key in ("prefix", "projectRoot"):
        if not Path(getattr(settings, key)).is_absolute():
            raise Invalid(f"“{key}” must be an absolute path.")


def makeService(options: Options) -> IService:
    """Return the node that *options* describe."""
    from twisted.internet import reactor

    settings = options.settings(ComputeSettings, check)
    try:
        return assemble(settings, reactor, os.environ)
    except AenError as error:
        raise SystemExit(error.message) from None


def assemble(
    settings: ComputeSettings,
    reactor: Any,
    environ: "os._Environ[str] | dict[str, str]",
) -> IService:
    """Return the node as one service: read top to bottom, its architecture."""
    here = machine()
    provision = environment_settings(settings)
    steps = ChildSteps(reactor, provision.step_timeout)
    environments = BuiltinEnvironments(
        reactor, provision, settings.project_root, steps, environ
    )
    directories = ProjectDirectories(
        settings.project_root, provision, environments, steps
    )
    manifests = Manifests(settings.manifests)
    running = RunningProjects(settings.home / "var/run/projects")
    records = Records(settings.runtime, Path(settings.short_runtime))
    launches = Launches(
        LaunchGround(
            manifests=manifests,
            running=running,
            records=records,
            spawner=OwnSpawner(reactor),
            preparation=Preparation(
                directories,
                lambda: environments.ready(JUPYTER, lambda _: None),
                settings.home / "var/home",
                sys.executable,
                settings.server_url,
                passed_on(environ),
            ),
            reactor=reactor,
            machine=here,
            logs=settings.logs,
            limits=launch_limits(settings),
        )
    )
    board = StatusBoard(settings.name, here, manifests, running, directories.self_check)
    work = ProjectWork(directories, launches, running, board.look)
    node = tickets.node(settings.name)
    door = Door(node, OneGateway(settings.gateway_key), reactor, settings.call_limit)
    api = ComputeApi(door, work, launches, directories, board, Meter(reactor))
    router = NodeRouter(
        settings.name, settings.gateway_key, settings.api_socket, launches, reactor
    )
    log = AccessLog(settings.logs / "compute-launcher.log", reactor)
    proxy = ProxyFactory(router, reactor, access_log=log)
    return _services(
        _Node(settings, records, running, launches, directories),
        _Housekeeping(reactor, environments, launches, board),
        ListeningService(
            unix_endpoint(settings.api_socket), Site(api.app.resource()), reactor
        ),
        *(ListeningService(place, proxy, reactor) for place in settings.listen),
    )


def environment_settings(settings: ComputeSettings) -> EnvironmentSettings:
    """Return what *settings* say about environments."""
    return EnvironmentSettings(
        python=settings.python or "",
        default_packages=settings.default_packages,
        jupyter_packages=settings.jupyter_packages,
        skeleton=settings.skeleton or "",
    )


def launch_limits(settings: ComputeSettings) -> LaunchLimits:
    """Return what *settings* say about launches."""
    return LaunchLimits(
        per_project=settings.launches_per_project,
        patience=settings.stop_patience,
        log_bytes=settings.log_bytes,
        log_tail=settings.log_tail,
    )


def _services(*parts: IService) -> IService:
    node = MultiService()
    for part in parts:
        part.setServiceParent(node)
    return node


class _Node(Service):
    """Before the first question: what is on disk is known, live apps are adopted.

    When it stops the apps go on; its successor adopts them.
    """

    _log = Logger()

    def __init__(
        self,
        settings: ComputeSettings,
        records: Records,
        running: RunningProjects,
        launches: Launches,
        directories: ProjectDirectories,
    ) -> None:
        self._settings = settings
        self._records = records
        self._running = running
        self._launches = launches
        self._directories = directories
        self._sweeping: Deferred[None] | None = None

    @override
    def privilegedStartService(self) -> None:
        try:
            self._settings.project_root.mkdir(parents=True, exist_ok=True)
            self._records.prepare()
            self._running.load()
            self._settings.logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"{error.filename}: cannot be used: {error.strerror}"
            raise SystemExit(text) from None
        except AenError as error:
            raise SystemExit(error.message) from None
        super().privilegedStartService()

    @override
    def startService(self) -> None:
        super().startService()
        account = pwd.getpwuid(os.geteuid()).pw_name
        self._log.warn(
            "{text} The account is “{account}”.", text=SINGLE_USER, account=account
        )
        adopted = self._launches.adopt()
        self._log.info(
            "{running} projects run here, {adopted} apps are adopted",
            running=len(self._running),
            adopted=adopted,
        )
        self._sweeping = background(self._log, "sweeping", self._directories.sweep())


class _Housekeeping(Service):
    """What goes on in the background: templates, self-checks, the size of logs."""

    _log = Logger()
    _SECONDS = 30.0

    def __init__(
        self,
        reactor: Any,
        environments: BuiltinEnvironments,
        launches: Launches,
        board: StatusBoard,
    ) -> None:
        self._environments = environments
        self._templates: Deferred[None] | None = None
        self._checks = Periodic(
            reactor, self._SECONDS, "checking the node", board.refresh
        )
        self._logs = Periodic(
            reactor, self._SECONDS, "cutting logs", launches.bound_logs
        )

    @override
    def startService(self) -> None:
        super().startService()
        self._templates = background(self._log, "templates", self._build())
        self._checks.start()
        self._logs.start(now=False)

    async def _build(self) -> None:
        """Build what the first start of a project would have to wait for."""
        for template in (DEFAULT, JUPYTER):
            try:
                await self._environments.ready(template, lambda _: None)
            except AenError as error:
                self._log.warn(
                    "the template “{template}” is not there: {why}",
                    template=template,
                    why=error.message,
                )

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        await self._checks.stop()
        await self._logs.stop()
        await self._environments.stop()
        if self._templates is not None:
            await self._templates
