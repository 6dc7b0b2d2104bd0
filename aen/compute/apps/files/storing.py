"""Answers to PUT: a file, a part of one, a folder."""

import secrets
from collections.abc import Callable

from attrs import frozen

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.changing import make
from aen.compute.apps.files.conditions import (
    Conditions,
    Part,
    check_upload,
    parse_part,
)
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import Reply, of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.writing import Wanted, Writing, begin


@frozen
class Storing:
    """Writes what is sent."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    token: Callable[[], str] = lambda: secrets.token_urlsafe(12)

    async def put(self, request: FilesRequest, address: Address) -> Reply:
        """Write what is sent and return what is to be answered."""
        conditions = conditions_of(request)
        if address.folder:
            return await self._folder(request, address, conditions)
        part = parse_part(request.getHeader(b"content-range"))
        size = length_of(request)
        if part is not None and size not in (None, part.length):
            raise Refusal(400, "“Content-Range” and “Content-Length” disagree.")
        return await self._write(
            request, address, self._wanted(address, conditions, part, size)
        )

    def _wanted(
        self,
        address: Address,
        conditions: Conditions,
        part: Part | None,
        size: int | None,
    ) -> Wanted:
        named = address.query.get("upload")
        if part is not None and named is None:
            raise Refusal(400, "A file that comes in parts needs “upload”: a name.")
        return Wanted(
            token=self.token() if named is None else check_upload(named),
            conditions=conditions,
            size=size if part is None else part.total - part.start,
            start=0 if part is None else part.start,
            total=size if part is None else part.total,
            kept=named is not None,
            executable=address.says("executable"),
        )

    async def _folder(
        self, request: FilesRequest, address: Address, conditions: Conditions
    ) -> Reply:
        if await request.body.all(0) is None:
            raise Refusal(400, "The address of a folder takes no content.")
        parents = address.says("parents")
        new = await self.in_thread(
            lambda: make(
                self.inside, address.names, parents=parents, new=conditions.new
            )
        )
        return of_json(201 if new else 200, {"path": address.text})

    async def _write(
        self, request: FilesRequest, address: Address, wanted: Wanted
    ) -> Reply:
        writing: Writing = await self.in_thread(self._begin, address, wanted)
        try:
            async for data in request.body.parts():
                await self.in_thread(writing.write, data)
            if wanted.kept and writing.size < (wanted.total or 0):
                await self.in_thread(writing.leave)
                return of_json(202, {"offset": writing.size})
            version, new = await self.in_thread(writing.finish)
        except BaseException as error:
            kept = wanted.kept and isinstance(error, Gone)
            await self.in_thread(writing.leave if kept else writing.abandon)
            raise
        said = {"path": address.text, "size": version.size}
        return of_json(201 if new else 200, said, (b"etag", version.etag))

    def _begin(self, address: Address, wanted: Wanted) -> Writing:
        with self.inside.find(address.names) as found:
            return begin(found, wanted, self.limits.stale)


def conditions_of(request: FilesRequest) -> Conditions:
    """Return what the headers of a request demand."""
    return Conditions(
        request.getHeader(b"if-match"), request.getHeader(b"if-none-match")
    )


def length_of(request: FilesRequest) -> int | None:
    """Return how long a body is, if it says so; Twisted has checked that."""
    text = request.getHeader(b"content-length")
    return None if text is None else int(text)
