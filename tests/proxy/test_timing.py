"""The one timer."""

import math

from attrs import define
from twisted.internet.task import Clock

from aen.proxy.timing import Sweep


@define(eq=False)
class Thing:
    deadline: float
    expirations: int = 0

    def expired(self) -> None:
        self.expirations += 1
        self.deadline = math.inf


def test_deadlines() -> None:
    """They are met within a tick, and can be moved by assigning."""
    clock = Clock()
    sweep = Sweep(clock, 0.5)
    early, moved, never = Thing(1), Thing(1), Thing(math.inf)
    for thing in (early, moved, never):
        sweep.watch(thing)
    clock.pump([0.5] * 2)
    assert early.expirations == 0
    moved.deadline = 9
    clock.pump([0.5])
    assert (early.expirations, moved.expirations) == (1, 0)
    clock.pump([0.5] * 20)
    assert (early.expirations, moved.expirations, never.expirations) == (1, 1, 0)


def test_no_timer_without_anything_to_watch() -> None:
    """An idle proxy does not wake up, and its clock is right when it goes on."""
    clock = Clock()
    sweep = Sweep(clock, 0.5)
    thing = Thing(1)
    assert clock.getDelayedCalls() == []
    clock.advance(100)
    sweep.watch(thing)
    assert sweep.now == 100
    assert len(clock.getDelayedCalls()) == 1
    sweep.forget(thing)
    sweep.forget(thing)
    assert clock.getDelayedCalls() == []
