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


@pytest.mark.parametrize(
    ("limit", "processes", "let_in"), [(12, 1, 12), (12, 3, 12), (10, 3, 9), (2, 3, 3)]
)
def test_parts_of_several_processes(limit: int, processes: int, let_in: int) -> None:
    """Asked in turn they let through what one does, but for what cannot be divided."""
    every = [Buckets(processes=processes) for _ in range(processes)]
    taken = [every[turn % processes].take("a", limit, 0.0) for turn in range(30)]
    assert sum(not one.wait for one in taken) == let_in
    assert {one.limit for one in taken} == {limit}
    assert max(one.remaining for one in taken) <= limit


def test_parts_fill_in_a_minute() -> None:
    """As fast in all as a single one."""
    part = Buckets(processes=3)
    for _ in range(4):
        part.take("a", 12, 0.0)
    assert part.take("a", 12, 0.0) == Taken(12, 0, 60, wait=15)
    assert part.take("a", 12, 60.0).remaining == 9
