"""The app as a site: who may ask, who answers, and what comes of problems."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import define, field
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.web.resource import Resource

from aen.compute.apps.files.accounts import Whose
from aen.compute.apps.files.addresses import OWN, Address, parse, project_of
from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.changes import Changes
from aen.compute.apps.files.delivering import (
    PROBLEMS,
    deliver,
    demand_own,
    may_change,
    refusal_of,
)
from aen.compute.apps.files.importing import Importing
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.packing import Packing
from aen.compute.apps.files.page import Pages
from aen.compute.apps.files.permitting import Permitting
from aen.compute.apps.files.reading import Reading
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import (
    Reply,
    not_allowed,
    nothing,
    of_json,
    of_refusal,
)
from aen.compute.apps.files.requests import Answering, FilesRequest
from aen.compute.apps.files.searching import Searching
from aen.compute.apps.files.staging import sweep_staged
from aen.compute.apps.files.storing import Storing
from aen.compute.apps.files.trash import Trash
from aen.compute.apps.files.trashing import Trashing, find_trash
from aen.compute.disk.walk import opened
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
    whose: Whose = Whose()
    _reading: Reading = field(init=False)
    _storing: Storing = field(init=False)
    _packing: Packing = field(init=False)
    _importing: Importing = field(init=False)
    _searching: Searching = field(init=False)
    _permitting: Permitting = field(init=False)
    _changes: Changes = field(init=False)
    _trashing: Trashing = field(init=False)
    _under_way: int = field(default=0, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def __attrs_post_init__(self) -> None:
        """Put together what answers."""
        parts = self.inside, self.limits, self.in_thread
        clock = self.reactor.seconds
        self._reading = Reading(*parts)
        self._packing = Packing(*parts, project_of(self.prefix)[1])
        self._importing = Importing(*parts)
        self._storing = Storing(*parts)
        self._searching = Searching(*parts, clock)
        self._permitting = Permitting(*parts, self.whose)
        trash = Trash(self.inside, self.whose, self.limits.trash, self.limits.looked_at)
        self._changes = Changes(*parts, trash, clock)
        self._trashing = Trashing(trash, self.limits, self.in_thread, clock)

    async def tidy(self) -> None:
        """Remove what killed processes have left in the project's own folder."""

        def work() -> None:
            # Who may not even list it has left nothing there.
            with (
                suppress(PermissionError),
                opened(read_folder(self.inside.top)) as folder,
            ):
                sweep_staged(folder, self.limits.leftover)

        await self.in_thread(work)

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
        except PROBLEMS as problem:
            return of_refusal(refusal_of(problem, request.path))

    async def _decide(self, request: FilesRequest) -> Reply | None:
        if self._under_way > self.limits.requests:
            raise Refusal(503, "Too much is asked for at the moment; try again.")
        own = f"{self.prefix}/{OWN}".encode()
        if request.uri.startswith(own):
            return await self._own(request, request.uri.removeprefix(own))
        address = parse(request.uri, self.prefix)
        if request.method in _READS:
            return await self._read(request, address)
        demand_own(request)
        match request.method:
            case b"PUT":
                return await self._put(request, address)
            case b"DELETE":
                return await self._changes.delete(request, address)
            case b"POST":
                return await self._post(request, address)
        return not_allowed(_ALL)

    async def _read(self, request: FilesRequest, address: Address) -> Reply | None:
        if "archive" in address.query:
            await self._packing.get(request, address)
            return None
        if "search" in address.query:
            return await self._searching.get(request, address)
        if address.says("rights"):
            return await self._permitting.get(address)
        return await self._reading.get(request, address)

    async def _own(self, request: FilesRequest, path: bytes) -> Reply:
        """Answer what is the app's own: its page, its files, whether it is up."""
        if (trash := find_trash(path)) is not None:
            return await self._trashing.answer(request, trash)
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

    async def _put(self, request: FilesRequest, address: Address) -> Reply:
        if address.says("rights"):
            return await self._permitting.put(request, address)
        return await self._storing.put(request, address)

    async def _post(self, request: FilesRequest, address: Address) -> Reply:
        if "move" in address.query:
            return await self._changes.move(address)
        if "copy" in address.query:
            return await self._changes.copy(request, address)
        if "import" in address.query:
            return await self._import(request, address)
        raise Refusal(400, "Say what is to be done: “move”, “copy” or “import”.")


class FilesSite(QuietSite):
    """Hands each request to an app as soon as its head is there.

    :param answer: who is given them instead, where *app* is a part of another.
    """

    def __init__(
        self, app: Answering, answer: Callable[[FilesRequest], None] | None = None
    ) -> None:
        super().__init__(Resource(), requestFactory=FilesRequest, timeout=_TIMEOUT)
        self.limits = app.limits
        self.answer = answer or app.answer
        self.reactor = app.reactor
