"""What everybody is to read: announcements and maintenance, as the server says."""

from attrs import define, field
from twisted.internet.interfaces import IReactorTime

from aen.model.site import Notice


@define
class Notices:
    """What is told on the gateway's own pages, and to apps that ask.

    Nothing is put into what apps answer: their bytes are theirs.
    """

    _clock: IReactorTime
    _told: tuple[Notice, ...] = field(default=(), init=False)

    def set(self, told: tuple[Notice, ...]) -> None:
        """Take what the server says now in place of what it said before."""
        self._told = told

    def shown(self) -> tuple[Notice, ...]:
        """Return what is still to be read."""
        now = self._clock.seconds()
        return tuple(one for one in self._told if one.until is None or now < one.until)
