"""Short answers on their way, what comes of problems, and who may change anything."""

from aen.compute.apps.files.refusals import Refusal, of_system
from aen.compute.apps.files.replies import Reply
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.origin import is_own_origin
from aen.compute.disk.walk import Refused

PROBLEMS = (Refusal, Refused, OSError)
"""What may come of a request that is in order."""


def refusal_of(problem: Refusal | Refused | OSError, path: bytes) -> Refusal:
    """Return what is said of a *problem*; the end of *path* names what it is with."""
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, Refused):
        return Refusal(409, str(problem))
    what = path.rpartition(b"/")[2].decode("ascii", "replace")
    return of_system(problem, what or "the folder")


def demand_own(request: FilesRequest) -> None:
    """Raise `Refusal` where a page of another site has a browser change something."""
    origin = request.getHeader(b"origin")
    said = None if origin is None else origin.decode("latin-1")
    names = (b"host", b"x-forwarded-host")
    hosts = [request.getHeader(name) or b"" for name in names]
    if not is_own_origin(said, [one.decode("latin-1") for one in hosts]):
        raise Refusal(403, "Only pages of this site may change files here.")


def may_change(request: FilesRequest) -> bool:
    """Whether the gateway says that whoever asks may change the project."""
    return request.getHeader(b"aen-may") == b"write"


def deliver(request: FilesRequest, reply: Reply) -> None:
    """Send a short answer, if there is still somebody to read it."""
    if request.gone:
        return
    request.setResponseCode(reply.status)
    for name, value in reply.headers:
        request.setHeader(name, value)
    request.setHeader(b"content-length", b"%d" % len(reply.body))
    if not request.body.whole:
        request.setHeader(b"connection", b"close")
    request.write(reply.body)
    request.done()
