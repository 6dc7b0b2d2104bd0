"""Answers to GET: a folder's list, a file, how far an upload has come."""

import os
import stat
from typing import Any

from attrs import frozen

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Found, Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import Page, list_below, name_of, number
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import Headers, Reply, nothing, of_json, saved
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.writing import kept_size
from aen.compute.serving.files import OpenFile, send, version_of, wish_of
from aen.compute.serving.ranges import choose

_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY


@frozen
class NoSlash:
    """A folder whose address was asked for as a file's."""


@frozen
class Mode:
    """A file, and its mode."""

    file: OpenFile
    mode: int


@frozen
class Reading:
    """Looks at files; `in_thread` keeps the reactor from waiting for a disk."""

    inside: Inside
    limits: Limits
    in_thread: InThread

    async def get(self, request: FilesRequest, address: Address) -> Reply | None:
        """Answer, or return what is to be answered."""
        if "upload" in address.query:
            size = await self.in_thread(self._kept, address)
            return of_json(200, {"offset": size})
        found: Page | Mode | NoSlash = await self.in_thread(self.look, address)
        if isinstance(found, NoSlash):
            return add_slash(request)
        if isinstance(found, Page):
            return of_json(200, found.to_json("/".join(address.names)))
        if request.gone:
            os.close(found.file.descriptor)
            return None
        send_file(request, found)
        return None

    def look(self, address: Address) -> Page | Mode | NoSlash:
        """Return what is at *address*; of a file, it is open."""
        with self.inside.find(address.names) as found:
            descriptor, about = found.there()
            if stat.S_ISDIR(about.st_mode):
                if not address.folder:
                    return NoSlash()
                return self._page(descriptor, address)
            if address.folder:
                raise Refusal(404, f"There is no folder {address.text}.")
            return open_file(found)

    def _page(self, descriptor: int, address: Address) -> Page:
        after = name_of(address.query.get("after", ""))
        limit = number(address.query.get("limit"), self.limits.page)
        return list_below(descriptor, after, limit, self.limits.looked_at)

    def _kept(self, address: Address) -> int:
        with self.inside.find(address.names) as found:
            return kept_size(found, address.query["upload"])


def open_file(found: Found) -> Mode:
    """Return a file, open for reading.

    :raises Refusal: it is none; no device or pipe is opened.
    :raises OSError: its rights do not let us.
    """
    _, about = found.there()
    if not stat.S_ISREG(about.st_mode):
        raise Refusal(409, f"{found.way} is no file that can be read.")
    descriptor = found.open(_OPEN)
    about = os.fstat(descriptor)
    file = OpenFile(os.fsencode(found.name), descriptor, version_of(about))
    return Mode(file, stat.S_IMODE(about.st_mode))


def send_file(
    request: FilesRequest, found: Mode, headers: Headers | None = None
) -> None:
    """Answer with a file, with parts of it, or that it is still the same.

    :param headers: by which it may be shown; None: it is only ever saved.
    """
    version = found.file.version
    for name, value in saved(found.file.name) if headers is None else headers:
        request.setHeader(name, value)
    request.setHeader(b"etag", version.etag)
    request.setHeader(b"last-modified", version.last_modified)
    request.setHeader(b"accept-ranges", b"bytes")
    request.setHeader(b"aen-mode", f"{found.mode:04o}".encode())
    send(request, found.file, choose(wish_of(request), version))


def add_slash(request: Any) -> Reply:
    """Send on to the address of a folder, so that links in it lead below it."""
    path, _, query = request.uri.partition(b"?")
    last = path.rpartition(b"/")[2]
    more = b"?" + query if query else b""
    return nothing(308, (b"location", b"./" + last + b"/" + more))
