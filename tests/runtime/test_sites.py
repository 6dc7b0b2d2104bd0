"""A site that says nothing of its requests."""

from twisted.logger import globalLogPublisher
from twisted.web.resource import Resource
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from aen.runtime.sites import QuietSite


def test_requests_are_not_logged() -> None:
    """Neither to the log nor to a file of its own: a query may hold a secret."""
    site = QuietSite(Resource())
    request = Request(DummyChannel(), queued=False)
    request.uri = b"/?secret=1"
    seen: list[object] = []
    globalLogPublisher.addObserver(seen.append)
    try:
        site.log(request)
    finally:
        globalLogPublisher.removeObserver(seen.append)
    assert seen == []
