"""Answers with a folder as an archive, to as many at a time as the node bears."""

from attrs import define, field

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.archiving import KINDS, Source, archive
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import open_folder
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import saved
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.streaming import InThread, Streaming
from aen.compute.apps.files.turns import Turns
from aen.compute.disk.walk import opened


@define(eq=False)
class Packing:
    """Makes archives while they are read."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    project: str
    """What the archive of the whole project is called."""
    _turns: Turns = field(init=False)

    def __attrs_post_init__(self) -> None:
        """So many at a time."""
        said = "Other archives are being made; try again."
        self._turns = Turns(self.limits.archives, said)

    async def get(self, request: FilesRequest, address: Address) -> None:
        """Answer with an archive.

        :raises Refusal: there is no such folder, or no such kind of archive.
        """
        kind = address.query["archive"] or "tar.gz"
        if kind not in KINDS:
            raise Refusal(400, f"“archive” must be one of: {', '.join(KINDS)}.")
        with self._turns.one():
            await self._send(request, address, kind)

    async def _send(self, request: FilesRequest, address: Address, kind: str) -> None:
        folder: int = await self.in_thread(self._open, address)
        with opened(folder):
            name = address.names[-1] if address.names else self.project
            source = Source(
                self.inside,
                folder,
                name,
                not address.names,
                address.says("environments"),
            )
            for header, value in saved(f"{name}.{kind}".encode("utf-8", "replace"),
                                       KINDS[kind]):  # fmt: skip
                request.setHeader(header, value)
            if request.method == b"HEAD":
                request.done()
                return
            chunks = archive(source, kind)
            try:
                whole = await Streaming(request, chunks, self.in_thread).send()
            except BaseException:
                break_off(request)
                raise
        if whole:
            request.done()

    def _open(self, address: Address) -> int:
        with self.inside.find(address.names) as found:
            return open_folder(found)


def break_off(request: FilesRequest) -> None:
    """End the connection: what was sent must not look whole."""
    if not request.gone:
        request.gone = True
        request.loseConnection()
