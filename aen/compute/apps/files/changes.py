"""Answers to what changes names: removing, throwing away, moving, copying."""

from collections.abc import Callable

from attrs import define, field

from aen.compute.apps.files.addresses import Address, parse_path
from aen.compute.apps.files.changing import move, remove
from aen.compute.apps.files.copying import Copying
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.replies import Reply, nothing, of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.storing import conditions_of
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.trash import Trash
from aen.compute.apps.files.turns import Turns
from aen.compute.apps.files.writing import forget_kept


@define(eq=False)
class Changes:
    """Changes names, each change in a thread."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    trash: Trash
    clock: Callable[[], float]
    _turns: Turns = field(init=False)

    def __attrs_post_init__(self) -> None:
        """So many copies at a time."""
        said = "Other copies are being made; try again."
        self._turns = Turns(self.limits.copies, said)

    async def delete(self, request: FilesRequest, address: Address) -> Reply:
        """Remove something, or put it into the trash."""
        if address.says("trash"):
            return await self._throw_away(request, address)
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

    async def _throw_away(self, request: FilesRequest, address: Address) -> Reply:
        conditions = conditions_of(request)
        now = self.clock()

        def work() -> str:
            self.trash.expire(now)
            with self.inside.find(address.names, follow=False) as found:
                return self.trash.put(found, conditions, now)

        return of_json(200, {"id": await self.in_thread(work)})

    async def move(self, address: Address) -> Reply:
        """Give something another place."""
        to = parse_path(address.query["move"])

        def work() -> str:
            with (
                self.inside.find(address.names, follow=False) as old,
                self.inside.find(to, follow=False) as new,
            ):
                move(old, new, replace=address.says("replace"))
                return new.way

        return of_json(200, {"path": await self.in_thread(work)})

    async def copy(self, request: FilesRequest, address: Address) -> Reply:
        """Make something anew at another place."""
        to = parse_path(address.query["copy"])
        entries, size = self.limits.import_entries, self.limits.import_bytes
        gone, leftover = lambda: request.gone, self.limits.leftover
        copying = Copying(entries, size, gone, leftover)

        def work() -> str:
            with (
                self.inside.find(address.names, follow=False) as old,
                self.inside.find(to, follow=False) as new,
            ):
                copying.copy(old, new, replace=address.says("replace"))
                return new.way

        with self._turns.one():
            return of_json(200, {"path": await self.in_thread(work)})
