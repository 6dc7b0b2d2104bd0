"""Sites of apps: below one prefix, and without a log of their own."""

from twisted.web.http import Request as HTTPRequest
from twisted.web.resource import IResource, Resource
from twisted.web.server import Site


def below(prefix: str, resource: IResource) -> Resource:
    """Return a root resource that has *resource* at *prefix*, and nothing else."""
    root = parent = Resource()
    *folders, last = prefix.strip("/").encode().split(b"/")
    for name in folders:
        child = Resource()
        parent.putChild(name, child)
        parent = child
    parent.putChild(last, resource)
    return root


class QuietSite(Site):
    """Logs no requests: the gateway does."""

    def log(self, request: HTTPRequest) -> None:
        """Say nothing."""
