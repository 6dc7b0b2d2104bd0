"""What keeps a node busy for a while, so many at a time and no more."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from aen.compute.apps.files.refusals import Refusal


@define(eq=False)
class Turns:
    """Lets *most* work at a time; others are sent away with the sentence *said*."""

    most: int
    said: str
    _under_way: int = field(default=0, init=False)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a turn while the block runs.

        :raises Refusal: all are held.
        """
        if self._under_way >= self.most:
            raise Refusal(503, self.said)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
