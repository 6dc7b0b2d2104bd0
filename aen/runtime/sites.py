"""Twisted's web server, as every role uses it."""

from twisted.web.http import Request
from twisted.web.server import Site
from typing_extensions import override


class QuietSite(Site):
    """Logs no requests: whoever let them in does, and knows what must not be shown.

    Twisted's own line would hold the query, in which there may be secrets.
    """

    noisy = False

    @override
    def log(self, request: Request) -> None:
        """Write nothing."""
