"""Starting, watching and ending an app's processes: the seam of privilege.

Here they run as our own account. When apps belong to real accounts, another `Spawner`
does the same through the privileged program.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from attrs import field, frozen
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IReactorFDSet, IReactorProcess, IReadDescriptor
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from aen.compute import supervise
from aen.compute.app_logs import open_log
from aen.compute.command import AppCommand
from aen.compute.processes import Hunt, Root, alive, find_members, read_process
from aen.model.errors import Failed

OnEnd = Callable[[int | None], None]
"""Told the exit status; None where nobody knows it."""


class IReactorSpawn(IReactorProcess, IReactorFDSet):
    """A reactor that starts processes and watches descriptors."""


@frozen
class Order:
    """One app to start for *user*."""

    launch: str
    user: str
    command: AppCommand
    log: Path
    log_limit: int = field(default=8 * 1024 * 1024, kw_only=True)


class Killing(Protocol):
    """Kills in rounds, because what is killed may just have started another."""

    def round(self) -> int:
        """Kill what is there; return how many processes were."""
        ...


class Spawner(Protocol):
    """Starts an app under its supervisor, and ends it."""

    def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Start an app; return its supervisor.

        :raises Failed: the system refuses.
        """
        ...

    def watch(self, root: Root, on_end: OnEnd) -> bool:
        """Tell when a supervisor that an earlier service started ends.

        False, and no telling, when it runs no more.
        """
        ...

    def ask(self, root: Root) -> None:
        """Ask the app to end (SIGTERM)."""
        ...

    def hunt(self, launch: str, root: Root | None) -> Killing:
        """Return what kills every process of a launch."""
        ...

    def pids(self, launches: Mapping[str, Root | None]) -> set[int]:
        """Return the processes of launches, given by id with their supervisors."""
        ...


class _Supervisor(ProcessProtocol):
    """Our own child: tells its exit status once."""

    def __init__(self, on_end: OnEnd) -> None:
        self._on_end = on_end

    def processEnded(self, reason: Failure) -> None:
        error = reason.value
        if isinstance(error, ProcessTerminated):
            self._on_end(error.exitCode)
        else:
            self._on_end(0)


@implementer(IReadDescriptor)
class _Ending:
    """A pidfd becomes readable when its process ends (pidfd_open(2))."""

    def __init__(self, descriptor: int, reactor: IReactorFDSet, on_end: OnEnd) -> None:
        self._descriptor = descriptor
        self._reactor = reactor
        self._on_end = on_end

    def logPrefix(self) -> str:  # noqa: N802 -- Twisted's name
        return "app"

    def fileno(self) -> int:
        return self._descriptor

    def doRead(self) -> None:  # noqa: N802 -- Twisted's name
        self._close()
        self._on_end(None)

    def connectionLost(self, reason: Failure) -> None:
        self._close()  # the reactor stops: the app goes on

    def _close(self) -> None:
        if self._descriptor >= 0:
            self._reactor.removeReader(self)
            os.close(self._descriptor)
            self._descriptor = -1


@frozen
class OwnSpawner:
    """Runs apps as the account that runs this node: single-user mode."""

    reactor: IReactorSpawn
    limits: str = ""
    """Resource limits as ``NOFILE=4096,CORE=0``; see setrlimit(2)."""

    def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Start an app; return its supervisor.

        :raises Failed: the system refuses.
        """
        log = open_log(order.log, order.log_limit)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            child = self.reactor.spawnProcess(
                _Supervisor(on_end),
                sys.executable,
                self._argv(order.command),
                order.command.environment,
                "/",
                childFDs={0: nothing, 1: log, 2: log},
            )
        except OSError as error:
            raise Failed(
                f"The node cannot start another process: {error.strerror}."
            ) from None
        finally:
            os.close(nothing)
            os.close(log)
        found = read_process(child.pid)
        return Root(child.pid, found.started if found else 0)

    def _argv(self, command: AppCommand) -> tuple[str, ...]:
        program = supervise.__file__
        start = (sys.executable, "-I", "-S", program, command.directory, self.limits)
        return (*start, "--", *command.argv)

    def watch(self, root: Root, on_end: OnEnd) -> bool:
        """Tell when a supervisor that an earlier service started ends."""
        try:
            descriptor = os.pidfd_open(root.pid)
        except OSError:
            return False
        if not alive(root):  # only now is the pid sure to stay its own
            os.close(descriptor)
            return False
        self.reactor.addReader(_Ending(descriptor, self.reactor, on_end))
        return True

    def ask(self, root: Root) -> None:
        """Ask the app to end (SIGTERM)."""
        try:
            descriptor = os.pidfd_open(root.pid)
        except OSError:
            return
        try:
            if alive(root):
                signal.pidfd_send_signal(descriptor, signal.SIGTERM)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)

    def hunt(self, launch: str, root: Root | None) -> Hunt:
        """Return what kills every process of a launch."""
        return Hunt(launch, root)

    def pids(self, launches: Mapping[str, Root | None]) -> set[int]:
        """Return the processes of launches, given by id with their supervisors."""
        return find_members(launches)
