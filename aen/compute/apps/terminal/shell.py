"""A shell on a pty."""

import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Callable
from typing import Any, Protocol

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IDelayedCall, IPushProducer, IReactorTime
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from aen.compute.apps.terminal.commands import Command
from aen.compute.apps.terminal.messages import Size
from aen.compute.apps.terminal.sessions import signal_session

_SILENCE = 0.1
"""Seconds without output after which a shell that ended has said everything."""


@frozen
class Exit:
    """How a shell ended: its exit code, or the signal that killed it."""

    code: int | None
    signal: int | None


class Listener(Protocol):
    """Who hears of a shell."""

    def output(self, data: bytes) -> None:
        """The shell, or a program in it, wrote *data*."""

    def drained(self) -> None:
        """Everything typed so far has been taken."""

    def ended(self, how: Exit) -> None:
        """The shell is gone, and all its output was told."""


class Shell(Protocol):
    """What a terminal asks of the shell in it."""

    def write(self, data: bytes) -> None:
        """Type *data*."""

    def waiting(self) -> int:
        """Return about how many bytes were typed and not taken, 0 when it keeps up."""

    def pause(self) -> None:
        """Let the programs wait before they write more."""

    def resume(self) -> None:
        """Let the programs write on."""

    def resize(self, size: Size) -> None:
        """Tell the programs that the terminal has *size* now."""

    def busy(self) -> bool:
        """Whether a job of the shell has the keyboard, and not the shell itself."""

    def hang_up(self) -> None:
        """End the shell: ask at first, then force it."""


StartShell = Callable[[Size, Listener], Shell]


@implementer(IPushProducer)
class _Typist:
    """Types into a pty, and knows what the pty's transport could not pass on."""

    def __init__(self, pty_transport: Any, drained: Callable[[], None]) -> None:
        self._transport = pty_transport
        self._drained = drained
        self._full = False
        self.waiting = 0

    def write(self, data: bytes) -> None:
        self._transport.write(data)
        if self._full:
            self.waiting += len(data)

    def pauseProducing(self) -> None:
        self._full = True

    def resumeProducing(self) -> None:
        self._full = False
        self.waiting = 0
        self._drained()

    def stopProducing(self) -> None:
        """The pty is gone; the shell's end is told by itself."""


class PtyShell(ProcessProtocol):
    """A shell that runs on a pty, as a session of its own."""

    def __init__(self, listener: Listener, clock: IReactorTime, grace: float) -> None:
        self.session = 0
        """The number of the shell's session, once it has started."""
        self.done: Deferred[None] = Deferred()
        """Fires when the shell is gone."""
        self._listener = listener
        self._clock = clock
        self._grace = grace
        self._force: IDelayedCall | None = None
        self._read_out: IDelayedCall | None = None
        self._paused = False
        self._heard = False
        """Whether there was output since we last looked."""
        self._typist: _Typist | None = None
        self._pid: int | None = None
        self.transport: Any = None

    def connectionMade(self) -> None:
        """The process has started."""
        self.session = self._pid = self.transport.pid
        self._typist = _Typist(self.transport, self._listener.drained)
        self.transport.registerProducer(self._typist, True)

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: N803
        """Pass output on."""
        self._heard = True
        self._listener.output(data)

    def processExited(self, reason: Failure) -> None:
        """The process is reaped; read what it wrote last."""
        self._pid = None
        self._read_on(self._clock.seconds() + self._grace)

    def _read_on(self, deadline: float) -> None:
        """Read until it is silent; what the shell left behind keeps the pty open."""
        self._heard = False
        self._read_out = self._clock.callLater(_SILENCE, self._hang_up_rest, deadline)

    def _hang_up_rest(self, deadline: float) -> None:
        if self._paused or (self._heard and self._clock.seconds() < deadline):
            self._read_on(deadline)
        else:
            self.transport.connectionLost(Failure(ConnectionDone()))

    def processEnded(self, reason: Failure) -> None:
        """The process is reaped and its pty is read to the end."""
        for timer in (self._force, self._read_out):
            if timer is not None and timer.active():
                timer.cancel()
        self._pid = None
        value: Any = reason.value
        self._listener.ended(Exit(value.exitCode, value.signal))
        self.done.callback(None)

    def write(self, data: bytes) -> None:
        """Type *data*."""
        if self._typist is not None:
            self._typist.write(data)

    def waiting(self) -> int:
        """Return about how many bytes the pty has not taken, 0 when it keeps up."""
        return 0 if self._typist is None else self._typist.waiting

    def pause(self) -> None:
        """Stop reading: the kernel's buffer fills, then writers wait."""
        self._paused = True
        self.transport.pauseProducing()

    def resume(self) -> None:
        """Read on."""
        self._paused = False
        self.transport.resumeProducing()

    def resize(self, size: Size) -> None:
        """Set the pty's size; the kernel tells the programs (SIGWINCH)."""
        if self._pid is not None:
            set_size(self.transport.fileno(), size)

    def busy(self) -> bool:
        """Whether a job of the shell is in the foreground (tcgetpgrp(3))."""
        if self._pid is None:
            return False
        try:
            return os.tcgetpgrp(self.transport.fileno()) not in (0, self._pid)
        except OSError:
            return False

    def hang_up(self) -> None:
        """Hang up the session; what is left of it after a while is killed.

        A program that ignores the signal on purpose (nohup) is left alone unless
        the shell itself stays.
        """
        if self._pid is None or self._force is not None:
            return
        self.resume()  # who waits to write could not end
        signal_session(self._pid, signal.SIGHUP)
        signal_session(self._pid, signal.SIGCONT)
        self._force = self._clock.callLater(self._grace, self._kill)

    def _kill(self) -> None:
        if self._pid is not None:
            signal_session(self._pid, signal.SIGKILL)


def set_size(descriptor: int, size: Size) -> None:
    """Set a terminal's size (TIOCSWINSZ, ioctl_tty(2))."""
    packed = struct.pack("HHHH", size.rows, size.columns, 0, 0)
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, packed)


def spawn_on_pty(
    reactor: Any, command: Command, size: Size, protocol: PtyShell
) -> None:
    """Run *command* on a new pty of *size* from its first moment on.

    :raises OSError: the folder is gone, or there are no more ptys or processes.
    """
    command.folder.stat()  # the child could only die of it
    master, slave = pty.openpty()
    try:
        set_size(slave, size)
        reactor.spawnProcess(
            protocol,
            command.executable,
            [os.fsencode(part) for part in command.argv],
            env=command.environment,
            path=str(command.folder),
            usePTY=(master, slave, ""),
        )
    except BaseException:
        os.close(master)
        os.close(slave)
        raise
