"""What everybody is to read."""

from twisted.internet.task import Clock

from aen.gateway.notices import Notices
from aen.model.site import Notice


def test_until_they_are_over(clock: Clock) -> None:
    """Each until its end; what the server says takes the place of what it said."""
    notices = Notices(clock)
    assert notices.shown() == ()
    stays, goes = Notice("Stays"), Notice("Goes", until=clock.seconds() + 5)
    notices.set((stays, goes))
    assert notices.shown() == (stays, goes)
    clock.advance(5)
    assert notices.shown() == (stays,)
    notices.set(())
    assert notices.shown() == ()
