"""How often somebody may call."""

import pytest

from aen.server.rates import Buckets, Taken


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((0.0,), Taken(3, 2, 20)),
        ((0.0, 0.0, 0.0), Taken(3, 0, 60)),
        ((0.0, 0.0, 0.0, 0.0), Taken(3, 0, 60, wait=20)),
        ((0.0, 0.0, 0.0, 5.0), Taken(3, 0, 55, wait=15)),
        ((0.0, 0.0, 0.0, 20.0), Taken(3, 0, 60)),
        ((0.0, 0.0, 0.0, 3600.0), Taken(3, 2, 20)),
        ((9.0, 0.0), Taken(3, 1, 40)),
    ],
)
def test_a_minutes_calls(at: tuple[float, ...], expected: Taken) -> None:
    """A bucket holds a minute's calls, fills evenly, and never beyond its brim."""
    buckets = Buckets()
    *before, last = at
    for now in before:
        buckets.take("a", 3, now)
    assert buckets.take("a", 3, last) == expected


def test_others_are_others() -> None:
    """One who calls too often is no burden to another."""
    buckets = Buckets()
    for _ in range(5):
        buckets.take("a", 1, 0.0)
    assert buckets.take("a", 1, 0.0).wait
    assert not buckets.take("b", 1, 0.0).wait


def test_memory_is_bounded() -> None:
    """The one seen longest ago is forgotten."""
    buckets = Buckets(most=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key, 2, 0.0)
    assert buckets.take("a", 2, 0.0).wait  # the third of two
    assert buckets.take("b", 2, 0.0).remaining == 1  # anew
