"""The apps that run on this node: each started once, found again, ended whole."""

from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import define, evolve, field, frozen
from twisted.internet.defer import Deferred, gatherResults
from twisted.logger import Logger

from aen.compute.app_logs import bound_log, log_path
from aen.compute.app_process import AppProcess, LaunchLimits, spawned
from aen.compute.command import app_command, ready_path, url_prefix
from aen.compute.environments.provider import Report
from aen.compute.environments.sharing import Sharing
from aen.compute.helper.processes import boot_id
from aen.compute.launch import Core, Life, live
from aen.compute.limits import app_limit
from aen.compute.manifests import Manifests, describe
from aen.compute.preparing import Preparation, Prepared, Wanted
from aen.compute.ready import IReactorClient, free_port
from aen.compute.records import Record, Records, new_id
from aen.compute.running import RunningProjects, path_of
from aen.compute.runs_as import runs_for
from aen.compute.spawn import Order, Spawner
from aen.model.apps import Listen, Manifest, Permission
from aen.model.errors import AenError, Conflict, Failed, NotFound
from aen.model.names import UserName
from aen.runtime.tasks import background, spawn, start
from aen.wire.messages import Launch, LaunchRequest

OnLaunch = Callable[[Launch], None]
Key = tuple[str, str, str]


@frozen
class LaunchGround:
    """What launches stand on."""

    manifests: Manifests
    running: RunningProjects
    records: Records
    spawner: Spawner
    preparation: Preparation
    reactor: IReactorClient
    machine: str
    logs: Path
    limits: LaunchLimits = field(factory=LaunchLimits)
    visitors: str | None = None
    """The account of those who have not signed in; None: nothing is run for them."""


def key_of(launch: Launch) -> Key:
    """Return what may run only once: an app of a project for a user, or for all."""
    return (launch.project_id, launch.app, launch.user)


@define(eq=False)
class _Kept:
    """A launch with its life."""

    core: Core
    life: Life


class Launches:
    """Starts, finds, adopts and ends apps."""

    _log = Logger()

    def __init__(self, ground: LaunchGround) -> None:
        self._ground = ground
        self._kept: dict[str, _Kept] = {}
        self._preparing = Sharing("preparing an app")
        self._sweeping: Deferred[None] | None = None
        """While it lasts, what is started would be taken for nobody's."""
        self._listeners: list[OnLaunch] = []

    # ---- who runs

    def listen(self, on_launch: OnLaunch) -> Callable[[], None]:
        """Call *on_launch* at every change of a launch; return how to end that."""
        self._listeners.append(on_launch)
        return lambda: self._listeners.remove(on_launch)

    def list(self, project_id: str = "") -> tuple[Launch, ...]:
        """Return the launches of a project (empty: of all) that have not ended."""
        found = (kept.core.launch for kept in self._kept.values())
        return tuple(one for one in found if project_id in ("", one.project_id))

    def find(self, launch_id: str) -> Launch:
        """Return a launch by its id, or raise `NotFound`."""
        kept = self._kept.get(launch_id)
        if kept is None:
            raise NotFound("There is no such launch.")
        return kept.core.launch

    def pids_of(self, launch_id: str) -> set[int]:
        """Return the processes of one app."""
        kept = self._kept.get(launch_id)
        if kept is None:
            return set()
        return self._ground.spawner.pids([spawned(kept.core.record)])

    def log(self, launch_id: str) -> tuple[str, ...]:
        """Return the last lines of an app's output, or raise `NotFound`."""
        self.find(launch_id)
        return self._kept[launch_id].core.process.tail()

    # ---- starting

    async def launch(self, asked: LaunchRequest) -> Launch:
        """Return the app that runs, or run it; several who ask share one start.

        :raises Conflict: the project does not run here, or has too many apps.
        :raises Forbidden: it is for a visitor, and not an app for readers.
        :raises Failed: the app did not start; with the last lines of its output.
        """
        path_of(asked.project)
        manifest = self._ground.manifests.find(asked.app)
        user = runs_for(manifest, asked, self._ground.visitors)
        key = (asked.project.id, manifest.name, user)
        while True:
            self._ground.running.demand(asked.project)
            kept = self._by_key(key)
            if kept is None:
                await self._prepare(key, manifest, asked, user)
            elif kept.core.stopping:
                await kept.core.gone()
            else:
                return await kept.core.ready()

    async def _prepare(
        self, key: Key, manifest: Manifest, asked: LaunchRequest, user: UserName
    ) -> None:
        async def work(_: Report) -> None:
            await self._start(manifest, asked, user)

        await self._preparing.do("/".join(key), work, lambda _: None)

    async def _start(
        self, manifest: Manifest, asked: LaunchRequest, user: UserName
    ) -> None:
        ground = self._ground
        self._demand_room(asked.project.id)
        launch_id = new_id()
        try:
            wanted = Wanted(
                launch=launch_id,
                project_id=asked.project.id,
                path=path_of(asked.project),
                user=user,
                private=ground.records.private(launch_id),
                port=free_port() if manifest.listen is Listen.PORT else 0,
                token=asked.token,
            )
            found = await ground.preparation.prepare(manifest, wanted)
            ground.running.demand(asked.project)  # it may have been stopped meanwhile
            ready = ready_path(manifest, found.values, found.node)
            record = self._record(manifest, wanted, ready)
            if self._sweeping is not None:
                await self._sweeping
            await self._spawn(record, self._order(manifest, wanted, found, record))
        except BaseException:
            ground.records.remove(launch_id)
            raise

    def _order(
        self, manifest: Manifest, wanted: Wanted, found: Prepared, record: Record
    ) -> Order:
        limits = self._ground.limits
        return Order(
            wanted.launch,
            wanted.user,
            wanted.project_id,
            wanted.path,
            app_command(manifest, found.values, found.node),
            Path(record.log),
            wanted.private,
            found.files,
            {**limits.use, "app": app_limit(manifest, limits.use)},
            log_limit=limits.log_bytes,
        )

    def _demand_room(self, project_id: str) -> None:
        most = self._ground.limits.per_project
        if len(self._of_project(project_id)) >= most:
            raise Conflict(
                f"The project already runs {most} apps, the most that this node"
                " allows; stop one first."
            )

    def _record(self, manifest: Manifest, wanted: Wanted, ready: str) -> Record:
        ground, now = self._ground, self._ground.reactor.seconds()
        owner, project = wanted.path.owner, wanted.path.name
        log = log_path(ground.logs, owner, project, wanted.user, manifest.name)
        launch = Launch(
            id=wanted.launch,
            project_id=wanted.project_id,
            owner=owner,
            project=project,
            user=wanted.user,
            started=now,
            socket=wanted.socket,
            port=wanted.port,
            machine=ground.machine,
            state="starting",
            **describe(manifest, url_prefix(owner, project, manifest.name)),
        )
        return Record(
            launch,
            boot_id(),
            str(log),
            log_start=log.stat().st_size if log.exists() else 0,
            ready=ready,
            ready_until=now + manifest.ready_timeout,
        )

    async def _spawn(self, record: Record, order: Order) -> None:
        """Write, start, write: killed anywhere between, the next service knows."""
        ground = self._ground
        ground.records.write(record)
        kept = self._keep(record)
        try:
            root = await ground.spawner.spawn(order, kept.life.exited)
            kept.core.record = evolve(record, pid=root.pid, started=root.started)
            ground.records.write(kept.core.record)
        except BaseException as error:
            del self._kept[record.launch.id]
            known = error if isinstance(error, AenError) else None
            kept.core.settle(known or Failed("The app did not start."))
            kept.core.leave()
            raise
        self._log.info("{what} is started", what=kept.core.name)
        self._announce(kept.core.launch)
        kept.life.begin()

    def _keep(self, record: Record) -> _Kept:
        ground = self._ground
        process = AppProcess(
            lambda: core.record, ground.spawner, ground.reactor, ground.limits
        )
        core = Core(
            record,
            process,
            ground.reactor,
            ground.limits.patience,
            self._changed,
            self._gone,
        )
        kept = self._kept[record.launch.id] = _Kept(core, live(core))
        return kept

    # ---- adopting

    def adopt(self) -> int:
        """Take over what an earlier service started; return how many apps run.

        What has ended meanwhile, or belongs to a project that has, is cleared away.
        """
        adopted = 0
        spawner, records = self._ground.spawner, self._ground.records.read()
        keeping = start(spawner.keep_only([one.launch.id for one in records]))
        self._sweeping = background(self._log, "ending what nobody knows", keeping)
        for record in records:
            kept = self._keep(record)
            here = record.boot == boot_id()
            if here and spawner.watch(spawned(record), kept.life.exited):
                self._take_over(kept)
                adopted += 1
            else:
                kept.life.exited(None)
        return adopted

    def _take_over(self, kept: _Kept) -> None:
        if kept.core.launch.state == "running":
            kept.life.adopt()
        else:
            # it had time while nobody asked: that does not count against it
            soonest = self._ground.reactor.seconds() + self._ground.limits.adopted
            until = max(kept.core.record.ready_until, soonest)
            kept.core.record = evolve(kept.core.record, ready_until=until)
            kept.life.begin()
        self._log.info("{what} is adopted", what=kept.core.name)
        if kept.core.launch.project_id not in self._ground.running:
            kept.life.stop()

    # ---- ending

    async def stop(self, launch_id: str) -> None:
        """End an app; returns when nothing of it is left.

        :raises NotFound: it does not run.
        """
        self.find(launch_id)
        await self._end([self._kept[launch_id]])

    async def stop_project(self, project_id: str) -> None:
        """End all apps of a project; returns when nothing of them is left."""
        await self._end(self._of_project(project_id))

    async def end_others(
        self,
        project_id: str,
        allowed: frozenset[str],
        readers: frozenset[str] = frozenset(),
    ) -> None:
        """End the apps of a project's users who are not among the *allowed*.

        Returns when nothing of them is left. *readers* keep the apps that are for
        readers. An app that the team shares runs for the owner.
        """

        def stays(launch: Launch) -> bool:
            reads = Permission(launch.permission).readers
            return launch.user in allowed or (reads and launch.user in readers)

        kept = self._of_project(project_id)
        await self._end([one for one in kept if not stays(one.core.launch)])

    async def _end(self, ending: Iterable[_Kept]) -> None:
        waiting: list[Deferred[None]] = []
        for kept in ending:
            waiting.append(kept.core.gone())
            kept.life.stop()
        await gatherResults(waiting)

    def _gone(self, core: Core) -> None:
        spawn(self._log, "clearing an app away", self._clear_away(core))

    async def _clear_away(self, core: Core) -> None:
        """What the app left behind goes before anybody hears that it has ended."""
        try:
            await core.process.kill()
        except Exception:  # noqa: BLE001 -- whoever waits for its end must hear of it
            self._log.failure("{what} could not be killed", what=core.name)
        await self._forget(core.record)
        self._kept.pop(core.launch.id, None)
        self._log.info("{what} has ended", what=core.name)
        core.become("stopped")
        core.leave()

    async def _forget(self, record: Record) -> None:
        try:
            await self._ground.spawner.forget(spawned(record))
        except AenError as error:
            self._log.warn("something of an app is left: {why}", why=error.message)
        self._ground.records.remove(record.launch.id)

    # ---- keeping

    async def bound_logs(self) -> None:
        """Cut the logs of running apps that have grown too long."""
        for kept in tuple(self._kept.values()):
            bound_log(Path(kept.core.record.log), self._ground.limits.log_bytes)

    def _changed(self, launch: Launch) -> None:
        kept = self._kept.get(launch.id)
        if kept is not None:
            self._ground.records.write(kept.core.record)
        self._announce(launch)

    def _announce(self, launch: Launch) -> None:
        for listener in tuple(self._listeners):
            listener(launch)

    def _of_project(self, project_id: str) -> tuple[_Kept, ...]:
        found = self._kept.values()
        return tuple(one for one in found if one.core.launch.project_id == project_id)

    def _by_key(self, key: Key) -> _Kept | None:
        for kept in self._kept.values():
            if key_of(kept.core.launch) == key:
                return kept
        return None
