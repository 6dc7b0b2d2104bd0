"""Answers to a search, while whoever asked waits for it."""

from collections.abc import Callable

from attrs import define, field

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import open_folder
from aen.compute.apps.files.matching import check_text
from aen.compute.apps.files.replies import Reply, of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.search import Search, Wanted
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.turns import Turns
from aen.compute.disk.walk import opened


@define(eq=False)
class Searching:
    """Looks for names and lines, for so many at a time."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    clock: Callable[[], float]
    _turns: Turns = field(init=False)

    def __attrs_post_init__(self) -> None:
        """So many at a time."""
        said = "Other searches are under way; try again."
        self._turns = Turns(self.limits.searches, said)

    async def get(self, request: FilesRequest, address: Address) -> Reply:
        """Return what was found.

        :raises Refusal: there is no such folder, or nothing to look for.
        """
        wanted = Wanted(
            check_text(address.query["search"]),
            content=address.says("content"),
            hidden=address.says("hidden"),
            environments=address.says("environments"),
        )
        search = Search(wanted, self.limits, self.clock, lambda: request.gone)

        def work() -> None:
            with (
                self.inside.find(address.names) as found,
                opened(open_folder(found)) as folder,
            ):
                search.run(folder, found.names)

        with self._turns.one():
            await self.in_thread(work)
        return of_json(200, search.to_json())
