"""The app as a site: who may ask, who answers, and what comes of problems."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.web.resource import Resource

from aen.compute.apps.files.addresses import OWN, Address, parse, parse_path
from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.changing import move, remove
from aen.compute.apps.files.importing import Importing
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.packing import Packing
from aen.compute.apps.files.page import Pages
from aen.compute.apps.files.reading import Reading
from aen.compute.apps.files.refusals import Refusal, of_system
from aen.compute.apps.files.replies import Reply, nothing, of_json, of_refusal
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.storing import Storing, conditions_of
from aen.compute.apps.files.writing import forget_kept
from aen.compute.apps.origin import is_own_origin
from aen.compute.disk.walk import Refused
from aen.runtime.sites import QuietSite
from aen.runtime.tasks import spawn

_READS = (b"GET", b"HEAD")
_ALL = b"GET, HEAD, PUT, POST, DELETE"
_TIMEOUT = 120.0


@define(eq=False)
class Files:
    """Answers what is below the prefix."""

    prefix: str
    inside: Inside
    limits: Limits
    reactor: Any
    pages: Pages
    _reading: Reading = field(init=False)
    _storing: Storing = field(init=False)
    _packing: Packing = field(init=False)
    _importing: Importing = field(init=False)
    _under_way: int = field(default=0, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def __attrs_post_init__(self) -> None:
        """Put together what answers."""
        self._reading = Reading(self.inside, self.limits, self.in_thread)
        project = self.prefix.strip("/").split("/")[-2]
        self._packing = Packing(self.inside, self.limits, self.in_thread, project)
        self._importing = Importing(self.inside, self.limits, self.in_thread)
        self._storing = Storing(self.inside, self.limits, self.in_thread)

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Call *work* where it may wait for a disk."""
        pool = self.reactor.getThreadPool()
        return await deferToThreadPool(self.reactor, pool, work, *arguments)

    def answer(self, request: FilesRequest) -> None:
        """Answer a request whose head is there."""
        self._under_way += 1
        spawn(self._log, "answering", self._answer(request))

    async def _answer(self, request: FilesRequest) -> None:
        try:
            reply = await self._reply(request)
        except Gone:
            return
        except BaseException:
            deliver(request, of_refusal(Refusal(500, "Something went wrong here.")))
            raise
        finally:
            self._under_way -= 1
        if reply is not None:
            deliver(request, reply)

    async def _reply(self, request: FilesRequest) -> Reply | None:
        try:
            return await self._decide(request)
        except Refusal as refusal:
            return of_refusal(refusal)
        except Refused as refused:
            return of_refusal(Refusal(409, str(refused)))
        except OSError as error:
            what = request.path.rpartition(b"/")[2].decode("ascii", "replace")
            return of_refusal(of_system(error, what or "the folder"))

    async def _decide(self, request: FilesRequest) -> Reply | None:
        if self._under_way > self.limits.requests:
            raise Refusal(503, "Too much is asked for at the moment; try again.")
        own = f"{self.prefix}/{OWN}".encode()
        if request.uri.startswith(own):
            return self._own(request, request.uri.removeprefix(own))
        address = parse(request.uri, self.prefix)
        if request.method in _READS:
            return await self._read(request, address)
        demand_own(request)
        match request.method:
            case b"PUT":
                return await self._storing.put(request, address)
            case b"DELETE":
                return await self._delete(request, address)
            case b"POST":
                return await self._post(request, address)
        reply = of_refusal(Refusal(405, "There is no such method here."))
        return Reply(reply.status, reply.body, (*reply.headers, (b"allow", _ALL)))

    async def _read(self, request: FilesRequest, address: Address) -> Reply | None:
        if "archive" in address.query:
            await self._packing.get(request, address)
            return None
        return await self._reading.get(request, address)

    def _own(self, request: FilesRequest, path: bytes) -> Reply:
        """Answer what is the app's own: its page, its files, whether it is up."""
        if path == b"ready":
            return nothing(204)
        if path in (b"import", b"import?replace=1"):
            return self.pages.show(may=may_change(request), replace=b"?" in path)
        name = path.removeprefix(b"static/").decode("latin-1")
        return self.pages.static(
            name,
            request.getHeader(b"accept-encoding"),
            request.getHeader(b"if-none-match"),
        )

    async def _import(self, request: FilesRequest, address: Address) -> Reply:
        """Unpack an archive; a form is answered with a page."""
        form = b"text/html" in (request.getHeader(b"accept") or b"")
        try:
            done = await self._importing.post(request, address)
        except Refusal as refusal:
            if form:
                replace = address.says("replace")
                return self.pages.show(may=True, replace=replace, problem=refusal)
            raise
        if form:
            return self.pages.show(may=True, done=done)
        return of_json(200, {"entries": done.entries, "bytes": done.bytes})

    async def _delete(self, request: FilesRequest, address: Address) -> Reply:
        conditions = conditions_of(request)

        def work() -> None:
            with self.inside.find(address.names, follow=False) as found:
                if "upload" in address.query:
                    forget_kept(found, address.query["upload"])
                else:
                    recursive = address.says("recursive")
                    remove(found, conditions, recursive=recursive)

        await self.in_thread(work)
        return nothing(204)

    async def _post(self, request: FilesRequest, address: Address) -> Reply:
        if "move" in address.query:
            return await self._move(address)
        if "import" in address.query:
            return await self._import(request, address)
        raise Refusal(400, "Say what is to be done: “move” or “import”.")

    async def _move(self, address: Address) -> Reply:
        to = parse_path(address.query["move"])

        def work() -> str:
            with (
                self.inside.find(address.names, follow=False) as old,
                self.inside.find(to, follow=False) as new,
            ):
                move(old, new, replace=address.says("replace"))
                return new.way

        return of_json(200, {"path": await self.in_thread(work)})


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


class FilesSite(QuietSite):
    """Hands each request to `Files` as soon as its head is there."""

    def __init__(self, files: Files) -> None:
        super().__init__(Resource(), requestFactory=FilesRequest, timeout=_TIMEOUT)
        self.limits = files.limits
        self.answer = files.answer
        self.reactor = files.reactor
