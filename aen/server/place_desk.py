"""Data centers and nodes, for administrators: adding, emptying, taking out, looking."""

from aen.model.administration import Area, demand_area
from aen.model.audit import Act
from aen.model.counting import counted
from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.names import PlaceName
from aen.model.places import DataCenter
from aen.model.users import Caller
from aen.runtime.settings import check_url
from aen.server.audit import Audit
from aen.server.centers import Centers, relay
from aen.server.running import Nodes
from aen.server.store.archive import Archive
from aen.wire import routes
from aen.wire.messages import NodeStatus, Nothing

_PATIENCE = 5.0
"""Seconds a node may take to say how it is."""


class PlaceDesk:
    """What administrators do with places; each of it is in the log of acts."""

    def __init__(
        self, archive: Archive, centers: Centers, nodes: Nodes, audit: Audit
    ) -> None:
        self._archive = archive
        self._records = archive.centers
        self._centers = centers
        self._nodes = nodes
        self._audit = audit

    async def add(
        self, caller: Caller, name: str, url: str, summary: str = "", key: str = ""
    ) -> DataCenter:
        """Make a data center; it works when its gateway has registered.

        :raises Taken: there is one of that name.
        """
        demand_area(caller, Area.CENTERS)
        _check_url(url)
        made = await self._centers.add(caller, name, url, key, summary)
        await self._note(caller, made.name, "added", url=made.url)
        return made

    async def remove(self, caller: Caller, name: str) -> None:
        """Take a data center out, in which there is no project.

        :raises Conflict: there are projects in it.
        """
        demand_area(caller, Area.CENTERS)
        center = await self._centers.center(name)
        count = await self._archive.projects.count_in(name)
        if count:
            there = counted(count, "project")
            raise Conflict(f"“{name}” holds {there}; delete or move them first.")
        await self._records.remove(name)
        await self._centers.cut_off(center)
        await self._note(caller, center.name, "removed")

    async def add_node(
        self, caller: Caller, center: str, name: str, url: str
    ) -> DataCenter:
        """Add a node to a data center, or give it another address."""
        demand_area(caller, Area.CENTERS)
        _check_url(url)
        found = await self._centers.add_node(caller, center, name, url)
        await self._note(caller, center, "node put", node=name, url=url)
        return found

    async def drain(
        self, caller: Caller, center: str, name: str, *, on: bool
    ) -> DataCenter:
        """Let a node have no new projects, or have them again; what is there goes on.

        :raises NotFound: there is no such data center, or no such node of it.
        """
        demand_area(caller, Area.CENTERS)
        found = await self._records.drain(center, name, on=on)
        if found is None:
            raise NotFound(f"The data center “{center}” has no node “{name}”.")
        what = "node drained" if on else "node filled again"
        await self._note(caller, center, what, node=name)
        return found

    async def remove_node(self, caller: Caller, center: str, name: str) -> DataCenter:
        """Take a node out, on which no project may run.

        :raises Conflict: projects run there.
        """
        demand_area(caller, Area.CENTERS)
        found = await self._centers.remove_node(caller, center, name)
        await self._note(caller, center, "node removed", node=name)
        return found

    async def check(self, caller: Caller, center: str, name: str) -> NodeStatus:
        """Ask a node itself, through its gateway, how it is.

        :raises Unavailable: gateway or node do not answer; the sentence says which.
        """
        demand_area(caller, Area.CENTERS)
        node = await self._centers.node(center, name)
        at = relay(await self._centers.center(center), node.name)
        status = await self._nodes.ask(
            at, routes.STATUS, Nothing(), NodeStatus, _PATIENCE
        )
        await self._centers.heard_status(center, status)
        return status

    async def counts(self, caller: Caller, center: str) -> dict[PlaceName, int]:
        """Return how many projects have their files on each node of a data center."""
        demand_area(caller, Area.CENTERS)
        found = await self._centers.center(center)
        return {
            node.name: await self._archive.projects.count_on(center, node.name)
            for node in found.nodes
        }

    async def _note(self, caller: Caller, center: str, what: str, **facts: str) -> None:
        told = {"data center": center, "what": what, **facts}
        await self._audit.note(Act.CENTER_CHANGED, caller, facts=told)


def _check_url(url: str) -> None:
    """Refuse what is no address, and name the field it was typed in."""
    try:
        check_url("url", url)
    except Invalid as error:
        raise Invalid(error.message, fields={"url": error.message}) from None
