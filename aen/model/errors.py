"""What can be wrong with a request, in words a person can act on.

Nothing here knows of HTTP; `aen.wire.problems` maps each class to a status.
"""

from typing import ClassVar

OUR_FAULT = "Something went wrong on our side; it has been logged."
"""What people are told of a mistake of ours."""


class AenError(Exception):
    """Something we can explain. The text is shown to people as it stands."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class Invalid(AenError):
    """What was sent is not acceptable; `fields` names the parts that are not."""

    code = "invalid"


class NotFound(AenError):
    """There is no such thing, or none that the caller may know of."""

    code = "not_found"


class Moved(NotFound):
    """It has another address now, *owner*/*name*, and the caller may see it there."""

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(f"This project is at {owner}/{name} now.")
        self.owner = owner
        self.name = name


class Elsewhere(NotFound):
    """It is in another data center; `fields` has its ``path`` and the ``gateway``."""

    code = "elsewhere"


class Taken(AenError):
    """The name is in use."""

    code = "taken"


class Conflict(AenError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"


class Changed(AenError):
    """Somebody else has changed the thing since the caller saw it."""

    code = "changed"


class Unauthenticated(AenError):
    """Nobody has signed in, or the credential is wrong, ended or expired."""

    code = "unauthenticated"


class Forbidden(AenError):
    """Signed in, but not allowed."""

    code = "forbidden"


class TooMany(AenError):
    """Too many attempts; `retry_after` is in seconds."""

    code = "too_many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(AenError):
    """More was sent than is accepted."""

    code = "too_large"


class Unavailable(AenError):
    """A part of the platform does not answer at the moment."""

    code = "unavailable"


class Failed(AenError):
    """Work was tried and did not succeed; `log` holds the last lines of output."""

    code = "failed"

    def __init__(self, message: str, *, log: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.log = log
