"""The Viewer as a site: what an address shows, and what comes of problems."""

import gzip
import os
from collections.abc import Callable
from typing import Any, Final

from attrs import define, field
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.web.http import FORBIDDEN

from aen.compute.apps.files.addresses import OWN, Address, parse
from aen.compute.apps.files.delivering import PROBLEMS, deliver, refusal_of
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.reading import send_file
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import Reply, nothing, of_refusal
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.viewer.finding import Finding
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.looking import Looking
from aen.compute.apps.viewer.pages import HTML, Look, Pages
from aen.compute.apps.viewer.renderers import Renderers
from aen.runtime.tasks import spawn

_READS: Final = (b"GET", b"HEAD")
_WORDS: Final = frozenset({"after", "bare", "download", "source", "glob", "content"})
_WORTH_PACKING: Final = 1024


@define(eq=False)
class Viewer:
    """Answers what is below the prefix."""

    prefix: str
    inside: Inside
    limits: Limits
    reactor: Any
    pages: Pages
    renderers: Renderers = field(init=False)
    looking: Looking = field(init=False)
    finding: Finding = field(init=False)
    _under_way: int = field(default=0, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def __attrs_post_init__(self) -> None:
        """Put together what answers."""
        self.renderers = Renderers(self.limits, self.reactor)
        self.looking = Looking(
            self.inside, self.limits, self.in_thread, self.pages, self.renderers
        )
        self.finding = Finding(
            self.inside, self.limits, self.in_thread, self.reactor.seconds, self.pages
        )

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Call *work* where it may wait for a disk."""
        pool = self.reactor.getThreadPool()
        return await deferToThreadPool(self.reactor, pool, work, *arguments)

    async def stop(self) -> None:
        """End what was started."""
        await self.renderers.stop()

    def answer(self, request: FilesRequest) -> None:
        """Answer a request whose head is there."""
        self._under_way += 1
        spawn(self._log, "answering", self._answer(request))

    async def _answer(self, request: FilesRequest) -> None:
        try:
            reply = await self._reply(request)
            if reply is not None:
                deliver(request, await self._packed(request, reply))
        except BaseException:
            deliver(request, of_refusal(Refusal(500, "Something went wrong here.")))
            raise
        finally:
            self._under_way -= 1

    async def _reply(self, request: FilesRequest) -> Reply | None:
        try:
            return await self._decide(request)
        except PROBLEMS as problem:
            return await self._refused(request, refusal_of(problem, request.path))

    async def _decide(self, request: FilesRequest) -> Reply | None:
        if self._under_way > self.limits.requests:
            raise Refusal(503, "Too much is asked for at the moment; try again.")
        if request.method not in _READS:
            raise Refusal(405, "Here is nothing but to look at: GET and HEAD.")
        path = request.path.removeprefix(self.prefix.encode())
        if path in (b"", b"/"):
            there = f"{self.prefix}/view/".encode()
            return nothing(302, (b"location", there))
        if path.startswith(f"/{OWN}".encode()):
            return self._own(request, path.removeprefix(f"/{OWN}".encode()))
        if path == b"/search":
            address = parse(request.uri, self.prefix, _WORDS)
            return await self.finding.get(request, address)
        if path.startswith(b"/raw/"):
            await self._raw(request)
            return None
        address = parse(request.uri, f"{self.prefix}/view", _WORDS)
        return await self.looking.view(request, address, look_of(address))

    async def _raw(self, request: FilesRequest) -> None:
        address = parse(request.uri, f"{self.prefix}/raw", _WORDS)
        found, headers = await self.in_thread(self.looking.open_raw, address)
        if request.gone:
            os.close(found.file.descriptor)
        else:
            send_file(request, found, headers)

    def _own(self, request: FilesRequest, path: bytes) -> Reply:
        """Answer what is the app's own: its files, whether it is up."""
        if path == b"ready":
            return nothing(204)
        name = path.removeprefix(b"static/").decode("latin-1")
        accepted = request.getHeader(b"accept-encoding")
        return self.pages.static(name, accepted, request.getHeader(b"if-none-match"))

    async def _refused(self, request: FilesRequest, refusal: Refusal) -> Reply:
        """Return why not: a page for people, and words for programs."""
        if b"text/html" not in (request.getHeader(b"accept") or b""):
            return of_refusal(refusal)
        try:
            address = parse(request.uri, f"{self.prefix}/view", _WORDS)
        except Refusal:
            address = Address((), folder=True)
        public = refusal.status == FORBIDDEN and await self.in_thread(
            self.looking.has_public, address
        )
        look = look_of(address)
        return self.pages.refused(refusal, address.names, look, public=public)

    async def _packed(self, request: FilesRequest, reply: Reply) -> Reply:
        """Return a page as small as its reader's browser can take it."""
        accepted = request.getHeader(b"accept-encoding") or b""
        page = HTML in reply.headers and len(reply.body) >= _WORTH_PACKING
        if not page or b"gzip" not in accepted or b"gzip;q=0" in accepted:
            return reply
        body = await self.in_thread(gzip.compress, reply.body, 5)
        coded = ((b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding"))
        return Reply(reply.status, body, (*reply.headers, *coded))


def look_of(address: Address) -> Look:
    """Return how a page is wanted."""
    return Look(address.says("bare"), address.says("source"))
