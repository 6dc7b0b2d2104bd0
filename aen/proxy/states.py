"""Where a request and its response stand."""

from enum import Enum, auto


class State(Enum):
    """Where an exchange stands."""

    DECIDING = auto()
    """The router has been asked."""
    CONNECTING = auto()
    """The upstream's connection is being made."""
    WAITING = auto()
    """The request is on its way; no byte of the final response has come."""
    STREAMING = auto()
    """The response has begun."""
    ENDED = auto()
