"""Runs alternate; medians are judged; what is not there is not judged."""

import pytest
from attrs import evolve

from bench.bars import Bar
from bench.measured import (
    Measured,
    Missing,
    Outcome,
    RowResult,
    Sample,
    Spread,
    alternate,
    judge,
    judged,
    there,
)

FOUND = Measured(
    {
        "gateway": [{"requests/s": 10.0}, {"requests/s": 30.0}, {"requests/s": 20.0}],
        "chp": [{"requests/s": 4.0, "p99 s": 0.5}],
        "nginx": [{"requests/s": 25.0}],
    }
)


def test_runs_alternate() -> None:
    """A, B, A, B: a machine that grows slower slows all of them."""
    order: list[str] = []

    def contender(name: str) -> Sample:
        order.append(name)
        return {"n": float(len(order))}

    found = alternate({"a": lambda: contender("a"), "b": lambda: contender("b")}, 2)
    assert order == ["a", "b", "a", "b"]
    assert found == {"a": [{"n": 1.0}, {"n": 3.0}], "b": [{"n": 2.0}, {"n": 4.0}]}


def test_spread() -> None:
    """One outlier does not move the figure; the spread shows it."""
    assert FOUND.spread("gateway", "requests/s") == Spread(20.0, 10.0, 30.0)
    assert FOUND.spread("gateway", "p99 s") is None
    assert FOUND.spread("nobody", "requests/s") is None


def test_figures_are_named_once() -> None:
    """Figures keep the order in which they were measured."""
    assert FOUND.figures("chp") == ("requests/s", "p99 s")


@pytest.mark.parametrize(
    ("factor", "peer", "outcome"),
    [
        (5.0, "chp", Outcome.MET),
        (5.1, "chp", Outcome.MISSED),
        (0.8, "nginx", Outcome.MET),
        (1.0, "nginx", Outcome.MISSED),
        (1.0, "haproxy", Outcome.UNKNOWN),
        (20.0, "", Outcome.MET),
        (21.0, "", Outcome.MISSED),
    ],
)
def test_more_is_better(factor: float, peer: str, outcome: Outcome) -> None:
    """A rate must reach the demand; exactly reaching it is enough."""
    assert judge(Bar("r", "requests/s", factor, peer), FOUND).outcome is outcome


@pytest.mark.parametrize(
    ("factor", "outcome"), [(0.5, Outcome.MET), (0.4, Outcome.MISSED)]
)
def test_less_is_better(factor: float, outcome: Outcome) -> None:
    """A latency must not go beyond the demand."""
    bar = Bar("r", "p99 s", factor, who="chp")
    assert judge(bar, FOUND).outcome is outcome


def test_only_bars_fail() -> None:
    """A missed aim is said and fails nothing; a missed bar does; so does a break."""
    missed = Bar("r", "requests/s", 9.0, "chp")
    verdicts = judged("r", FOUND, [missed, Bar("other", "requests/s", 99.0)])
    assert [one.failed for one in verdicts] == [True]
    aimed = judged("r", FOUND, [evolve(missed, aim=True)])
    assert [one.failed for one in aimed] == [False]
    assert RowResult("r", "", FOUND, verdicts=verdicts).failed
    assert not RowResult("r", "", FOUND, verdicts=aimed).failed
    assert RowResult("r", "", problem="no", broke=True).failed
    assert not RowResult("r", "", problem="no").failed


def test_a_missing_peer_does_not_end_a_row() -> None:
    """The others are measured, and a note says why it is not among them."""

    def absent() -> int:
        raise Missing("not installed.")

    ports, notes = there({"nginx": lambda: 1, "chp": absent})
    assert ports == {"nginx": 1}
    assert notes == ["chp: not installed."]
