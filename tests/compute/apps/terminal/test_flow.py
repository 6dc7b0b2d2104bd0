"""How much a viewer is sent, and when a shell waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.apps.terminal.flow import Flow, must_wait
from aen.model.errors import Invalid


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200)), max_size=40))
def test_never_more_than_a_window(steps: list[tuple[bool, int]]) -> None:
    """However a viewer acknowledges, at most one window is under way."""
    flow = Flow.starting_at(0, 100, now=0.0)
    for sends, size in steps:
        if sends:
            flow.send(min(size, flow.room()), 0.0)
        else:
            flow.acknowledge(min(flow.shown + size, flow.sent), 0.0)
        assert 0 <= flow.sent - flow.shown <= 100


def test_no_more_than_was_sent() -> None:
    """A viewer cannot have shown what it was not sent."""
    flow = Flow.starting_at(10, 100, now=0.0)
    flow.send(5, 0.0)
    with pytest.raises(Invalid):
        flow.acknowledge(16, 0.0)


def test_old_acknowledgement_after_a_skip() -> None:
    """What was under way when the viewer skipped changes nothing."""
    flow = Flow.starting_at(0, 100, now=0.0)
    flow.send(50, 0.0)
    flow.skip(1000, 1.0)
    flow.acknowledge(50, 2.0)
    assert (flow.shown, flow.sent, flow.room()) == (1000, 1000, 100)


def test_alive() -> None:
    """A viewer counts while it makes progress, or has none to make."""
    flow = Flow.starting_at(0, 100, now=0.0)
    assert flow.alive(1000.0, patience=2)
    flow.send(50, 1000.0)
    assert flow.alive(1001.9, patience=2)
    assert not flow.alive(1002.0, patience=2)
    flow.acknowledge(1, 1002.5)
    assert flow.alive(1004.0, patience=2)


@pytest.mark.parametrize(
    ("waiting", "lags", "wait"),
    [
        (False, [], False),
        (True, [], False),
        (False, [100], False),
        (False, [101], True),
        (False, [0, 101], True),
        (True, [51], True),
        (True, [50, 50], False),
    ],
)
def test_must_wait(waiting: bool, lags: list[int], wait: bool) -> None:  # noqa: FBT001
    """A shell waits from a full window on until half of it is shown."""
    assert must_wait(waiting=waiting, lags=lags, window=100) is wait
