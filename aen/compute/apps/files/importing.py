"""Answers to an archive that is sent: unpacked into a folder, all of it or nothing."""

import os
import secrets

from attrs import define, field

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import open_folder
from aen.compute.apps.files.multipart import FormFile, boundary_of
from aen.compute.apps.files.refusals import Refusal, full
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.staging import sweep_staged
from aen.compute.apps.files.storing import length_of
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.turns import Turns
from aen.compute.apps.files.unpacking import Bounds, Unpacked, spool, unpack
from aen.compute.disk.walk import opened


@define(eq=False)
class Importing:
    """Takes archives."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    _turns: Turns = field(init=False)

    def __attrs_post_init__(self) -> None:
        """So many at a time."""
        said = "Other archives are being unpacked; try again."
        self._turns = Turns(self.limits.archives, said)

    async def post(self, request: FilesRequest, address: Address) -> Unpacked:
        """Unpack the archive in the body of a request; return what was in it.

        :raises Refusal: it is not taken; nothing was done.
        """
        if (length_of(request) or 0) > self.limits.import_upload:
            raise self._too_large()
        with self._turns.one():
            folder: int = await self.in_thread(self._open, request, address)
            with opened(folder):
                return await self._take(request, address, folder)

    def _too_large(self) -> Refusal:
        most = self.limits.import_upload
        return Refusal(413, f"The archive is larger than {most} bytes.")

    def _open(self, request: FilesRequest, address: Address) -> int:
        with self.inside.find(address.names) as found:
            folder = open_folder(found)
        try:
            sweep_staged(folder, self.limits.leftover)
            self._demand_room(request, folder)
        except BaseException:
            os.close(folder)
            raise
        return folder

    def _demand_room(self, request: FilesRequest, folder: int) -> None:
        room = os.fstatvfs(folder)
        if (length_of(request) or 0) > room.f_bavail * room.f_frsize:
            raise full("the archive")

    async def _take(
        self, request: FilesRequest, address: Address, folder: int
    ) -> Unpacked:
        token = secrets.token_urlsafe(12)
        done = Unpacked(Bounds(self.limits.import_entries, self.limits.import_bytes))
        kept: int = await self.in_thread(spool, folder, token)
        with os.fdopen(kept, "r+b") as file:
            boundary = boundary_of(request.getHeader(b"content-type"))
            form = FormFile(boundary) if boundary is not None else None
            async for data in request.body.parts():
                content = data if form is None else form.feed(data)
                await self.in_thread(file.write, content)
                if file.tell() > self.limits.import_upload:
                    raise self._too_large()
            if form is not None and (not form.over or not file.tell()):
                raise Refusal(400, "Choose an archive first.")
            file.seek(0)
            await self.in_thread(
                lambda: unpack(
                    file,
                    folder,
                    token,
                    done,
                    unwrap=address.says("unwrap"),
                    replace=address.says("replace"),
                )
            )
        return done
