"""All shells of the app: started here, and ended here when the app ends."""

import signal
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import DeferredList
from twisted.logger import Logger

from aen.compute.apps.terminal.commands import Command
from aen.compute.apps.terminal.messages import Size
from aen.compute.apps.terminal.sessions import members, signal_session
from aen.compute.apps.terminal.shell import Listener, PtyShell, Shell, spawn_on_pty
from aen.runtime.tasks import pause

_LAST_MOMENT = 0.5
"""Seconds between asking what ignored the hang-up to end and killing it."""


class Shells:
    """Starts shells by *command* and leaves none behind."""

    _log = Logger()

    def __init__(
        self, reactor: Any, command: Callable[[], Command], grace: float
    ) -> None:
        self._reactor = reactor
        self._command = command
        self._grace = grace
        self._running: set[PtyShell] = set()
        self._left: set[int] = set()
        """Sessions whose shell ended but not all that it started."""

    def start(self, size: Size, listener: Listener) -> Shell:
        """Start a shell on a terminal of *size*.

        :raises OSError: the project's folder is gone, or the machine has no room.
        """
        shell = PtyShell(listener, self._reactor, self._grace)
        spawn_on_pty(self._reactor, self._command(), size, shell)
        self._running.add(shell)
        shell.done.addCallback(  # type: ignore[unused-awaitable]
            lambda _: self._ended(shell)
        )
        self._log.info("shell {pid} started", pid=shell.session)
        return shell

    def _ended(self, shell: PtyShell) -> None:
        self._running.discard(shell)
        self._left = {one for one in (*self._left, shell.session) if members(one)}
        self._log.info("shell {pid} ended", pid=shell.session)

    async def stop(self) -> None:
        """End every shell and every process of its session."""
        sessions = self._left | {shell.session for shell in self._running}
        waiting = [shell.done for shell in self._running]
        for shell in tuple(self._running):
            shell.hang_up()
        everybody = DeferredList(waiting, consumeErrors=True)
        ends = await everybody.addTimeout(2 * self._grace + 1, self._reactor)
        if not all(ended for ended, _ in ends):
            self._log.error("a shell did not end when it was killed")
        if self._signal(sessions, signal.SIGTERM):
            await pause(self._reactor, _LAST_MOMENT)
            self._signal(sessions, signal.SIGKILL)

    def _signal(self, sessions: set[int], number: signal.Signals) -> bool:
        """Signal what is left of *sessions*; tell whether there was anything."""
        found = False
        for session in sessions:
            left = members(session)
            # Its leader is dead: one that lives got the number of the dead one.
            if left and session not in left:
                found = True
                signal_session(session, number)
        return found
