"""Short-lived child programs: run, read line by line, bounded in time and memory."""

import os
import signal
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready, ProcessTerminated
from twisted.internet.interfaces import (
    IDelayedCall,
    IReactorProcess,
    IReactorTime,
)
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from aen.model.errors import Failed

_LONGEST_LINE = 4 * 1024 * 1024  # bytes; the rest of a longer line is dropped
_LONGEST_KEPT = 4096  # characters of each of the last lines
_SETSID = "/usr/bin/setsid"  # makes the session and becomes the program


class IReactorChildren(IReactorProcess, IReactorTime):
    """A reactor that starts processes and keeps time."""


@frozen
class Command:
    """A program to run. Nothing of our own environment reaches it."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(factory=dict)
    directory: Path = Path("/")
    timeout: float = 60.0
    """Seconds after which it is killed."""
    session: bool = False
    """Whether it leads a session of its own, which is killed whole."""
    input: bytes = field(default=b"", repr=False)
    """What it reads."""
    attended: bool = False
    """Whether its input stays open after that, and ends when it is to end."""
    errors: int | None = None
    """The descriptor that takes its errors; None: they are lines like the others."""


@frozen
class Ended:
    """How a child ended: its exit status (None: killed) and its last lines."""

    status: int | None
    lines: tuple[str, ...]
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether it says that it did its work."""
        return self.status == 0


OnLine = Callable[[str], None]


class Output:
    """What a child says, line by line.

    :param on_line: called with each line as it comes.
    :param keep: how many last lines are kept.
    """

    def __init__(self, on_line: OnLine, keep: int) -> None:
        self._on_line = on_line
        self._lines: deque[str] = deque(maxlen=keep)
        self._parts: dict[int, bytes] = {}

    @property
    def last(self) -> tuple[str, ...]:
        """The last lines."""
        return tuple(self._lines)

    def feed(self, data: bytes, source: int = 1) -> None:
        """Take a part of what one of its descriptors says."""
        *whole, rest = (self._parts.get(source, b"") + data).split(b"\n")
        self._parts[source] = rest[:_LONGEST_LINE]
        for line in whole:
            self._line(line)

    def end(self) -> None:
        """Take last lines that have no end."""
        for rest in self._parts.values():
            self._line(rest)

    def mute(self) -> None:
        """Tell nobody of lines any more."""
        self._on_line = _unheard

    def _line(self, line: bytes) -> None:
        text = line[:_LONGEST_LINE].decode("utf-8", "replace").rstrip()
        if text:
            self._lines.append(text[:_LONGEST_KEPT])
            self._on_line(text)


class _Child(ProcessProtocol):
    """Collects the lines of one child until it has ended."""

    def __init__(self, output: Output, *, session: bool = False) -> None:
        self._session = session
        self._pid = 0
        self._attended = False
        self.done: Deferred[Ended] = Deferred(self._cancelled)
        self._output = output
        self._timer: IDelayedCall | None = None
        self._timed_out = False

    def limit(self, clock: IReactorTime, seconds: float) -> None:
        """Kill the child after *seconds*."""
        self._timer = clock.callLater(seconds, self._too_late)

    def connectionMade(self) -> None:
        if self.transport is not None:
            self._pid = self.transport.pid or 0

    def feed(self, command: Command) -> None:
        """Give the child its input, if there is any."""
        transport, self._attended = self.transport, command.attended
        if command.input and transport is not None:
            transport.write(command.input)
            if not command.attended:
                transport.closeStdin()

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: N803
        self._output.feed(data, childFD)

    def processEnded(self, reason: Failure) -> None:
        self._stop_timer()
        self._output.end()
        ended = reason.value
        status = ended.exitCode if isinstance(ended, ProcessTerminated) else 0
        if not self.done.called:
            self.done.callback(Ended(status, self._output.last, self._timed_out))

    def _too_late(self) -> None:
        self._timed_out = True
        self._kill()

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _cancelled(self, _: Deferred[Ended]) -> None:
        self._stop_timer()
        self._output.mute()
        self._kill()

    def _kill(self) -> None:
        transport = self.transport
        if self._session and self._pid:
            # nobody else has this number while one of the session is left
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
        if transport is not None and self._attended:
            transport.closeStdin()  # it has things to put in order first
        elif transport is not None:
            # what sudo runs is not ours to kill: it ends in its own time
            with suppress(ProcessExitedAlready, PermissionError):
                transport.signalProcess("KILL")


def with_umask(mask: str) -> tuple[str, ...]:
    """Return the words before a program that give it *mask*, whatever ours is."""
    return ("/bin/sh", "-c", f'umask {mask}; exec "$@"', "sh")


def encoded(environment: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return an environment as the system takes it."""
    return {os.fsencode(k): os.fsencode(v) for k, v in environment.items()}


def _unheard(_: str) -> None:
    """Take a line that nobody waits for any more."""


def run(
    reactor: IReactorChildren, command: Command, on_line: OnLine, keep: int = 40
) -> Deferred[Ended]:
    """Run *command*; return how it ended. Cancelling kills it.

    :param on_line: called with each line of output as it comes.
    :param keep: how many last lines the result holds.
    :raises Failed: the machine has no room for another process.
    """
    child = _Child(Output(on_line, keep), session=command.session)
    argv = (_SETSID, *command.argv) if command.session else command.argv
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        reactor.spawnProcess(
            child,
            argv[0],
            [os.fsencode(one) for one in argv],
            encoded(command.environment),
            str(command.directory),
            childFDs={
                0: "w" if command.input else nothing,
                1: "r",
                2: "r" if command.errors is None else command.errors,
            },
        )
    except OSError as error:
        program = Path(command.argv[0]).name
        raise Failed(f"The node cannot start {program}: {error.strerror}.") from None
    finally:
        os.close(nothing)
    child.feed(command)
    child.limit(reactor, command.timeout)
    return child.done
