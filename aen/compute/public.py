"""Serves public folders to anybody, read only, behind the node's door."""

import os
from typing import Any
from urllib.parse import quote, quote_from_bytes

from attrs import define, frozen
from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from aen.compute.public_files import (
    NotPublic,
    PublicDirectory,
    look,
    parse_path,
)
from aen.compute.public_listing import Listing
from aen.compute.public_types import headers_of
from aen.compute.serving.files import OpenFile, send, wish_of
from aen.compute.serving.ranges import choose
from aen.model.errors import AenError
from aen.model.names import ProjectPath, parse_project_path
from aen.runtime.tasks import spawn
from aen.wire.public import BUSY, FOLDER, HEADERS, NOTHING_THERE, READ_ONLY
from aen.wire.routes import PUBLIC_PREFIX

_PAGE = (
    b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    b" form-action 'none'; sandbox allow-top-navigation-by-user-activation allow-popups"
)


@frozen
class PublicLimits:
    """How much of a node public folders may take."""

    threads: int = 4
    """Looks at the disk at a time."""
    requests: int = 256
    """Answered or waiting at a time; more are sent away."""


@define
class _Asked:
    """A request, and whether its client is still there."""

    request: Request
    path: ProjectPath
    names: tuple[bytes, ...]
    directory: bool
    gone: bool = False

    @property
    def address(self) -> bytes:
        """The address of what is asked for, as browsers know it, without a slash."""
        below = b"".join(b"/" + quote_from_bytes(one).encode() for one in self.names)
        return b"/%s/%s%s" % (quote(str(self.path)).encode(), FOLDER, below)


class PublicFolders(Resource):
    """Answers what is below `routes.PUBLIC_PREFIX`; the door has let it in."""

    isLeaf = True
    _log = Logger()

    def __init__(
        self, reactor: Any, root: str, limits: PublicLimits | None = None
    ) -> None:
        super().__init__()
        self._reactor = reactor
        self._root = root
        self._limits = limits or PublicLimits()
        self._turn = DeferredSemaphore(self._limits.threads)
        self._under_way = 0
        self._listing = Listing()

    def render(self, request: Request) -> Any:
        """Answer GET and HEAD; everything else is refused."""
        request.responseHeaders.removeHeader(b"server")
        if request.method not in (b"GET", b"HEAD"):
            request.setHeader(b"allow", b"GET, HEAD")
            return say(request, 405, READ_ONLY)
        if self._under_way >= self._limits.requests:
            request.setHeader(b"retry-after", b"2")
            return say(request, 503, BUSY)
        try:
            asked = parse_request(request)
        except (NotPublic, AenError):
            return say(request, 404, NOTHING_THERE)
        self._under_way += 1
        request.notifyFinish().addBoth(self._finished, asked)  # type: ignore[unused-awaitable]
        spawn(self._log, "showing a public folder", self._answer(asked))
        return NOT_DONE_YET

    def _finished(self, _: object, asked: _Asked) -> None:
        asked.gone = True
        self._under_way -= 1

    async def _answer(self, asked: _Asked) -> None:
        try:
            found = await self._look(asked)
        except NotPublic:
            finish(asked, 404, NOTHING_THERE)
            return
        except BaseException:
            finish(asked, 500, NOTHING_THERE)
            raise
        if isinstance(found, OpenFile):
            self._file(asked, found)
        elif not asked.directory and asked.names:
            self._add_slash(asked)
        else:
            self._page(asked, found)

    async def _look(self, asked: _Asked) -> OpenFile | PublicDirectory:
        way = (asked.path.owner.encode(), asked.path.name.encode(), FOLDER)

        def search() -> Deferred[Any]:
            pool = self._reactor.getThreadPool()
            return deferToThreadPool(
                self._reactor, pool, look, self._root, way, asked.names
            )

        found: OpenFile | PublicDirectory = await self._turn.run(search)
        return found

    def _file(self, asked: _Asked, found: OpenFile) -> None:
        """Answer with a file, or that it is still the same."""
        stands_for_folder = not asked.names or found.name != asked.names[-1]
        if asked.gone or stands_for_folder is not (asked.directory or not asked.names):
            os.close(found.descriptor)
            if not asked.gone and stands_for_folder:
                self._add_slash(asked)
            elif not asked.gone:
                finish(asked, 404, NOTHING_THERE)
            return
        request, version = asked.request, found.version
        chosen = choose(wish_of(request), version)
        for name, value in headers_of(found.name):
            request.setHeader(name, value)
        request.setHeader(b"etag", version.etag)
        request.setHeader(b"last-modified", version.last_modified)
        request.setHeader(b"accept-ranges", b"bytes")
        send(request, found, chosen)

    def _add_slash(self, asked: _Asked) -> None:
        query = asked.request.uri.partition(b"?")[2]
        more = b"?" + query if query else b""
        asked.request.setHeader(b"location", asked.address + b"/" + more)
        finish(asked, 308, b"")

    def _page(self, asked: _Asked, found: PublicDirectory) -> None:
        names = (asked.path.owner.encode(), asked.path.name.encode(), *asked.names)
        body = self._listing.render(found, names)
        finish(asked, 200, body, b"text/html; charset=utf-8", _PAGE)


def parse_request(request: Request) -> _Asked:
    """Return what is asked for.

    :raises NotPublic: the address is none of a public folder's.
    :raises AenError: it names no project that could be.
    """
    text = request.uri.partition(b"?")[0].removeprefix(PUBLIC_PREFIX.encode())
    owner, _, rest = text.partition(b"/")
    project, slash, below = rest.partition(b"/")
    path = parse_project_path(owner.decode("latin-1"), project.decode("latin-1"))
    names, directory = parse_path(slash + below)
    return _Asked(request, path, names, directory)


def say(request: Request, status: int, text: bytes) -> bytes:
    """Return *text* as an answer, its headers set."""
    for name, value in HEADERS:
        request.setHeader(name, value)
    request.setResponseCode(status)
    request.setHeader(b"content-length", b"%d" % len(text))
    return text


def finish(
    asked: _Asked, status: int, body: bytes, kind: bytes = b"", policy: bytes = b""
) -> None:
    """Send a short answer, if there is still somebody to read it."""
    if asked.gone:
        return
    request = asked.request
    say(request, status, body)
    if kind:
        request.setHeader(b"content-type", kind)
        request.setHeader(b"content-security-policy", policy)
    request.write(body if request.method != b"HEAD" else b"")
    request.finish()
