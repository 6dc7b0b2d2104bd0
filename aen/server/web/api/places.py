"""For administrators: data centers and nodes."""

from attrs import frozen

from aen.model.permissions import demand_superuser
from aen.model.rights import SUPERUSER
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import DataCenterObject, NodeObject, node_object


@frozen
class PlaceCalls:
    """``/data-centers`` and ``/nodes``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/data-centers", "Data centers", DataCenterObject, pages=True,
            right=SUPERUSER,
        )
    )  # fmt: skip
    async def data_centers(self, call: Call) -> Page[DataCenterObject]:
        """List the data centers and whether their gateways are connected."""
        demand_superuser(call.person)
        health = await self.rooms.centers.health(call.person)
        found = []
        for center in await self.rooms.centers.data_centers():
            known = health.get(center.name)
            found.append(
                DataCenterObject(
                    name=center.name,
                    url=center.url,
                    summary=center.summary,
                    connected=known.connected if known else False,
                    nodes=tuple(node.name for node in center.nodes),
                )
            )
        return Page(tuple(found))

    @operation(
        Operation(
            "GET", "/nodes", "Compute nodes", NodeObject, pages=True, right=SUPERUSER
        )
    )
    async def nodes(self, call: Call) -> Page[NodeObject]:
        """List the nodes and how they are."""
        demand_superuser(call.person)
        health = await self.rooms.centers.health(call.person)
        found = []
        for center in await self.rooms.centers.data_centers():
            known = health.get(center.name)
            nodes = {one.name: one for one in known.nodes} if known else {}
            found += [
                node_object(center, node.name, node.url, nodes.get(node.name))
                for node in center.nodes
            ]
        return Page(tuple(found))
