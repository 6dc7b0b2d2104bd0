"""The life of one launch: a typed machine whose states own their timers.

    new → starting → running → stopping → killing → gone

One that is to end while its process is being started is unwanted until that is there.
A launch that an earlier service started goes from new to where its record says.
"""

from collections.abc import Callable
from typing import Protocol

from attrs import Factory, define, evolve, field, frozen
from automat import TypeMachineBuilder, pep614
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from aen.compute.records import Record
from aen.model.errors import AenError, Conflict, Failed
from aen.runtime.tasks import background
from aen.wire.messages import Launch


class Process(Protocol):
    """What a life does to its processes."""

    def probe(self) -> Deferred[None]:
        """Return a Deferred that fires once the app answers."""
        ...

    def ask(self) -> None:
        """Ask the app to end."""
        ...

    def kill(self) -> Deferred[None]:
        """Kill all of its processes; fires when that is done, or given up."""
        ...

    def tail(self) -> tuple[str, ...]:
        """Return the last lines of its output."""
        ...


class Life(Protocol):
    """What can happen to a launch."""

    def begin(self) -> None:
        """Its process has been started and is not known to answer."""

    def adopt(self) -> None:
        """Its process runs, and answered before this service began."""

    def answered(self) -> None:
        """It answers at its address."""

    def too_late(self) -> None:
        """It has not answered in its time."""

    def stop(self) -> None:
        """Somebody asked for it to end."""

    def impatient(self) -> None:
        """It was asked politely and is still there."""

    def killed(self) -> None:
        """All that can be done to end it has been done."""

    def exited(self, code: int | None) -> None:
        """Its process has ended; the exit status is None where nobody knows it."""


@define(eq=False)
class Core:
    """A launch and those who wait for it."""

    record: Record
    process: Process
    clock: IReactorTime
    patience: float
    """Seconds between the polite signal and the strong one."""
    announce: Callable[[Launch], None]
    on_gone: Callable[["Core"], None]
    stopping: bool = False
    _starting: list[Deferred[Launch]] = Factory(list)
    _leaving: list[Deferred[None]] = Factory(list)
    _settled: AenError | Launch | None = None
    log: Logger = field(factory=Logger)

    @property
    def launch(self) -> Launch:
        """The launch as others are told of it."""
        return self.record.launch

    @property
    def name(self) -> str:
        """What the log calls it."""
        one = self.launch
        return f"{one.owner}/{one.project}/{one.app} of {one.user}"

    @property
    def seconds_left(self) -> float:
        """How long it may still take to answer."""
        return max(0.0, self.record.ready_until - self.clock.seconds())

    def become(self, state: str) -> None:
        """Go into *state* and tell everybody."""
        self.record = evolve(self.record, launch=evolve(self.launch, state=state))
        self.announce(self.launch)

    def ready(self) -> Deferred[Launch]:
        """Return a Deferred for the launch once it answers, or why it does not."""
        waiting: Deferred[Launch] = Deferred(self._starting.remove)
        self._starting.append(waiting)
        self._tell()
        return waiting

    def gone(self) -> Deferred[None]:
        """Return a Deferred that fires once nothing of the launch is left."""
        waiting: Deferred[None] = Deferred(self._leaving.remove)
        self._leaving.append(waiting)
        return waiting

    def settle(self, outcome: AenError | Launch) -> None:
        """Tell those who wait for the start how it ended; the first time counts."""
        if self._settled is None:
            self._settled = outcome
            self._tell()

    def leave(self) -> None:
        """Tell those who wait for the end that it has come."""
        while self._leaving:
            self._leaving.pop(0).callback(None)

    def _tell(self) -> None:
        if self._settled is None:
            return
        while self._starting:
            one = self._starting.pop(0)
            if isinstance(self._settled, AenError):
                one.errback(self._settled)
            else:
                one.callback(self.launch)


@frozen
class Starting:
    """While an app starts: the asking, and the end of our patience."""

    asking: Deferred[None]
    timer: IDelayedCall

    def end(self) -> None:
        """Stop both."""
        if self.timer.active():
            self.timer.cancel()
        self.asking.cancel()


def why_ended(title: str, code: int | None) -> str:
    """Return what people read when an app ends before it answers."""
    if code is None:
        return f"{title} ended at start."
    if code > 128:  # noqa: PLR2004 -- a shell's way to say "by a signal"
        return f"{title} was ended at start by signal {code - 128}."
    return f"{title} ended at start (exit code {code})."


def _start_asking(life: Life, core: Core) -> Starting:
    async def ask() -> None:
        await core.process.probe()
        life.answered()

    timer = core.clock.callLater(core.seconds_left, life.too_late)
    return Starting(background(core.log, "asking an app", ask()), timer)


def _ask_politely(life: Life, core: Core) -> IDelayedCall:
    core.stopping = True
    core.process.ask()
    return core.clock.callLater(core.patience, life.impatient)


def _kill(life: Life, core: Core) -> Deferred[None]:
    async def work() -> None:
        await core.process.kill()
        life.killed()

    return background(core.log, "killing an app", work())


machine = TypeMachineBuilder(Life, Core)
new = machine.state("new")
unwanted = machine.state("unwanted")
starting = machine.state("starting", _start_asking)
running = machine.state("running")
stopping = machine.state("stopping", _ask_politely)
killing = machine.state("killing", _kill)
gone = machine.state("gone")

new.upon(Life.begin).to(starting).returns(None)


def _over(core: Core) -> None:
    core.stopping = True
    core.settle(Conflict(f"{core.launch.title} has ended."))
    core.on_gone(core)


@pep614(new.upon(Life.adopt).to(running))
def _adopted(life: Life, core: Core) -> None:
    core.settle(core.launch)


@pep614(new.upon(Life.exited).to(gone))
def _never_was(life: Life, core: Core, code: int | None) -> None:
    core.settle(Failed(why_ended(core.launch.title, code), log=core.process.tail()))
    _over(core)


@pep614(new.upon(Life.stop).to(unwanted))
def _not_wanted_any_more(life: Life, core: Core) -> None:
    core.stopping = True
    core.settle(Conflict(f"{core.launch.title} was stopped before it was up."))


unwanted.upon(Life.stop).loop().returns(None)
unwanted.upon(Life.begin).to(stopping).returns(None)


@pep614(unwanted.upon(Life.exited).to(gone))
def _ended_unwanted(life: Life, core: Core, code: int | None) -> None:
    _over(core)


@pep614(starting.upon(Life.answered).to(running))
def _up(life: Life, core: Core, now: Starting) -> None:
    now.timer.cancel()
    core.become("running")
    core.settle(core.launch)


@pep614(starting.upon(Life.exited).to(gone))
def _ended_at_start(life: Life, core: Core, now: Starting, code: int | None) -> None:
    now.end()
    core.settle(Failed(why_ended(core.launch.title, code), log=core.process.tail()))
    _over(core)


@pep614(starting.upon(Life.too_late).to(stopping))
def _not_up(life: Life, core: Core, now: Starting) -> None:
    now.end()
    text = f"{core.launch.title} was started but did not answer in time."
    core.settle(Failed(text, log=core.process.tail()))


@pep614(starting.upon(Life.stop).to(stopping))
def _not_wanted(life: Life, core: Core, now: Starting) -> None:
    now.end()
    core.settle(Conflict(f"{core.launch.title} was stopped before it was up."))


running.upon(Life.stop).to(stopping).returns(None)


@pep614(running.upon(Life.exited).to(gone))
def _ended_by_itself(life: Life, core: Core, code: int | None) -> None:
    core.log.info("{what} ended (exit code {code})", what=core.name, code=code)
    _over(core)


@pep614(stopping.upon(Life.exited).to(gone))
def _obeyed(life: Life, core: Core, timer: IDelayedCall, code: int | None) -> None:
    timer.cancel()
    _over(core)


stopping.upon(Life.stop).loop().returns(None)
stopping.upon(Life.impatient).to(killing).returns(None)


@pep614(killing.upon(Life.exited).to(gone))
def _overcome(life: Life, core: Core, work: Deferred[None], code: int | None) -> None:
    work.cancel()
    _over(core)


@pep614(killing.upon(Life.killed).to(gone))
def _no_more_to_do(life: Life, core: Core, work: Deferred[None]) -> None:
    _over(core)


killing.upon(Life.stop).loop().returns(None)
for late in (Life.stop, Life.killed, Life.impatient, Life.answered, Life.too_late):
    gone.upon(late).loop().returns(None)


@pep614(gone.upon(Life.exited).loop())
def _known_already(life: Life, core: Core, code: int | None) -> None:
    """Its end may be told twice: as our child, and by the killing."""


live = machine.build()
"""Make the machine of one `Core`."""
