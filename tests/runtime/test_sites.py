"""A site that says nothing of its requests."""

import io
from typing import Any

from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from twisted.web.test.requesthelper import DummyChannel

from aen.runtime.sites import QuietSite


def logged(site: Any) -> str:
    """Return what *site* writes down of a request with a secret in its query."""
    site.logFile = io.StringIO()
    site._logDateTime = "[now]"
    request = Request(DummyChannel(), queued=False)
    request.method, request.uri = b"GET", b"/?secret=1"
    request.clientproto = b"HTTP/1.1"
    site.log(request)
    return str(site.logFile.getvalue())


def test_requests_are_not_logged() -> None:
    """Where Twisted's own site writes the whole address."""
    assert "secret" in logged(Site(Resource()))
    assert logged(QuietSite(Resource())) == ""
