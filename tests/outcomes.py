"""What Deferreds have come to, for tests that turn the clock themselves."""

from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


def outcome(waiting: "Deferred[Any]") -> Any:
    """Return the result, or the error; None while there is neither."""
    found: list[Any] = []
    waiting.addBoth(found.append)
    came = found[0] if found else None
    return came.value if isinstance(came, Failure) else came


def now(waiting: "Deferred[T]") -> T:
    """Return the result of what waits for nothing, or raise its error."""
    found: list[T | Failure] = []
    waiting.addBoth(found.append)
    assert found, "it waits"
    (came,) = found
    if isinstance(came, Failure):
        came.raiseException()
    return came
