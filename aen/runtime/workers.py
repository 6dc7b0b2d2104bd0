"""Several processes behind one listening port: the parent's side.

The parent binds the sockets and hands them to each worker it starts; it serves
nothing itself. A shared socket, and not one for each process (``SO_REUSEPORT``):
what waits to be accepted is lost neither when a worker dies nor when it is
replaced, and a worker that is busy leaves new connections to the others.
"""

import contextlib
from collections.abc import Callable
from typing import Any, Final

from attrs import define, frozen
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override

from aen.model.errors import AenError
from aen.runtime.listening import Held, hold
from aen.runtime.tasks import spawn

COMMANDS: Final = 3
"""Descriptor on which a worker is told things; its end means the parent's."""
ANSWERS: Final = 4
"""Descriptor on which a worker says that it serves."""
READY: Final = b"ready\n"
RETIRE: Final = b"retire\n"
_FIRST_SOCKET: Final = 5


@frozen
class Plan:
    """What is to run. Times are in seconds."""

    workers: int
    listen: tuple[str, ...]
    """Endpoint strings."""
    command: Callable[[int], tuple[str, ...]]
    """Returns the command of the worker with that number."""
    environment: dict[str, str]
    drain_seconds: float
    """How long a worker that was replaced may go on serving what it has begun."""
    stop_seconds: float
    """The same when everything ends."""
    gone: Callable[[int], None] = lambda _: None
    """Told of each process that has ended, however it did."""


@frozen
class Patience:
    """Pauses before a dead worker is started again, and other times, in seconds."""

    first: float = 0.1
    most: float = 5.0
    settled: float = 10.0
    """A worker that has lived this long did not die of its beginning."""
    beginning: float = 60.0
    """A worker that does not serve after this is ended."""
    grace: float = 10.0
    """From the end of a worker's time to SIGKILL."""
    retiring: int = 3
    """Most generations that finish their streams at a time."""


@define(eq=False)
class Worker(ProcessProtocol):
    """One worker process."""

    crew: "Crew"
    number: int
    generation: int
    began: float
    pid: int = 0
    serves: bool = False
    retired: bool = False
    _stopped: bool = False
    _timer: IDelayedCall | None = None

    @override
    def connectionMade(self) -> None:
        transport: Any = self.transport
        self.pid = transport.pid

    @override
    def childDataReceived(self, childFD: int, data: bytes) -> None:
        if READY.strip() in data and not self.serves:
            self.serves = True
            self.crew.serves(self)

    @override
    def processEnded(self, reason: Failure) -> None:
        self.within(None)
        self.crew.ended(self, reason)

    def within(self, seconds: float | None) -> None:
        """Kill it after *seconds*; None: never."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        if seconds is not None:
            self._timer = self.crew.reactor.callLater(seconds, self._signal, "KILL")

    def retire(self, seconds: float) -> None:
        """Let it finish what it has begun, for at most *seconds*, and end."""
        if not self.retired:
            self.retired = True
            transport: Any = self.transport
            with contextlib.suppress(KeyError):  # it has just ended: no pipe is left
                transport.writeToChild(COMMANDS, RETIRE)
            self.within(seconds + self.crew.patience.grace)

    def stop(self, seconds: float) -> None:
        """End it, politely for at most *seconds*."""
        if self._stopped:
            return
        self.retired = self._stopped = True
        self._signal("TERM")
        self.within(seconds + self.crew.patience.grace)

    def _signal(self, name: str) -> None:
        transport: Any = self.transport
        with contextlib.suppress(ProcessExitedAlready):
            transport.signalProcess(name)


class Crew(Service):
    """Keeps the workers of a plan running, and replaces them when it changes.

    :param plan: returns what is to run, read anew each time; raises `AenError`.
    """

    def __init__(
        self, plan: Callable[[], Plan], reactor: Any, patience: Patience = Patience()
    ) -> None:
        self.reactor = reactor
        self.patience = patience
        self._make_plan = plan
        self._plan = plan()
        self._sockets: dict[str, Held] = {}
        self._workers: set[Worker] = set()
        self._generation = 0
        self._before: Plan | None = None
        """While workers are being replaced: what the old ones go by."""
        self._again = False
        self._pauses: dict[int, float] = {}
        self._waiting: dict[int, IDelayedCall] = {}
        self._all_gone: Deferred[None] | None = None
        self._log = Logger()

    @override
    def privilegedStartService(self) -> None:
        """Bind the sockets.

        :raises Invalid: an address cannot be listened on; says why.
        """
        super().privilegedStartService()
        self._bind(self._plan)

    @override
    def startService(self) -> None:
        super().startService()
        for number in range(self._plan.workers):
            self._start(number)

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        self._unbind(())
        self._all_gone = Deferred()
        for worker in self._workers:
            worker.stop(self._plan.stop_seconds)
        if not self._workers:
            self._all_gone.callback(None)
        return self._all_gone

    def reload(self) -> None:
        """Read the plan anew and replace every worker; without a gap.

        A plan or a worker that cannot begin leaves everything as it is.
        """
        if not self.running:
            return
        if self._before is not None:
            self._again = True
            return
        try:
            plan = self._make_plan()
            self._bind(plan)
        except AenError as error:
            self._unbind(self._plan.listen)
            self._log.error("not reloaded: {why}", why=error.message)
            return
        self._log.info("reloading: {count} workers", count=plan.workers)
        self._before, self._plan = self._plan, plan
        self._generation += 1
        self._forget_pauses()
        for number in range(plan.workers):
            self._start(number)

    def serves(self, worker: Worker) -> None:
        """Take note that *worker* accepts connections."""
        worker.within(None)
        self._log.info(
            "worker {number} serves, process {pid}",
            number=worker.number,
            pid=worker.pid,
        )
        if self._before is None or worker.generation != self._generation:
            return
        if sum(one.serves for one in self._current()) == self._plan.workers:
            self._replaced(self._before)

    def ended(self, worker: Worker, reason: Failure) -> None:
        """Take note that *worker* has ended, and start another if it should not."""
        self._workers.discard(worker)
        self._plan.gone(worker.pid)
        if not self.running:
            if not self._workers and self._all_gone is not None:
                self._all_gone.callback(None)
            return
        if worker.retired:
            return
        self._log.error(
            "worker {number} has ended: {why}",
            number=worker.number,
            why=reason.getErrorMessage(),
        )
        if worker.generation != self._generation:
            return  # one of those that are being replaced
        if self._before is not None:
            self._give_up(self._before)
        else:
            self._start_later(worker)

    def _current(self) -> list[Worker]:
        return [
            one
            for one in self._workers
            if one.generation == self._generation and not one.retired
        ]

    def _start(self, number: int) -> None:
        self._waiting.pop(number, None)
        plan = self._plan
        worker = Worker(self, number, self._generation, self.reactor.seconds())
        command = list(plan.command(number))
        descriptors: dict[int, Any] = {0: 0, 1: 1, 2: 2, COMMANDS: "w", ANSWERS: "r"}
        for at, where in enumerate(plan.listen, _FIRST_SOCKET):
            descriptors[at] = self._sockets[where].descriptor
            command += ["--adopt", f"{where}={at}"]
        try:
            self.reactor.spawnProcess(
                worker, command[0], command, plan.environment, childFDs=descriptors
            )
        except OSError as error:
            self._log.error("cannot start a worker: {why}", why=str(error))
            self._start_later(worker)
            return
        self._workers.add(worker)
        worker.within(self.patience.beginning)

    def _start_later(self, worker: Worker) -> None:
        lived = self.reactor.seconds() - worker.began
        pause = self._pauses.get(worker.number, self.patience.first)
        if lived > self.patience.settled:
            pause = self.patience.first
        self._pauses[worker.number] = min(pause * 2, self.patience.most)
        self._waiting[worker.number] = self.reactor.callLater(
            pause, self._start, worker.number
        )

    def _forget_pauses(self) -> None:
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        self._pauses.clear()

    def _replaced(self, before: Plan) -> None:
        """Let the old workers finish: all new ones serve."""
        self._before = None
        oldest = self._generation - self.patience.retiring
        for worker in tuple(self._workers):
            if worker.generation < oldest:
                worker.stop(before.stop_seconds)
            elif worker.generation < self._generation:
                worker.retire(before.drain_seconds)
        self._unbind(self._plan.listen)
        self._log.info("reloaded")
        self._perhaps_again()

    def _give_up(self, before: Plan) -> None:
        """Keep the old workers: a new one did not come up."""
        self._log.error("not reloaded: a new worker did not come up")
        for worker in self._current():
            worker.stop(self._plan.stop_seconds)
        self._plan, self._before = before, None
        self._generation -= 1  # the old ones are the current ones again
        for number in set(range(before.workers)) - {
            one.number for one in self._current()
        }:
            self._start(number)
        self._unbind(before.listen)
        self._perhaps_again()

    def _perhaps_again(self) -> None:
        if self._again:
            self._again = False
            self.reload()

    def _bind(self, plan: Plan) -> None:
        for where in plan.listen:
            if where not in self._sockets:
                self._sockets[where] = hold(where, self.reactor)

    def _unbind(self, kept: tuple[str, ...]) -> None:
        for where in set(self._sockets) - set(kept):
            closing = self._sockets.pop(where).release()
            if closing is not None:
                spawn(self._log, f"closing {where}", closing)
