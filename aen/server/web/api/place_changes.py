"""For administrators: adding data centers and nodes, emptying and removing them."""

from attrs import frozen

from aen.model.administration import Area, area
from aen.model.places import DataCenter
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation

_ONE = "/data-centers/{center}"
_NODE = "/nodes/{center}/{node}"
_RIGHT = area(Area.CENTERS)


@frozen
class NewCenterBody:
    """A data center to make; its gateway registers its key itself."""

    name: str
    url: str
    summary: str = ""


@frozen
class NewNodeBody:
    """A node to add to a data center, or one to give another address."""

    data_center: str
    name: str
    url: str


@frozen
class NodeChangesBody:
    """What to change of a node: whether it gets no new projects."""

    draining: bool


@frozen
class CenterObject:
    """A data center, as it is set up."""

    name: str
    url: str
    summary: str
    nodes: tuple[str, ...]
    draining: tuple[str, ...]


@frozen
class PlaceChangeCalls:
    """What changes ``/data-centers`` and ``/nodes``."""

    rooms: Rooms

    @operation(
        Operation(
            "POST", "/data-centers", "Make a data center", CenterObject, NewCenterBody,
            201, right=_RIGHT,
        )
    )  # fmt: skip
    async def add(self, call: Call) -> CenterObject:
        """Make a data center; it works when its gateway has registered."""
        body: NewCenterBody = call.body
        places = self.rooms.admin.places
        return _shown(await places.add(call.person, body.name, body.url, body.summary))

    @operation(Operation("DELETE", _ONE, "Take a data center out", right=_RIGHT))
    async def remove(self, call: Call, center: str) -> None:
        """Take a data center out, in which there is no project."""
        await self.rooms.admin.places.remove(call.person, center)

    @operation(
        Operation(
            "POST", "/nodes", "Add a node", CenterObject, NewNodeBody, 201,
            right=_RIGHT,
        )
    )  # fmt: skip
    async def add_node(self, call: Call) -> CenterObject:
        """Add a node to a data center, or give it another address."""
        body: NewNodeBody = call.body
        places = self.rooms.admin.places
        return _shown(
            await places.add_node(call.person, body.data_center, body.name, body.url)
        )

    @operation(
        Operation(
            "PATCH", _NODE, "Empty a node", CenterObject, NodeChangesBody, right=_RIGHT
        )
    )
    async def drain(self, call: Call, center: str, node: str) -> CenterObject:
        """Let a node have no new projects, or have them again."""
        on, places = call.body.draining, self.rooms.admin.places
        return _shown(await places.drain(call.person, center, node, on=on))

    @operation(Operation("DELETE", _NODE, "Take a node out", right=_RIGHT))
    async def remove_node(self, call: Call, center: str, node: str) -> None:
        """Take a node out, on which no project runs."""
        await self.rooms.admin.places.remove_node(call.person, center, node)


def _shown(center: DataCenter) -> CenterObject:
    return CenterObject(
        name=center.name,
        url=center.url,
        summary=center.summary,
        nodes=tuple(node.name for node in center.nodes),
        draining=tuple(sorted(center.draining)),
    )
