"""How much a viewer is sent, and when a shell has to wait for its viewers."""

from collections.abc import Iterable

from attrs import define

from aen.model.errors import Invalid


@define
class Flow:
    """What one viewer was sent of a terminal's output, and what it has shown.

    Offsets are the ring's, times are the clock's seconds.
    """

    window: int
    sent: int
    shown: int
    moved: float
    """When it last showed something, or began to have something to show."""

    @classmethod
    def starting_at(cls, offset: int, window: int, now: float) -> "Flow":
        """Return the flow of a viewer that has seen everything up to *offset*."""
        return cls(window, offset, offset, now)

    def room(self) -> int:
        """Return how many bytes may be sent now."""
        return self.window - (self.sent - self.shown)

    def send(self, size: int, now: float) -> None:
        """Count *size* bytes as sent."""
        if self.sent == self.shown:
            self.moved = now
        self.sent += size

    def acknowledge(self, offset: int, now: float) -> None:
        """Take the viewer's word that it has shown everything up to *offset*.

        :raises Invalid: it was not sent that much.
        """
        if offset > self.sent:
            raise Invalid("“received” is more than was sent.")
        if offset > self.shown:  # after a skip, older ones are still under way
            self.shown = offset
            self.moved = now

    def skip(self, offset: int, now: float) -> None:
        """Go on at *offset*: what lies before is forgotten."""
        self.sent = self.shown = offset
        self.moved = now

    def lag(self, end: int) -> int:
        """Return how many bytes of the output up to *end* are not shown yet."""
        return end - self.shown

    def alive(self, now: float, patience: float) -> bool:
        """Tell whether the viewer made progress lately, or had none to make."""
        return self.sent == self.shown or now - self.moved < patience


def must_wait(*, waiting: bool, lags: Iterable[int], window: int) -> bool:
    """Tell whether the shell must wait, by the lags of the viewers that count.

    It stops when one has a full window to show, and goes on when half is left.
    """
    return max(lags, default=0) > (window // 2 if waiting else window)
