"""Days, weeks and months as people count them, in some time zone."""

import enum
from datetime import datetime, timedelta, tzinfo

from attrs import frozen

HOUR = 3600
DAY = 24 * HOUR
"""In seconds; a day in which no clock is put forward or back."""


class Period(enum.Enum):
    """What a report is about."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"

    @property
    def title(self) -> str:
        """The period as people read it."""
        return {"week": "This week", "month": "This month"}.get(
            self.value, self.value.capitalize()
        )


@frozen
class Span:
    """A stretch of time, in seconds since the epoch; *until* is not in it."""

    since: float
    until: float


def span_of(period: Period, now: float, zone: tzinfo) -> Span:
    """Return when *period* began and when it ends; weeks begin on Monday."""
    today = datetime.fromtimestamp(now, zone).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    first, days = today, 1
    match period:
        case Period.YESTERDAY:
            first = today - timedelta(days=1)
        case Period.WEEK:
            first, days = today - timedelta(days=today.weekday()), 7
        case Period.MONTH:
            first = today.replace(day=1)
            following = (first + timedelta(days=32)).replace(day=1)
            return Span(first.timestamp(), following.timestamp())
    # By the calendar, not by hours: a day may have 23 or 25 of them.
    return Span(first.timestamp(), (first + timedelta(days=days)).timestamp())
