"""When an app that nobody uses is stopped. Pure.

An app is used while bytes pass between it and its users, while it says that it works
(`activity` of its manifest), and while a job runs in one of its terminals.
"""

import enum

SETTLE = 5.0
"""Seconds of delay between a use and the node's knowledge of it, plenty."""
SHORTEST = 20.0
"""A gateway tells of what goes on being used only so often."""
PATIENCE = 3
"""An app that should say whether it works and does not has so many times as long."""


class Busy(enum.Enum):
    """What is known of an app that nobody sends anything."""

    YES = "yes"
    NO = "no"
    SILENT = "silent"
    """It should answer, and does not."""


class Step(enum.Enum):
    """What to do with an app."""

    KEEP = "keep"
    ASK = "ask"
    STOP = "stop"


def decide(timeout: float, unused: float, busy: Busy | None) -> Step:
    """Return what to do with an app that has not been used for *unused* seconds.

    :param timeout: seconds; 0: it is never stopped for this.
    :param busy: what it answered; None: it has not been asked.
    """
    if timeout <= 0 or unused < max(timeout, SHORTEST) + SETTLE:
        return Step.KEEP
    match busy:
        case None:
            return Step.ASK
        case Busy.YES:
            return Step.KEEP
        case Busy.NO:
            return Step.STOP
        case Busy.SILENT:
            late = unused >= PATIENCE * (max(timeout, SHORTEST) + SETTLE)
            return Step.STOP if late else Step.KEEP


def idle_until(timeout: float, last: float) -> float:
    """Return when an app last used at *last* may be stopped; 0: never."""
    return last + max(timeout, SHORTEST) + SETTLE if timeout > 0 else 0.0
