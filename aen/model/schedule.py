"""When work is done by the clock."""

from typing import Protocol

from attrs import frozen

from aen.model.errors import Invalid
from aen.model.periods import DAY, HOUR

_MINUTE = 60.0


class When(Protocol):
    """Says when a piece of work is due."""

    @property
    def words(self) -> str:
        """It in words, for people."""

    @property
    def longest(self) -> float:
        """The most seconds between two turns."""

    def first(self, now: float) -> float:
        """Return when it is due that has never been done."""

    def after(self, due: float, now: float) -> float:
        """Return when it is due after the turn that was due at *due*.

        Always later than both; turns missed meanwhile are left out.
        """


@frozen
class Every:
    """Again and again, after so many seconds."""

    seconds: float

    @property
    def words(self) -> str:
        """It in words, for people."""
        for unit, name in ((DAY, "day"), (HOUR, "hour"), (_MINUTE, "minute")):
            number = self.seconds / unit
            if number >= 1 and number == int(number):
                return f"every {name}" if number == 1 else f"every {number:g} {name}s"
        return f"every {self.seconds:g} seconds"

    @property
    def longest(self) -> float:
        """The most seconds between two turns."""
        return self.seconds

    def first(self, now: float) -> float:
        """Return when it is due that has never been done: at once."""
        return now

    def after(self, due: float, now: float) -> float:
        """Return when it is due after the turn that was due at *due*."""
        following = due + self.seconds
        return following if following > now else now + self.seconds


@frozen
class Daily:
    """Once a day at a time, in UTC."""

    at: str
    """As ``03:30``."""

    @property
    def words(self) -> str:
        """It in words, for people."""
        return f"every day at {self.at} UTC"

    @property
    def longest(self) -> float:
        """The most seconds between two turns."""
        return DAY

    def first(self, now: float) -> float:
        """Return when it is due that has never been done: at its time."""
        return self.after(now, now)

    def after(self, due: float, now: float) -> float:
        """Return when it is due after the turn that was due at *due*."""
        late = max(due, now)
        found = late - late % DAY + seconds_of_day("the time", self.at)
        return found if found > late else found + DAY


def seconds_of_day(name: str, text: str) -> float:
    """Return the seconds from midnight to *text*, or raise `Invalid` naming *name*."""
    hour, colon, minute = text.partition(":")
    digits = f"{hour}{minute}"
    if colon and digits.isascii() and digits.isdecimal():
        found = int(hour) * HOUR + int(minute) * _MINUTE
        if int(minute) < _MINUTE and found < DAY:
            return found
    raise Invalid(f"“{name}” must be a time of day like “03:30”, not “{text}”.")
