"""Days that people choose: until the end of one a guest may work, a log is read."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from aen.model.errors import Invalid

_DAY = timedelta(days=1)


def start_of_day(text: str, field: str = "since", place: tzinfo = UTC) -> float | None:
    """Return when the day ``2030-01-31`` begins in *place*; None where none was chosen.

    :raises Invalid: it is no day.
    """
    return _midnight(text, field, place)


def end_of_day(text: str, field: str = "until", place: tzinfo = UTC) -> float | None:
    """Return when the day ``2030-01-31`` is over in *place*; None for none chosen.

    :raises Invalid: it is no day.
    """
    return _midnight(text, field, place, later=_DAY)


def _midnight(
    text: str, field: str, place: tzinfo, later: timedelta = timedelta()
) -> float | None:
    if not text:
        return None
    try:
        # By the calendar, not by hours: a day may have 23 or 25 of them.
        chosen = datetime.fromisoformat(text).date() + later
        return datetime.combine(chosen, time(), place).timestamp()
    except (ValueError, OverflowError):
        message = "Choose a day, like 2030-01-31."
        raise Invalid(message, fields={field: message}) from None


def last_day(until: float | None) -> str:
    """Return the last whole day before *until*, for a field; empty without one."""
    if until is None:
        return ""
    return (datetime.fromtimestamp(until, UTC) - _DAY / 2).date().isoformat()


def first_day(now: float) -> str:
    """Return today, the first day that may be chosen."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()
