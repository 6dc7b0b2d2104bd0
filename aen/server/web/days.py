"""Days that people choose: a guest may work until the end of one, in UTC."""

from datetime import UTC, datetime, time, timedelta

from aen.model.errors import Invalid

_DAY = timedelta(days=1)


def end_of_day(text: str, field: str = "until") -> float | None:
    """Return when the day ``2030-01-31`` is over; None where none was chosen.

    :raises Invalid: it is no day.
    """
    if not text:
        return None
    try:
        chosen = datetime.combine(datetime.fromisoformat(text).date(), time(), UTC)
        return (chosen + _DAY).timestamp()
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
