"""Answers to who may do what with a file, and to who shall."""

from typing import Any

from attrs import frozen

from aen.compute.apps.files.accounts import Whose
from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.replies import Reply, of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.rights import rights_of, set_rights
from aen.compute.apps.files.streaming import InThread
from aen.compute.apps.files.wishes import parse_wishes


@frozen
class Permitting:
    """Shows rights, and sets them for whoever owns the file."""

    inside: Inside
    limits: Limits
    in_thread: InThread
    whose: Whose

    async def get(self, address: Address) -> Reply:
        """Return who may do what.

        :raises Refusal: there is nothing.
        """

        def work() -> dict[str, Any]:
            with self.inside.find(address.names, follow=False) as found:
                return rights_of(self.inside, found, self.whose)

        return of_json(200, await self.in_thread(work))

    async def put(self, request: FilesRequest, address: Address) -> Reply:
        """Set the rights that are sent, and return those that are there then.

        :raises Refusal: they cannot be set.
        """
        wishes = parse_wishes(await request.body.all(self.limits.said))

        def work() -> dict[str, Any]:
            with self.inside.find(address.names, follow=False) as found:
                most = self.limits.rights
                return set_rights(
                    self.inside, found, wishes, self.whose, most, lambda: request.gone
                )

        return of_json(200, await self.in_thread(work))
