"""Starting, watching and ending an app's processes: the seam of privilege.

Here they run as our own account: single-user mode. For real accounts another
`Spawner` does the same through the helper: `aen.compute.spawn_accounts`.
"""

import os
import signal
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol

from attrs import field, frozen
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from aen.compute.app_logs import open_log
from aen.compute.cgroups import groups_of_machine
from aen.compute.command import AppCommand
from aen.compute.helper import supervise
from aen.compute.helper.cgroups import NO_LIMIT, Cgroups, Limit, rlimits
from aen.compute.helper.processes import (
    Hunt,
    Root,
    alive,
    find_members,
    read_process,
    signal_root,
)
from aen.compute.programs.children import IReactorChildren
from aen.compute.ready import port_belongs_to
from aen.model.errors import Failed
from aen.model.names import ProjectPath, UserName
from aen.runtime.credentials import write_private

OnEnd = Callable[[int | None], None]
"""Told the exit status; None where nobody knows it."""


class IReactorSpawn(IReactorChildren, IReactorFDSet):
    """A reactor that starts processes, watches descriptors and keeps time."""


@frozen
class Order:
    """One app to start for *user*."""

    launch: str
    user: UserName
    project_id: str
    path: ProjectPath
    command: AppCommand
    log: Path
    private: Path
    """The launch's private directory."""
    files: Mapping[str, str] = field(factory=dict, repr=False)
    """Texts that the app finds there, by relative name."""
    limits: Mapping[str, Limit] = field(factory=dict)
    """Of the ``app``, its ``project`` and the ``node``."""
    log_limit: int = field(default=8 * 1024 * 1024, kw_only=True)


@frozen
class Spawned:
    """A launch that runs: what a `Spawner` needs to find its processes."""

    launch: str
    project_id: str
    user: str
    root: Root | None


class Killing(Protocol):
    """Kills in rounds, because what is killed may just have started another."""

    async def round(self) -> int:
        """Kill what is there; return how many processes were."""
        ...


class Spawner(Protocol):
    """Starts an app under its supervisor, and ends it."""

    async def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Start an app; return its supervisor.

        :raises Failed: it cannot be started; says why.
        """
        ...

    def watch(self, one: Spawned, on_end: OnEnd) -> bool:
        """Tell when a launch that an earlier service started ends.

        False, and no telling, when it runs no more.
        """
        ...

    async def ask(self, one: Spawned) -> None:
        """Ask the app to end (SIGTERM)."""
        ...

    def hunt(self, one: Spawned) -> Killing:
        """Return what kills every process of a launch."""
        ...

    async def forget(self, one: Spawned) -> None:
        """Remove what was made for a launch that has ended."""
        ...

    async def keep_only(self, launches: Collection[str]) -> None:
        """End whatever belongs to other launches than these: nobody knows it."""
        ...

    def pids(self, launches: Collection[Spawned]) -> set[int]:
        """Return the processes of launches."""
        ...

    def owns_port(self, one: Spawned, port: int) -> bool:
        """Whether what listens on *port* is the launch's."""
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


def watch_root(reactor: IReactorFDSet, root: Root, on_end: OnEnd) -> bool:
    """Tell when a supervisor ends; False, and no telling, when it runs no more."""
    try:
        descriptor = os.pidfd_open(root.pid)
    except OSError:
        return False
    if not alive(root):  # only now is the pid sure to stay its own
        os.close(descriptor)
        return False
    reactor.addReader(_Ending(descriptor, reactor, on_end))
    return True


@frozen
class _OwnHunt:
    """Kills as the kernel does it best, then whatever escaped that."""

    groups: Cgroups
    one: Spawned
    others: Hunt

    async def round(self) -> int:
        """Kill what is there; return how many processes were."""
        self.groups.kill(self.one.project_id, self.one.launch)
        return self.others.round()


@frozen
class OwnSpawner:
    """Runs apps as the account that runs this node: single-user mode."""

    reactor: IReactorSpawn
    groups: Cgroups = field(factory=groups_of_machine)

    async def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Start an app; return its supervisor.

        :raises Failed: the system refuses.
        """
        for name, text in order.files.items():
            write_private(order.private / name, text.encode())
        log = open_log(order.log, order.log_limit)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            child = self.reactor.spawnProcess(
                _Supervisor(on_end),
                sys.executable,
                self._argv(order),
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

    def _argv(self, order: Order) -> tuple[str, ...]:
        limit = order.limits.get("app", NO_LIMIT)
        groups = self.groups.make(order.project_id, order.launch, order.limits)
        limits = rlimits(limit, self.groups.flavour())
        start = (sys.executable, "-I", "-S", supervise.__file__)
        return (
            *start, order.command.directory, limits, ":".join(groups),
            "--", *order.command.argv,
        )  # fmt: skip

    def watch(self, one: Spawned, on_end: OnEnd) -> bool:
        """Tell when a launch that an earlier service started ends."""
        return one.root is not None and watch_root(self.reactor, one.root, on_end)

    async def ask(self, one: Spawned) -> None:
        """Ask the app to end (SIGTERM)."""
        if one.root is not None:
            signal_root(one.root, signal.SIGTERM)

    def hunt(self, one: Spawned) -> Killing:
        """Return what kills every process of a launch."""
        return _OwnHunt(self.groups, one, Hunt(one.launch, one.root))

    async def forget(self, one: Spawned) -> None:
        """Remove a launch's control groups."""
        self.groups.remove(one.project_id, one.launch)

    async def keep_only(self, launches: Collection[str]) -> None:
        """Do nothing: all that we start is in our own records."""

    def pids(self, launches: Collection[Spawned]) -> set[int]:
        """Return the processes of launches."""
        return find_members({one.launch: one.root for one in launches})

    def owns_port(self, one: Spawned, port: int) -> bool:
        """Whether what listens on *port* is the launch's."""
        return port_belongs_to(port, self.pids([one]))
