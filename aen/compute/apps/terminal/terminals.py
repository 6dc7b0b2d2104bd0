"""All terminals of the app."""

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.messages import (
    Attach,
    Size,
    Terminals,
)
from aen.compute.apps.terminal.shell import StartShell
from aen.compute.apps.terminal.terminal import Screen, Terminal
from aen.model.errors import NotFound, TooMany


class AllTerminals:
    """Opens, finds and closes terminals, and tells every viewer which there are."""

    def __init__(
        self,
        limits: Limits,
        clock: IReactorTime,
        start_shell: StartShell,
        new_name: Callable[[], str],
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._start_shell = start_shell
        self._new_name = new_name
        self._terminals: dict[str, Terminal] = {}
        self._screens: set[Screen] = set()
        self._opened = 0

    def list(self) -> Terminals:
        """Return all terminals, oldest first."""
        return Terminals(tuple(one.summary() for one in self._terminals.values()))

    def busy(self) -> bool:
        """Whether a job runs in one of them."""
        return any(one.busy() for one in self._terminals.values())

    def attach(self, screen: Screen, asked: Attach) -> Terminal:
        """Show *screen* the terminal it asks for, or a new one.

        :raises NotFound: there is no such terminal.
        :raises TooMany: there are as many as may be.
        """
        if asked.terminal is None:
            terminal = self._open(Size(asked.columns, asked.rows))
        elif asked.terminal in self._terminals:
            terminal = self._terminals[asked.terminal]
        else:
            raise NotFound("This terminal was closed, or the Terminal app restarted.")
        self._screens.add(screen)
        terminal.attach(screen, asked)
        if asked.terminal is None:
            self._tell_all()
        else:
            screen.tell(self.list())
        return terminal

    def detach(self, screen: Screen) -> None:
        """Forget *screen*."""
        self._screens.discard(screen)

    def close(self, terminal: Terminal) -> None:
        """End *terminal*."""
        if self._terminals.pop(terminal.name, None) is not None:
            terminal.close("The terminal was closed.")
            self._tell_all()

    def _open(self, size: Size) -> Terminal:
        most = self._limits.terminals
        if len(self._terminals) >= most:
            raise TooMany(
                f"There are {most} terminals; close one of them first.", retry_after=0
            )
        self._opened += 1
        terminal = Terminal(
            self._new_name(),
            f"Terminal {self._opened}",
            self._limits,
            self._clock,
            self._start_shell,
            self._tell_all,
        )
        self._terminals[terminal.name] = terminal
        terminal.start(size)
        return terminal

    def _tell_all(self) -> None:
        now = self.list()
        for screen in self._screens:
            screen.tell(now)
