"""Where an exchange stands, and what moves it on.

The table is what documentation and tests go by: the diagram of ``docs/proxy.md`` is
drawn from it, and a test holds that exchanges move along these arrows and no others.
"""

from enum import Enum, auto
from typing import Final


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


ARROWS: Final[dict[tuple[State, State], str]] = {
    (State.DECIDING, State.CONNECTING): "forward",
    (State.DECIDING, State.WAITING): "forward, pooled connection",
    (State.DECIDING, State.ENDED): "answer, time is up, client gone",
    (State.CONNECTING, State.WAITING): "connected",
    (State.CONNECTING, State.DECIDING): "no connection, or given up",
    (State.WAITING, State.STREAMING): "final head",
    (State.WAITING, State.CONNECTING): "pooled connection was dead",
    (State.WAITING, State.DECIDING): "upstream lost or not HTTP",
    (State.WAITING, State.ENDED): "bad or late body, tunnel, client gone",
    (State.STREAMING, State.ENDED): "whole, or broken off",
}
"""Every move an exchange can make, and why."""


def diagram() -> str:
    """Return the machine as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> DECIDING: request head"]
    lines += [
        f"    {begin.name} --> {end.name}: {why}"
        for (begin, end), why in ARROWS.items()
    ]
    return "\n".join([*lines, "    ENDED --> [*]"])
