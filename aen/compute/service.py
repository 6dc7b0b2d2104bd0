"""The compute role as one service; its only file that knows the reactor."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.application.service import IService, MultiService
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from aen.compute.activity import Asking
from aen.compute.api import ComputeApi, OneGateway
from aen.compute.app_process import LaunchLimits
from aen.compute.cgroups import usage
from aen.compute.command import NodeValues, passed_on
from aen.compute.culling import Culling
from aen.compute.door import NodeRouter
from aen.compute.environment_ground import EnvironmentGround, notebooks_of
from aen.compute.environment_work import Ending, EnvironmentWork
from aen.compute.environments.apps_python import AppsPython, SharedPython
from aen.compute.environments.index import index_access
from aen.compute.environments.provider import JUPYTER
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.environments.sources import Sources
from aen.compute.launches import Launches, LaunchGround
from aen.compute.limits import as_limits, check_bounds
from aen.compute.manifests import Manifests
from aen.compute.mode import Mode, find_mode
from aen.compute.preparing import Homes, Preparation
from aen.compute.privilege import Privilege, privilege
from aen.compute.programs.piping import Pipes
from aen.compute.programs.steps import ChildSteps
from aen.compute.project_state import ProjectStates
from aen.compute.project_work import ProjectWork
from aen.compute.projects import ProjectDirectories
from aen.compute.public import PublicFolders
from aen.compute.records import Records
from aen.compute.resources import NodeLimits, ResourceBoard
from aen.compute.running import RunningProjects
from aen.compute.settings import ComputeSettings
from aen.compute.shipments import ShipmentGround, Shipments
from aen.compute.status import StatusBoard
from aen.compute.upkeep import Beginning, Housekeeping
from aen.compute.usage import Meter
from aen.compute.use_book import UseBook
from aen.model.errors import AenError, Invalid
from aen.model.names import parse_place_name, parse_visitors_name
from aen.proxy.access_log import AccessLog
from aen.proxy.factory import ProxyFactory
from aen.proxy.uses import Uses
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.runtime.machine import machine
from aen.runtime.options import RoleOptions
from aen.runtime.services import Settled
from aen.runtime.sites import QuietSite
from aen.wire import routes, tickets
from aen.wire.call import Door
from aen.wire.messages import Limit


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
    if settings.ANON_USER is not None:
        parse_visitors_name(settings.ANON_USER)


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
    root, provision = settings.project_root, environment_settings(settings)
    mode = find_mode(settings, mark(environ), os.geteuid())
    steps = ChildSteps(reactor, provision.step_timeout, mark(environ))
    theirs = privilege(settings, mode, reactor, steps)
    sources = Sources(reactor, provision, root.absolute(), steps, environ)
    directories = ProjectDirectories(
        root, provision, sources.templates, steps,
        ground=theirs.ground, quota=settings.quota, works=theirs.works,
    )  # fmt: skip

    python = _python(mode, sources, reactor, environ)
    ready = _preparation(settings, directories, sources, environ, theirs.homes)
    ground = _ground(settings, mode, theirs, evolve(ready, python=python), reactor)
    running, launches = ground.running, Launches(ground)
    changes = _changes(theirs, environ, directories, launches, ground, sources)
    name, check = settings.name, directories.self_check
    board = StatusBoard(name, ground.machine, ground.manifests, running, check, mode)
    work = ProjectWork(directories, Ending(changes, launches), running, board.look)
    culling = _culling(settings, launches, ground.manifests, reactor)
    resources = ResourceBoard(
        launches, directories, Meter(reactor, directories.measure), culling,
        board.status, node_limits(settings, mode), usage,
    )  # fmt: skip
    shipments = _shipments(settings, mode, theirs, work, steps)
    api = ComputeApi(
        _door(settings, reactor), work, launches, directories, board, resources,
        culling.book, changes, shipments,
    )  # fmt: skip
    return _services(
        *theirs.services,
        Beginning(settings, ground.records, running, launches, directories, mode),
        Housekeeping(reactor, sources.templates, launches, board, culling, python),
        *(changes, shipments),
        *_doors(settings, api, culling, reactor),
        Settled(),
    )


def _ground(
    settings: ComputeSettings,
    mode: Mode,
    theirs: Privilege,
    preparation: Preparation,
    reactor: Any,
) -> LaunchGround:
    """Return what launches stand on."""
    return LaunchGround(
        Manifests(settings.manifests),
        RunningProjects(settings.home / "var/run/projects"),
        Records(settings.runtime, Path(settings.short_runtime), mode.runtime),
        theirs.spawner,
        preparation,
        reactor,
        machine(),
        settings.logs,
        launch_limits(settings),
        settings.ANON_USER,
    )


def _door(settings: ComputeSettings, reactor: Any) -> Door:
    """Return whom the node lets in: its gateway, and nobody else."""
    key, limit = OneGateway(settings.gateway_key), settings.call_limit
    return Door(tickets.node(settings.name), key, reactor, limit)


def _shipments(
    settings: ComputeSettings,
    mode: Mode,
    theirs: Privilege,
    work: ProjectWork,
    steps: ChildSteps,
) -> Shipments:
    """Return what sends projects to other nodes, and takes theirs."""
    root = settings.project_root.absolute()
    pipes, states = Pipes(steps, root, mode.helper), ProjectStates(root)
    ground = ShipmentGround(root, states, theirs.ground, work, pipes, steps.reactor)
    return Shipments(ground)


def _python(
    mode: Mode, sources: Sources, reactor: Any, environ: Mapping[str, str]
) -> Callable[[], Awaitable[AppsPython]] | None:
    """Return what makes the interpreter of AEN's own apps; None: it is ours."""
    if mode.single_user:
        return None
    modules = environ.get("PYTHONPATH", "")
    return SharedPython(reactor, sources.apps, sources.root / ".envs", modules).ready


def _culling(
    settings: ComputeSettings, launches: Launches, manifests: Manifests, reactor: Any
) -> Culling:
    """Return what stops apps that nobody uses, with what is remembered of that."""
    book = UseBook.at(settings.home / "var/run/uses.json")
    asking, idle = Asking(reactor, launches.pids_of), settings.idle_timeout
    return Culling(launches, manifests.find, idle, book, Uses(), asking.ask, reactor)


def _doors(
    settings: ComputeSettings, api: ComputeApi, culling: Culling, reactor: Any
) -> Iterator[IService]:
    """Yield what listens: the node's port, and behind it calls and public folders."""
    key, calls = settings.gateway_key, settings.api_socket
    public = PublicFolders(reactor, settings.projectRoot)
    behind = QuietSite(BehindDoor(public, api.app.resource()))
    yield ListeningService(unix_endpoint(calls), behind, reactor)
    router = NodeRouter(settings.name, key, calls, api.launches, reactor, culling.uses)
    log = AccessLog(settings.logs / "compute-launcher.log", reactor)
    proxy = ProxyFactory(router, reactor, access_log=log)
    for place in settings.listen:
        yield ListeningService(place, proxy, reactor)


def _preparation(
    settings: ComputeSettings,
    directories: ProjectDirectories,
    sources: Sources,
    environ: Mapping[str, str],
    homes: Homes,
) -> Preparation:
    """Return what gets launches ready, with this node's way to the outside."""
    node = NodeValues(
        sys.executable,
        server_url=settings.server_url,
        passed=_access(environ),
        shell=shell(),
        python_path=environ.get("PYTHONPATH", ""),
    )

    async def jupyter() -> Path:
        return await sources.templates.ready(JUPYTER, lambda _: None)

    return Preparation(directories, jupyter, homes, node)


def _changes(
    theirs: Privilege,
    environ: Mapping[str, str],
    directories: ProjectDirectories,
    launches: Launches,
    ground: LaunchGround,
    sources: Sources,
) -> EnvironmentWork:
    """Return what changes the environments of projects, as whoever asks."""
    return EnvironmentWork(
        EnvironmentGround(
            directories,
            ProjectStates(sources.root),
            ground.running,
            theirs.tool,
            sources.packages,
            sources.provider,
            notebooks_of(launches.list, ground.manifests),
            _access(environ),
            links=theirs.links,
        )
    )


def _access(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what of *environ* apps and tools may have, the way to indexes too."""
    return passed_on({**index_access(environ), **environ})


class NodeService(MultiService):
    """The whole node; what keeps it from starting is told in one sentence."""

    @override
    def privilegedStartService(self) -> None:
        try:
            super().privilegedStartService()
        except AenError as error:
            raise SystemExit(error.message) from None


class BehindDoor(Resource):
    """What the door leads to: public folders, which it let in, and the API."""

    def __init__(self, public: Resource, api: IResource) -> None:
        super().__init__()
        self._public = public
        self._api = api

    @override
    def getChildWithDefault(self, path: bytes, request: Request) -> IResource:
        if request.path.startswith(routes.PUBLIC_PREFIX.encode()):
            return self._public
        request.postpath = [path, *(request.postpath or [])]
        request.prepath = []
        return self._api


def shell() -> str:
    """Return the shell of terminals where the account's own is not wanted."""
    return "/bin/bash" if Path("/bin/bash").exists() else "/bin/sh"


def environment_settings(settings: ComputeSettings) -> EnvironmentSettings:
    """Return what *settings* say about environments."""
    return EnvironmentSettings(
        provider=settings.environments,
        conda=settings.conda or "",
        default_environment=settings.default_environment or "",
        python=settings.python or "",
        default_packages=settings.default_packages,
        jupyter_packages=settings.jupyter_packages,
        clone_by=settings.clone_by,
        skeleton=settings.skeleton or "",
    )


def node_limits(settings: ComputeSettings, mode: Mode) -> NodeLimits:
    """Return what *settings* allow apps and projects, for people to see."""
    held = as_limits(settings.limits)
    app, project = (
        Limit(one.memory, one.cpu, one.processes, one.files)
        for one in (held["app"], held["project"])
    )
    return NodeLimits(mode.limits_by, app, project, settings.quota)


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
