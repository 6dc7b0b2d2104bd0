"""Files looked for by their names, and pages with what was found."""

from collections.abc import Callable

from attrs import define, field

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.listing import open_folder
from aen.compute.apps.files.matching import check_text
from aen.compute.apps.files.replies import Reply, of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.search import Search, Wanted
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.turns import Turns
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.pages import Pages
from aen.compute.disk.walk import opened


@define(eq=False)
class Finding:
    """Looks for names, for so many at a time."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    clock: Callable[[], float]
    pages: Pages
    _turns: Turns = field(init=False)

    def __attrs_post_init__(self) -> None:
        """So many at a time."""
        self._turns = Turns(self.limits.searches, "Others search; try again.")

    async def get(self, request: FilesRequest, address: Address) -> Reply:
        """Return a page with what was found; for programs, only what.

        :raises Refusal: there is nothing to look for, or too many look already.
        """
        wanted = Wanted(check_text(address.query.get("glob", "")))
        search = Search(wanted, self.limits, self.clock, lambda: request.gone)

        def work() -> None:
            with self.inside.find(()) as found, opened(open_folder(found)) as folder:
                search.run(folder, ())

        with self._turns.one():
            await self.in_thread(work)
        told = search.to_json()
        if b"text/html" in (request.getHeader(b"accept") or b""):
            return self.pages.found(told | {"glob": wanted.text})
        return of_json(200, told)
