"""Times that callers write."""

from datetime import datetime

from aen.model.errors import Invalid


def moment(text: str, field: str) -> float:
    """Return a time written as RFC 3339 in seconds since the epoch, or `Invalid`."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.timestamp()
    except (ValueError, OverflowError):
        pass
    message = f"“{field}” must be a time like “2030-01-31T12:00:00Z”."
    raise Invalid(message, fields={field: message})


def moment_or_none(text: str | None, field: str) -> float | None:
    """Return what `moment` does; None or nothing stays None."""
    return moment(text, field) if text else None
