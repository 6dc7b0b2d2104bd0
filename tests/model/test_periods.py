"""Days, weeks and months."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aen.model.periods import Period, span_of

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str) -> float:
    """Return a time of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        (Period.TODAY, "2026-03-28T23:00", "2026-03-29T22:00"),
        (Period.YESTERDAY, "2026-03-27T23:00", "2026-03-28T23:00"),
        (Period.WEEK, "2026-03-22T23:00", "2026-03-29T22:00"),
        (Period.MONTH, "2026-02-28T23:00", "2026-03-31T22:00"),
    ],
)
def test_spans(period: Period, since: str, until: str) -> None:
    """By the calendar of the place; the day the clocks change has 23 hours."""
    found = span_of(period, moment("2026-03-29T12:00"), BERLIN)
    assert (found.since, found.until) == (moment(since), moment(until))


def test_the_place_matters() -> None:
    """Just before midnight in one zone is the next day in another."""
    now = moment("2026-01-31T23:30")
    here = span_of(Period.TODAY, now, BERLIN)
    assert here.since == moment("2026-01-31T23:00")
    assert span_of(Period.TODAY, now, UTC).since == moment("2026-01-31T00:00")
    assert span_of(Period.MONTH, now, BERLIN).since == moment("2026-01-31T23:00")


def test_titles() -> None:
    """For people."""
    assert [one.title for one in Period] == [
        "Today", "Yesterday", "This week", "This month",
    ]  # fmt: skip
