"""Which announcement a browser is to be shown: until somebody has dismissed it."""

from twisted.web.server import Request

from aen.model.site import Announcement, SiteValues
from aen.server.web import cookies


def to_read(site: SiteValues, now: float, request: Request) -> Announcement | None:
    """Return what is to be read by this browser, which may have dismissed it."""
    told = site.announced(now)
    if told is None or cookies.read(request, cookies.READ) == mark(told):
        return None
    return told


def mark(told: Announcement) -> str:
    """Return what tells this announcement from those before and after."""
    return f"{told.since:.0f}"
