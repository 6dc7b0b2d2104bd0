"""The processes of one launch, as its life and its neighbours use them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, field, frozen
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from aen.compute.app_logs import read_tail
from aen.compute.helper.cgroups import Limit
from aen.compute.ready import IReactorClient, Pace, answers, endpoint_of, until
from aen.compute.records import Record
from aen.compute.spawn import Spawned, Spawner
from aen.runtime.tasks import pause, spawn, start


def spawned(record: Record) -> Spawned:
    """Return what a spawner must know of a recorded launch."""
    launch = record.launch
    return Spawned(launch.id, launch.project_id, launch.user, record.root)


@frozen
class LaunchLimits:
    """Bounds of launches; times in seconds."""

    per_project: int = 64
    use: Mapping[str, Limit] = field(factory=dict)
    """What an ``app``, a ``project`` and the whole ``node`` may use."""
    patience: float = 5.0
    """Between the polite signal and the strong one."""
    kill_seconds: float = 15.0
    """After which processes that do not die are given up and logged."""
    kill_pause: float = 0.05
    adopted: float = 10.0
    """How long an app that was starting when the service ended has at least."""
    log_bytes: int = 8 * 1024 * 1024
    log_tail: int = 20
    pace: Pace = field(factory=Pace)


@define(eq=False)
class AppProcess:
    """Does to a launch's processes what its life says: see `launch.Process`."""

    record: Callable[[], Record]
    """Returns the record as it is now."""
    spawner: Spawner
    reactor: IReactorClient
    limits: LaunchLimits
    _log: Logger = field(factory=Logger)

    def spawned(self) -> Spawned:
        """Return what a spawner must know of it now."""
        return spawned(self.record())

    def probe(self) -> Deferred[None]:
        """Return a Deferred that fires once the app answers."""
        return start(until(self._answers, self.reactor, self.limits.pace))

    async def _answers(self) -> bool:
        record, pace = self.record(), self.limits.pace
        launch = record.launch
        if launch.port and not self.spawner.owns_port(self.spawned(), launch.port):
            return False
        endpoint = endpoint_of(self.reactor, launch.socket, launch.port, pace.answer)
        return await answers(endpoint, record.ready, self.reactor, pace.answer)

    def ask(self) -> None:
        """Ask the app to end."""
        spawn(self._log, "asking an app to end", start(self._ask()))

    async def _ask(self) -> None:
        await self.spawner.ask(self.spawned())

    def kill(self) -> Deferred[None]:
        """Kill all of its processes; fires when that is done, or given up."""
        return start(self._kill())

    async def _kill(self) -> None:
        one = self.spawned()
        hunt = self.spawner.hunt(one)
        end = self.reactor.seconds() + self.limits.kill_seconds
        while left := await hunt.round():
            if self.reactor.seconds() > end:
                self._log.error(
                    "{left} processes of launch {launch} cannot be killed",
                    left=left,
                    launch=one.launch,
                )
                return
            await pause(self.reactor, self.limits.kill_pause)

    def tail(self) -> tuple[str, ...]:
        """Return the last lines of its output."""
        record = self.record()
        return read_tail(Path(record.log), record.log_start, self.limits.log_tail)
