"""What is at an address, and the page that shows it."""

import os
import stat
from hashlib import sha256
from typing import Final, Protocol

from attrs import astuple, define, evolve, field, frozen
from jinja2.filters import do_filesizeformat
from twisted.web.http import NOT_MODIFIED

from aen.compute.apps.files.addresses import Address, href, shown
from aen.compute.apps.files.inside import Found, Inside
from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.reading import Mode, add_slash, open_file
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import Headers, Reply
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.viewer.cache import Cache
from aen.compute.apps.viewer.folders import Rows, list_rows
from aen.compute.apps.viewer.kinds import (
    LOOKED_AT,
    is_text,
    medium_of,
    raw_headers,
    view_of,
)
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.pages import File, Look, Pages
from aen.compute.apps.viewer.renderers import TOO_MUCH, TOO_SLOW
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered, View
from aen.compute.apps.viewer.rendering.links import Place
from aen.compute.disk.walk import opened
from aen.compute.serving.ranges import Version, Wish, choose

PUBLIC: Final = ("public",)
_BEGINNING: Final = "This is its beginning: {shown} of {size}."
_TOO_LARGE: Final = "It is larger than {most}, too large to be shown here."


class Rendering(Protocol):
    """What makes HTML of a file."""

    async def render(self, job: Job) -> Rendered:
        """Return a file as HTML, or with the reason why there is none."""


@frozen
class Text:
    """What is in a file that can be rendered, or its beginning."""

    content: bytes = field(repr=False)
    cut: bool


@frozen
class Seen:
    """A file that was looked at."""

    file: File
    etag: bytes
    text: Text | None = None
    """None: it is shown by the browser, or not at all."""
    problem: str = ""


@define(eq=False)
class Looking:
    """Shows folders and files."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    pages: Pages
    renderers: Rendering
    cache: Cache = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Keep as much as there is room for."""
        self.cache = Cache(self.limits.kept)

    async def view(self, request: FilesRequest, address: Address, look: Look) -> Reply:
        """Return the page of what is at *address*."""
        found: Rows | Seen | None = await self.in_thread(self.look, address, look)
        if found is None:
            return add_slash(request)
        if isinstance(found, Rows):
            return self.pages.folder(address.names, found, look)
        return await self._file(request, found, look)

    def look(self, address: Address, look: Look) -> Rows | Seen | None:
        """Return what is at *address*; None: a folder, and it ends in no slash."""
        with self.inside.find(address.names) as found:
            descriptor, about = found.there()
            if stat.S_ISDIR(about.st_mode):
                return self._rows(descriptor, address) if address.folder else None
            if address.folder:
                raise Refusal(404, f"There is no folder {address.text}.")
            return self._seen(found, address, look)

    def _rows(self, descriptor: int, address: Address) -> Rows:
        after = address.query.get("after", "")
        with opened(read_folder(descriptor)) as folder:
            return list_rows(folder, after, self.limits.page, self.limits.looked_at)

    def _seen(self, found: Found, address: Address, look: Look) -> Seen:
        mode = open_file(found)
        name, size = mode.file.name, mode.file.version.size
        with opened(mode.file.descriptor) as descriptor:
            file = File(address.names, size, mode.file.version.modified)
            etag = mode.file.version.etag
            if medium_of(name) is not None and not look.source:
                return Seen(file, etag)
            if not is_text(os.pread(descriptor, LOOKED_AT, 0)):
                return Seen(file, etag)
            whole = view_of(name) is View.NOTEBOOK and not look.source
            if whole and size > self.limits.notebook:
                said = _TOO_LARGE.format(most=size_text(self.limits.notebook))
                return Seen(file, etag, problem=said)
            most = size if whole else min(size, self.limits.text)
            return Seen(file, etag, Text(_read(descriptor, most), cut=most < size))

    async def _file(self, request: FilesRequest, seen: Seen, look: Look) -> Reply:
        name = os.fsencode(seen.file.names[-1])
        medium = medium_of(name)
        if seen.text is None:
            if medium is not None and not look.source:
                return self.pages.medium(seen.file, medium, look)
            return self.pages.nothing(seen.file, look, seen.problem)
        tag = self._tag(seen, look)
        wish = Wish(match=request.getHeader(b"if-none-match"))
        fresh = ((b"etag", b"W/" + tag), (b"cache-control", b"private, no-cache"))
        if choose(wish, Version(tag, 0, 0)).status == NOT_MODIFIED:
            return Reply(NOT_MODIFIED, b"", fresh)
        view = View.SOURCE if look.source else view_of(name)
        done = await self._rendered(view, seen, look)
        page = self.pages.rendered(seen.file, view, done, look)
        return Reply(200, page.body, (*page.headers, *fresh))

    async def _rendered(self, view: View, seen: Seen, look: Look) -> Rendered:
        """Return what is kept, or made of a file now."""
        assert seen.text is not None
        *above, name = seen.file.names
        folder = "/".join(map(href, above))
        place = Place(f"{self.pages.prefix}/raw/", folder, look.query)
        job = Job(view, shown(name), place, seen.text.content, seen.text.cut)
        key = (seen.etag, view, seen.file.names, look.bare)
        done = await self.cache.get(key, lambda: self._render(job))
        if not seen.text.cut or view is not View.SOURCE:
            return done
        size = size_text(seen.file.size)
        said = _BEGINNING.format(shown=size_text(len(job.content)), size=size)
        return evolve(done, notes=(*done.notes, said))

    async def _render(self, job: Job) -> Rendered:
        done = await self.renderers.render(job)
        if job.view is View.SOURCE and done.problem in (TOO_SLOW, TOO_MUCH):
            return await self.renderers.render(evolve(job, plain=True))
        return done

    def _tag(self, seen: Seen, look: Look) -> bytes:
        """Return what changes when the page would, too."""
        parts = (seen.etag.decode(), self.pages.version(), *map(str, astuple(look)))
        return b'"%s"' % sha256("|".join(parts).encode()).hexdigest()[:32].encode()

    def open_raw(self, address: Address) -> tuple[Mode, Headers]:
        """Return a file, open, and the headers that it is sent with."""
        with self.inside.find(address.names) as found:
            if address.folder:
                raise Refusal(404, "There is no file whose name ends in a slash.")
            mode = open_file(found)
            beginning = os.pread(mode.file.descriptor, LOOKED_AT, 0)
            down = address.says("download")
            return mode, raw_headers(mode.file.name, beginning, download=down)

    def has_public(self, address: Address) -> bool:
        """Whether there is a public folder, for whom a folder is not open."""
        if address.names[:1] == PUBLIC:
            return False
        try:
            with self.inside.find(PUBLIC) as found:
                descriptor, _ = found.there()
                os.close(read_folder(descriptor))
        except (OSError, Refusal):
            return False
        return True


def size_text(size: int) -> str:
    """Return *size* bytes for people, as the pages have it."""
    return do_filesizeformat(size, binary=True)


def _read(descriptor: int, most: int) -> bytes:
    """Return the first *most* bytes of a file, or all there are."""
    parts, place = [], 0
    while place < most and (part := os.pread(descriptor, most - place, place)):
        parts.append(part)
        place += len(part)
    return b"".join(parts)
