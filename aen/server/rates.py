"""How often somebody may call, counted in the memory of one process.

Several web processes count each for itself, and each lets through its part of the
limit: the front gives them requests in turn, so that the parts are used up alike.
Nothing has to be asked of the store, and in all no more than the limit is let through.
"""

import math
from collections import OrderedDict

from attrs import define, field, frozen

MINUTE = 60.0


@frozen
class Taken:
    """What is left to somebody after a call."""

    limit: int
    """Calls a minute."""
    remaining: int
    reset: int
    """Seconds until all of them are there again."""
    wait: int = 0
    """Seconds until the next call is let through; 0: this one is."""


@define
class Buckets:
    """One bucket for each caller: a minute's calls at most, filled evenly.

    Of callers that are too many to remember, the one seen longest ago is forgotten.
    """

    most: int = 10_000
    processes: int = 1
    """How many count beside each other; a bucket here holds its part of the limit."""
    _levels: "OrderedDict[str, tuple[float, float]]" = field(factory=OrderedDict)

    def take(self, key: str, limit: int, now: float) -> Taken:
        """Take one call of *limit* a minute out of the bucket of *key*.

        What is left in all is told from what is left here.
        """
        brim = max(1.0, limit / self.processes)
        level, seen = self._levels.pop(key, (brim, now))
        each = brim / MINUTE
        level = min(brim, level + max(0.0, now - seen) * each)
        let_in = level >= 1.0
        level -= 1.0 if let_in else 0.0
        self._levels[key] = (level, now)
        while len(self._levels) > self.most:
            self._levels.popitem(last=False)
        return Taken(
            limit,
            remaining=min(limit, int(level * limit / brim)),
            reset=math.ceil((brim - level) / each),
            wait=0 if let_in else max(1, math.ceil((1.0 - level) / each)),
        )
