"""The demands are those of the design, and about rows there are."""

from bench.bars import BARS, SMALLER_IS_BETTER
from bench.table import ROWS


def test_every_row_has_a_bar() -> None:
    """A row that demands nothing would prove nothing; a bar without a row neither."""
    demanded = {bar.row for bar in BARS if not bar.aim}
    assert demanded == {row.name for row in ROWS}


def test_aims_are_harder_than_bars() -> None:
    """An aim asks for more than the bar against the same peer."""
    bars = {(b.row, b.figure, b.who, b.peer): b for b in BARS if not b.aim}
    for aim in (one for one in BARS if one.aim):
        bar = bars.get((aim.row, aim.figure, aim.who, aim.peer))
        if bar is None:
            continue
        less = aim.figure in SMALLER_IS_BETTER
        assert aim.factor < bar.factor if less else aim.factor > bar.factor


def test_each_demand_is_made_once() -> None:
    """Two bars about the same thing would contradict each other one day."""
    keys = [(one.row, one.figure, one.who, one.peer, one.aim) for one in BARS]
    assert len(keys) == len(set(keys))
