"""A terminal between a shell and its viewers, without processes or sockets."""

import pytest
from twisted.internet.task import Clock

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
    View,
)
from aen.compute.apps.terminal.shell import Exit, Listener, Shell
from aen.compute.apps.terminal.terminal import Terminal
from aen.model.errors import Invalid
from tests.compute.apps.terminal.fakes import FakeScreen, FakeShell

LIMITS = Limits(scrollback=4000, window=1000, piece=400, input_waiting=100)


class Room:
    """A terminal with its fakes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.shells: list[FakeShell] = []
        self.changes = 0
        self.terminal = Terminal(
            "a", "Terminal 1", LIMITS, self.clock, self._start, self._changed
        )
        self.terminal.start(Size(80, 24))

    @property
    def shell(self) -> FakeShell:
        return self.shells[-1]

    def waits(self) -> bool:
        """Tell whether the shell has to wait."""
        return self.shell.paused

    def _start(self, size: Size, listener: Listener) -> Shell:
        self.shells.append(FakeShell(size))
        return self.shells[-1]

    def _changed(self) -> None:
        self.changes += 1

    def attach(
        self, *, received: int | None = None, focused: bool = False, columns: int = 80
    ) -> FakeScreen:
        """Let a viewer attach."""
        screen = FakeScreen()
        asked = Attach(columns, 24, "a", received, focused=focused)
        self.terminal.attach(screen, asked)
        return screen


@pytest.fixture
def room() -> Room:
    """A terminal with a shell in it."""
    return Room()


def test_replay(room: Room) -> None:
    """Who comes later sees what was written before."""
    room.terminal.output(b"before ")
    screen = room.attach()
    room.terminal.output(b"after")
    assert screen.shown == b"before after"
    assert screen.told[0] == Attached("a", 0, 7, reset=True, modes="")


def test_come_back(room: Room) -> None:
    """Who comes back gets what was missed, and nothing twice."""
    room.terminal.output(b"seen missed")
    screen = room.attach(received=5)
    assert screen.shown == b"missed"
    assert screen.told[0] == Attached("a", 5, 11, reset=False, modes="")


@pytest.mark.parametrize("received", [12, -1, 10**20])
def test_come_back_with_nonsense(room: Room, received: int) -> None:
    """An offset that we never reached means starting anew."""
    room.terminal.output(b"output")
    screen = room.attach(received=received)
    assert screen.shown == b"output"
    assert screen.told[0] == Attached("a", 0, 6, reset=True, modes="")


def test_window(room: Room) -> None:
    """A viewer is sent a window's worth, then as much as it has shown."""
    screen = room.attach()
    room.terminal.output(b"x" * 1500)
    assert len(screen.shown) == 1000
    room.terminal.acknowledge(screen, 300)
    assert len(screen.shown) == 1300


def test_shell_waits(room: Room) -> None:
    """The shell waits for a viewer that has a full window to show."""
    screen = room.attach()
    room.terminal.output(b"x" * 1500)
    assert room.waits()
    room.terminal.acknowledge(screen, 900)
    assert room.waits()
    room.terminal.acknowledge(screen, 1000)
    assert not room.waits()


def test_silent_viewer_loses_its_say(room: Room) -> None:
    """A viewer that vanished holds the shell for a moment, not for ever."""
    silent, other = room.attach(), room.attach()
    room.terminal.output(b"x" * 1500)
    assert room.waits()
    room.clock.pump([0.5] * 5)
    for _ in range(20):
        room.terminal.acknowledge(other, len(other.shown))
        room.terminal.output(b"y" * 500)
    assert not room.waits()
    assert len(silent.shown) == 1000
    room.terminal.detach(silent)
    room.terminal.detach(other)
    assert not room.clock.getDelayedCalls()


def test_silent_viewer_skips(room: Room) -> None:
    """A viewer that fell behind what is kept goes on with what there is."""
    room.terminal.output(b"\x1b[?1049h\n")
    screen = room.attach()
    room.clock.advance(1)
    for _ in range(100):
        room.terminal.output(b"z" * 99 + b"\n")
        room.clock.advance(1)
    screen.shown = b""
    room.terminal.acknowledge(screen, 1000)
    skipped = screen.last(Skipped)
    assert skipped.live == 10009
    assert skipped.modes == "\x1b[?1049h"
    assert screen.shown.startswith(b"zzz")


def test_hidden_viewer_holds_nothing(room: Room) -> None:
    """A page in the background does not slow a job down."""
    screen = room.attach()
    room.terminal.view(screen, View(80, 24, focused=False, visible=False))
    room.terminal.output(b"x" * 3000)
    assert not room.waits()


def test_nobody_looks(room: Room) -> None:
    """Without viewers the shell runs on."""
    screen = room.attach()
    room.terminal.output(b"x" * 1500)
    room.terminal.detach(screen)
    assert not room.waits()
    room.terminal.output(b"x" * 10000)
    assert not room.waits()


def test_false_acknowledgement(room: Room) -> None:
    """A viewer cannot acknowledge what it was not sent."""
    with pytest.raises(Invalid):
        room.terminal.acknowledge(room.attach(), 1)


def test_size_follows_the_keyboard(room: Room) -> None:
    """The terminal has the size of the viewer that had the keyboard last."""
    wide, narrow = room.attach(columns=120), room.attach(columns=60)
    assert room.shell.size == Size(120, 24)
    room.terminal.view(narrow, View(60, 24, focused=True, visible=True))
    assert room.shell.size == Size(60, 24)
    assert wide.last(Resized) == Resized(60, 24, yours=False)
    assert narrow.last(Resized) == Resized(60, 24, yours=True)
    room.terminal.type(wide, b"x")
    assert room.shell.size == Size(120, 24)
    room.terminal.detach(wide)
    assert room.shell.size == Size(60, 24)


def test_input(room: Room) -> None:
    """Input reaches the shell, and a viewer hears when much of it was taken."""
    screen = room.attach()
    room.terminal.type(screen, b"ls\n")
    assert room.shell.typed == b"ls\n"
    assert screen.heard(Taken) == []
    room.shell.stuck = 50
    room.terminal.type(screen, b"x" * 40)
    room.shell.stuck = 0
    room.terminal.drained()
    assert screen.last(Taken) == Taken(43)


def test_too_much_input(room: Room) -> None:
    """Input that the shell does not take is bounded."""
    screen = room.attach()
    room.shell.stuck = 90
    with pytest.raises(Invalid):
        room.terminal.type(screen, b"x" * 11)


def test_end_and_restart(room: Room) -> None:
    """A shell that ended says so after its last output; another can take its place."""
    screen = room.attach()
    room.terminal.output(b"\x1b[?1000h" + b"x" * 1492)
    room.terminal.ended(Exit(3, None))
    assert screen.heard(Ended) == []
    room.terminal.acknowledge(screen, 1000)
    assert screen.last(Ended) == Ended(3, None)
    assert room.terminal.summary() == Summary("a", "Terminal 1", ended=True)
    room.terminal.acknowledge(screen, 1500)
    room.terminal.restart()
    assert len(room.shells) == 2
    assert isinstance(screen.told[-1], Started)
    assert b"\x1b[?1000l" in screen.shown
    assert not room.terminal.summary().ended


def test_late_viewer_hears_the_end(room: Room) -> None:
    """Who comes after the end hears of it too."""
    room.terminal.ended(Exit(None, 9))
    assert room.attach().last(Ended) == Ended(None, 9)


def test_restart_of_a_shell_that_runs(room: Room) -> None:
    """A shell that runs is left alone."""
    room.terminal.restart()
    assert len(room.shells) == 1


def test_input_without_a_shell(room: Room) -> None:
    """Keys pressed after the end go nowhere."""
    screen = room.attach()
    room.terminal.ended(Exit(0, None))
    room.terminal.type(screen, b"x")
    assert room.shell.typed == b""


def test_close(room: Room) -> None:
    """Closing hangs up the shell and tells everybody."""
    screen = room.attach()
    room.terminal.output(b"x" * 1500)
    room.terminal.close("closed")
    assert room.shell.hung_up
    assert screen.told[-1] == Gone("closed")
    assert not room.clock.getDelayedCalls()


def test_shell_cannot_start() -> None:
    """A shell that cannot be started says why on the screen."""

    def refuse(size: Size, listener: Listener) -> Shell:
        raise FileNotFoundError(2, "No such file or directory")

    terminal = Terminal("a", "One", LIMITS, Clock(), refuse, lambda: None)
    terminal.start(Size(80, 24))
    screen = FakeScreen()
    terminal.attach(screen, Attach(80, 24))
    assert b"No such file or directory" in screen.shown
    assert screen.last(Ended) == Ended(None, None)
