"""All terminals: opened, found, listed and closed."""

import pytest
from twisted.internet.task import Clock

from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.messages import Attach, Gone, Size, Summary, Terminals
from aen.compute.apps.terminal.shell import Listener, Shell
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.model.errors import NotFound, TooMany
from tests.compute.apps.terminal.fakes import FakeScreen, FakeShell


def start(size: Size, listener: Listener) -> Shell:
    """Start nothing."""
    return FakeShell(size)


@pytest.fixture
def terminals() -> AllTerminals:
    """No terminal yet; two at most."""
    names = iter("abc")
    return AllTerminals(Limits(terminals=2), Clock(), start, lambda: next(names))


def test_open(terminals: AllTerminals) -> None:
    """Asking for none opens one, and everybody hears of it."""
    first, second = FakeScreen(), FakeScreen()
    terminals.attach(first, Attach(80, 24))
    terminals.attach(second, Attach(80, 24))
    both = (Summary("a", "Terminal 1", ended=False), Summary("b", "Terminal 2", False))
    assert first.last(Terminals) == second.last(Terminals) == Terminals(both)


def test_find(terminals: AllTerminals) -> None:
    """A terminal is found by its name."""
    opened = terminals.attach(FakeScreen(), Attach(80, 24))
    assert terminals.attach(FakeScreen(), Attach(80, 24, "a")) is opened


def test_unknown(terminals: AllTerminals) -> None:
    """A name that stands for nothing is told so."""
    with pytest.raises(NotFound):
        terminals.attach(FakeScreen(), Attach(80, 24, "z"))


def test_too_many(terminals: AllTerminals) -> None:
    """There is a limit."""
    terminals.attach(FakeScreen(), Attach(80, 24))
    terminals.attach(FakeScreen(), Attach(80, 24))
    with pytest.raises(TooMany, match="2 terminals"):
        terminals.attach(FakeScreen(), Attach(80, 24))


def test_close(terminals: AllTerminals) -> None:
    """A closed terminal is gone for its viewers and from the list of the others."""
    first, second = FakeScreen(), FakeScreen()
    closed = terminals.attach(first, Attach(80, 24))
    terminals.attach(second, Attach(80, 24))
    terminals.close(closed)
    terminals.close(closed)
    assert first.heard(Gone) == [Gone("The terminal was closed.")]
    assert second.last(Terminals) == Terminals((Summary("b", "Terminal 2", False),))


def test_detach(terminals: AllTerminals) -> None:
    """Who left hears nothing more."""
    screen = FakeScreen()
    terminals.attach(screen, Attach(80, 24))
    terminals.detach(screen)
    told = len(screen.told)
    terminals.attach(FakeScreen(), Attach(80, 24))
    assert len(screen.told) == told
