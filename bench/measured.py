"""Samples, their medians, and what the bars say of them. Pure."""

import enum
import statistics
from collections.abc import Callable, Mapping, Sequence

from attrs import field, frozen

from bench.bars import Bar

Sample = Mapping[str, float]
"""One measurement: figures by name."""
Contender = Callable[[], Sample]
"""Measures once."""


class Missing(Exception):
    """Why something cannot be measured on this machine, as a sentence."""


@frozen
class Pace:
    """How long to measure, and how often."""

    seconds: float
    """Of one run."""
    runs: int


@frozen
class Spread:
    """The median of several samples, and the least and the most of them."""

    median: float
    least: float
    most: float


@frozen
class Measured:
    """What a row found: the samples of each contender, in the order of the runs."""

    samples: Mapping[str, Sequence[Sample]]
    notes: tuple[str, ...] = ()

    def spread(self, who: str, figure: str) -> Spread | None:
        """Return the spread of a contender's figure; None if it has none."""
        values = [one[figure] for one in self.samples.get(who, ()) if figure in one]
        if not values:
            return None
        return Spread(statistics.median(values), min(values), max(values))

    def figures(self, who: str) -> tuple[str, ...]:
        """Return the names of a contender's figures."""
        return tuple(dict.fromkeys(name for one in self.samples[who] for name in one))


class Outcome(enum.Enum):
    """What became of a demand."""

    MET = "met"
    MISSED = "MISSED"
    UNKNOWN = "not measured"


@frozen
class Verdict:
    """What a bar says of what was measured."""

    bar: Bar
    outcome: Outcome
    value: float | None = None
    demand: float | None = None
    """In the figure's own unit."""

    @property
    def failed(self) -> bool:
        """Whether a bar, not merely an aim, is missed."""
        return self.outcome is Outcome.MISSED and not self.bar.aim


@frozen
class RowResult:
    """A row of the table, measured or not."""

    name: str
    title: str
    measured: Measured | None = None
    problem: str = ""
    """Why it was not measured."""
    broke: bool = False
    """Whether it could have been measured, but something went wrong."""
    verdicts: tuple[Verdict, ...] = field(default=())

    @property
    def failed(self) -> bool:
        """Whether this row alone makes the bench fail."""
        return self.broke or any(verdict.failed for verdict in self.verdicts)


def alternate(
    contenders: Mapping[str, Contender], runs: int
) -> dict[str, list[Sample]]:
    """Return the samples of *runs* rounds, each measuring every contender once."""
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, measure in contenders.items():
            samples[name].append(measure())
    return samples


def there(starts: Mapping[str, Callable[[], int]]) -> tuple[dict[str, int], list[str]]:
    """Return the ports of the peers that can be had, and why others cannot."""
    ports: dict[str, int] = {}
    notes = []
    for name, start in starts.items():
        try:
            ports[name] = start()
        except Missing as missing:
            notes.append(f"{name}: {missing}")
    return ports, notes


def judge(bar: Bar, measured: Measured) -> Verdict:
    """Return what *bar* says of the medians."""
    mine = measured.spread(bar.who, bar.figure)
    against = measured.spread(bar.peer, bar.figure) if bar.peer else None
    if mine is None or (bar.peer and against is None):
        return Verdict(bar, Outcome.UNKNOWN, mine.median if mine else None)
    demand = bar.factor * (against.median if against else 1.0)
    met = mine.median <= demand if bar.at_most else mine.median >= demand
    outcome = Outcome.MET if met else Outcome.MISSED
    return Verdict(bar, outcome, mine.median, demand)


def judged(row: str, measured: Measured, bars: Sequence[Bar]) -> tuple[Verdict, ...]:
    """Return the verdicts of all bars of *row*."""
    return tuple(judge(bar, measured) for bar in bars if bar.row == row)
