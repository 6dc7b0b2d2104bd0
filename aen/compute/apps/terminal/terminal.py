"""One terminal: a shell, what it wrote lately, and those who look at it."""

from collections.abc import Callable
from typing import Protocol

from attrs import define, field
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from aen.compute.apps.terminal.flow import Flow, must_wait
from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.messages import (
    Attach,
    Attached,
    Ended,
    Gone,
    Resized,
    Size,
    Skipped,
    Started,
    Summary,
    Taken,
    Told,
    View,
)
from aen.compute.apps.terminal.ring import Ring
from aen.compute.apps.terminal.shell import Exit, Shell, StartShell
from aen.model.errors import Invalid


class Screen(Protocol):
    """A viewer's connection, as a terminal knows it."""

    def show(self, output: bytes) -> None:
        """Send output."""

    def tell(self, message: Told) -> None:
        """Send a message."""


@define
class _Look:
    """One viewer's look at the terminal."""

    size: Size
    flow: Flow
    focused: int
    """Grows with each time a viewer gets the keyboard: the last one leads."""
    visible: bool
    typed: int = 0
    typed_told: int = 0
    end_told: bool = False


@define(eq=False)
class Terminal:
    """Lives until it is closed; its shell may end and be started again."""

    name: str
    title: str
    _limits: Limits
    _clock: IReactorTime
    _start_shell: StartShell
    _changed: Callable[[], None]
    """Called when the title changed, or the shell ended or started."""
    _shell: Shell | None = None
    _exit: Exit | None = None
    _size: Size = field(default=Size(80, 24))
    _ring: Ring = field(init=False)
    _looks: dict[Screen, _Look] = field(factory=dict, init=False)
    _focuses: int = field(default=0, init=False)
    _waiting: bool = field(default=False, init=False)
    _review: IDelayedCall | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._ring = Ring(self._limits.scrollback)

    # What the list of terminals asks.

    def summary(self) -> Summary:
        """Return what the list of all terminals shows."""
        return Summary(self.name, self.title, self._shell is None)

    def busy(self) -> bool:
        """Whether something other than the shell has the keyboard."""
        return self._shell is not None and self._shell.busy()

    def start(self, size: Size) -> None:
        """Start the first shell."""
        self._size = size
        self._run()

    def restart(self) -> None:
        """Start a shell in place of the one that ended; what is shown stays."""
        if self._shell is not None:
            return
        # What ran before may have left the screen in a state of its own.
        self.output(b"\x1b[!p" + self._ring.modes_at_end().undone() + b"\r\n")
        for screen, look in self._looks.items():
            look.end_told = False
            screen.tell(Started())
        self._run()
        self._changed()

    def rename(self, title: str) -> None:
        """Call it *title*."""
        self.title = title
        self._changed()

    def close(self, reason: str) -> None:
        """Hang up the shell and tell the viewers that the terminal is gone."""
        for screen in self._looks:
            screen.tell(Gone(reason))
        self._looks.clear()
        self._decide()
        if self._shell is not None:
            self._shell.hang_up()

    # What viewers do.

    def attach(self, screen: Screen, asked: Attach) -> None:
        """Begin to show the output to *screen*."""
        ring, now = self._ring, self._clock.seconds()
        known = asked.received is not None and ring.start <= asked.received <= ring.end
        offset = asked.received if known and asked.received is not None else ring.start
        look = _Look(
            Size(asked.columns, asked.rows),
            Flow.starting_at(offset, self._limits.window, now),
            focused=self._next_focus() if asked.focused else 0,
            visible=asked.visible,
        )
        modes = "" if known else ring.modes_at_start().decode("ascii")
        screen.tell(Attached(self.name, offset, ring.end, not known, modes))
        self._looks[screen] = look
        self._fit()
        self._pump(screen, look)

    def detach(self, screen: Screen) -> None:
        """Forget *screen*; the shell goes on."""
        if self._looks.pop(screen, None) is not None:
            self._fit()
            self._decide()

    def view(self, screen: Screen, asked: View) -> None:
        """Take a viewer's new size or focus."""
        look = self._looks[screen]
        look.size = Size(asked.columns, asked.rows)
        look.visible = asked.visible
        if asked.focused and self._leader() is not screen:
            look.focused = self._next_focus()
        self._fit()
        self._decide()

    def acknowledge(self, screen: Screen, offset: int) -> None:
        """Take a viewer's word for what it has shown, and send more.

        :raises Invalid: it was not sent that much.
        """
        look = self._looks[screen]
        look.flow.acknowledge(offset, self._clock.seconds())
        self._pump(screen, look)
        self._decide()

    def type(self, screen: Screen, data: bytes) -> None:
        """Take input from a viewer; without a shell it goes nowhere.

        :raises Invalid: the viewer did not wait until the shell took what it sent.
        """
        look = self._looks[screen]
        look.typed += len(data)
        if self._leader() is not screen:  # who types has the keyboard
            look.focused = self._next_focus()
            self._fit()
        if self._shell is not None:
            if self._shell.waiting() + len(data) > self._limits.input_waiting:
                raise Invalid("Too much input at once.")
            self._shell.write(data)
        self._tell_taken(screen, look, self._limits.input_told)

    # What the shell tells.

    def output(self, data: bytes) -> None:
        """Keep output and pass it to whoever keeps up."""
        self._ring.append(data)
        for screen, look in self._looks.items():
            self._pump(screen, look)
        self._decide()

    def drained(self) -> None:
        """Tell the viewers that their input was taken."""
        for screen, look in self._looks.items():
            self._tell_taken(screen, look, 1)

    def ended(self, how: Exit) -> None:
        """Tell the viewers once they have seen the last output."""
        self._shell = None
        self._exit = how
        self._waiting = False
        self._review_later()
        for screen, look in self._looks.items():
            self._tell_end(screen, look)
        self._changed()

    # What follows from it.

    def _run(self) -> None:
        self._exit = None
        try:
            self._shell = self._start_shell(self._size, self)
        except OSError as error:
            reason = f"The shell could not be started: {error.strerror}.\r\n"
            self.output(reason.encode())
            self.ended(Exit(code=None, signal=None))

    def _next_focus(self) -> int:
        self._focuses += 1
        return self._focuses

    def _leader(self) -> Screen | None:
        """Return the viewer that had the keyboard last, else the first one."""
        return max(self._looks, key=lambda one: self._looks[one].focused, default=None)

    def _fit(self) -> None:
        """Give the terminal its leader's size, and tell everybody."""
        leader = self._leader()
        if leader is None:
            return
        size = self._looks[leader].size
        if size != self._size:
            self._size = size
            if self._shell is not None:
                self._shell.resize(size)
        for screen in self._looks:
            screen.tell(Resized(size.columns, size.rows, screen is leader))

    def _pump(self, screen: Screen, look: _Look) -> None:
        """Send a viewer what it may have."""
        ring, flow = self._ring, look.flow
        if flow.sent < ring.start:
            if flow.shown < flow.sent:  # not before it took what is under way
                return
            flow.skip(ring.start, self._clock.seconds())
            modes = ring.modes_at_start().decode("ascii")
            screen.tell(Skipped(ring.start, ring.end, modes))
        while (most := min(flow.room(), self._limits.piece)) > 0:
            piece = ring.read(flow.sent, most)
            if not piece:
                break
            flow.send(len(piece), self._clock.seconds())
            screen.show(piece)
        self._tell_end(screen, look)

    def _tell_end(self, screen: Screen, look: _Look) -> None:
        if self._exit is None or look.end_told or look.flow.sent < self._ring.end:
            return
        look.end_told = True
        screen.tell(Ended(self._exit.code, self._exit.signal))

    def _tell_taken(self, screen: Screen, look: _Look, least: int) -> None:
        if self._shell is not None and self._shell.waiting():
            return
        if look.typed - look.typed_told >= least:
            look.typed_told = look.typed
            screen.tell(Taken(look.typed))

    def _decide(self) -> None:
        """Let the shell wait for the viewers that count, or go on."""
        if self._shell is None:
            return
        now, limits = self._clock.seconds(), self._limits
        lags = [
            look.flow.lag(self._ring.end)
            for look in self._looks.values()
            if look.visible and look.flow.alive(now, limits.patience)
        ]
        wait = must_wait(waiting=self._waiting, lags=lags, window=limits.window)
        if wait and not self._waiting:
            self._shell.pause()
        elif self._waiting and not wait:
            self._shell.resume()
        self._waiting = wait
        self._review_later()

    def _review_later(self) -> None:
        """Look again while the shell waits: a viewer's silence ends its say."""
        running = self._review is not None and self._review.active()
        if self._waiting and not running:
            self._review = self._clock.callLater(
                self._limits.patience / 2, self._decide
            )
        elif running and not self._waiting:
            assert self._review is not None
            self._review.cancel()
