"""When an app is stopped that nobody uses."""

import pytest

from aen.compute.idle import Busy, Step, decide, idle_until


@pytest.mark.parametrize(
    ("timeout", "unused", "busy", "expected"),
    [
        (0, 10**9, None, Step.KEEP),
        (0, 10**9, Busy.NO, Step.KEEP),
        (600, 0, None, Step.KEEP),
        (600, 604, None, Step.KEEP),
        (600, 604, Busy.NO, Step.KEEP),
        (600, 605, None, Step.ASK),
        (600, 605, Busy.NO, Step.STOP),
        (600, 10**9, Busy.YES, Step.KEEP),
        (600, 605, Busy.SILENT, Step.KEEP),
        (600, 1814, Busy.SILENT, Step.KEEP),
        (600, 1815, Busy.SILENT, Step.STOP),
        (2, 24, Busy.NO, Step.KEEP),
        (2, 25, Busy.NO, Step.STOP),
    ],
)
def test_the_step(
    timeout: float, unused: float, busy: Busy | None, expected: Step
) -> None:
    """Nothing that works is stopped; nothing is asked before its time."""
    assert decide(timeout, unused, busy) is expected


def test_what_is_told_of_it() -> None:
    """When it would be stopped; 0: never."""
    assert idle_until(600, 1000) == 1605
    assert idle_until(0, 1000) == 0
