"""Answers below the address of the trash: what is in it, back with it, away with it."""

from collections.abc import Callable

from attrs import frozen

from aen.compute.apps.files.addresses import parse_path, parse_query
from aen.compute.apps.files.delivering import demand_own, may_change
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import cursor_of, name_of, number
from aen.compute.apps.files.replies import Reply, not_allowed, nothing, of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.trash import Trash

ADDRESS = "trash"
"""Below the app's own addresses."""
_ALL = b"GET, HEAD, DELETE"
_ONE = b"POST, DELETE"


@frozen
class Trashing:
    """Shows the trash, and does with it what is asked."""

    trash: Trash
    limits: Limits
    in_thread: InThread
    clock: Callable[[], float]

    async def answer(self, request: FilesRequest, path: bytes) -> Reply:
        """Return what is to be answered to a request for *path*, below `ADDRESS`.

        :raises Refusal: it is not done; says why.
        """
        way, _, text = path.partition(b"?")
        query = parse_query(text)
        item = way.removeprefix(b"/").decode("ascii", "replace")
        if request.method in (b"GET", b"HEAD") and not item:
            if may_change(request):
                await self.in_thread(self.trash.expire, self.clock())
            return await self._list(query)
        demand_own(request)
        match request.method, bool(item):
            case b"DELETE", False:
                done = await self.in_thread(self.trash.empty)
                return of_json(200, {"removed": done.removed, "kept": done.kept})
            case b"DELETE", True:
                await self.in_thread(self.trash.remove, item)
                return nothing(204)
            case b"POST", True:
                to = parse_path(query.get("to", ""))
                back = await self.in_thread(self.trash.restore, item, to)
                return of_json(200, {"path": back})
        return not_allowed(_ONE if item else _ALL)

    async def _list(self, query: dict[str, str]) -> Reply:
        limit = number(query.get("limit"), self.limits.page)
        before = name_of(query.get("after", ""))
        page = self.trash.page
        items, more = await self.in_thread(page, before, limit, self.clock())
        said = [one.to_json() for one in items]
        return of_json(200, {"items": said, "next": cursor_of(more) if more else None})


def find_trash(path: bytes) -> bytes | None:
    """Return what of an own address is below the trash's; None: it is another."""
    if path.partition(b"?")[0].split(b"/")[0] != ADDRESS.encode():
        return None
    return path.removeprefix(ADDRESS.encode())
