"""Data centers: their gateways, their nodes, and how they are."""

import contextlib
import secrets

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.apps import AppSummary
from aen.model.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from aen.model.names import PlaceName, parse_place_name
from aen.model.permissions import demand_operator, demand_superuser
from aen.model.places import DataCenter, Node, NodeHealth
from aen.model.users import Caller
from aen.runtime.settings import check_url
from aen.runtime.tasks import pause
from aen.server import profile
from aen.server.events import Events, gateway_topic
from aen.server.records import CenterHealth
from aen.server.store.centers import CenterRecords
from aen.server.store.projects import ProjectRecords
from aen.wire import tickets
from aen.wire.client import Place
from aen.wire.messages import NodeStatus
from aen.wire.routes import RELAY

_REFUSED = (
    "The account “{user}” runs the platform in the data center “{center}” and cannot"
    " own, join or start projects; use an account of your own."
)
_FIRST_PAUSE, _FIRST_TRIES = 0.1, 50
"""Seconds between looks whether a node has told who it refuses, and how many."""
HEARD_SECONDS = 20.0
"""A connected gateway is noted anew so often; after three times it counts as gone."""


class Centers:
    """Finds data centers, adds to them, and keeps what is heard of their nodes.

    :param service_account: who is refused where no node has told yet; empty: nobody.
    """

    def __init__(
        self,
        records: CenterRecords,
        projects: ProjectRecords,
        events: Events,
        clock: IReactorTime,
        service_account: str = "",
    ) -> None:
        self._records = records
        self._projects = projects
        self._events = events
        self._clock = clock
        self._service_account = service_account
        self._process = secrets.token_hex(6)
        self._log = Logger()

    async def data_centers(self) -> tuple[DataCenter, ...]:
        """Return every data center; they are no secret from anybody."""
        return tuple(await self._records.all())

    async def center(self, name: str) -> DataCenter:
        """Return the data center called *name*, or raise `NotFound`."""
        found = await self._records.named(name)
        if found is None:
            raise NotFound(f"There is no data center “{name}”.")
        return found

    async def node(self, center: str, name: str) -> Node:
        """Return a node of a data center.

        :raises NotFound: there is no such data center, or no such node of it.
        """
        found = (await self.center(center)).node(name)
        if found is None:
            raise NotFound(f"The data center “{center}” has no node “{name}”.")
        return found

    async def choose(self, name: str | None) -> DataCenter:
        """Return the data center for a new project; None: the only one there is.

        :raises Invalid: there is none of that name, or there are several.
        :raises Unavailable: there is no data center at all.
        """
        every = await self._records.all()
        if not every:
            raise Unavailable(
                "There is no data center yet. An administrator adds one by running"
                " “aen-gateway-configure” on its gateway."
            )
        if name is None and len(every) == 1:
            return every[0]
        for one in every:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in every)
        message = f"Choose one of the data centers: {names}."
        raise Invalid(message, fields={"data_center": message})

    async def add(
        self, by: Caller | None, name: str, url: str, key: str, summary: str = ""
    ) -> DataCenter:
        """Make a data center; *by* None is the operator at the command line.

        :raises Taken: there is one of that name.
        """
        demand_operator(by)
        center = _new_center(name, url, key, summary)
        await self._records.add(center)
        return center

    async def register(
        self, by: Caller | None, name: str, url: str, key: str, summary: str = ""
    ) -> DataCenter:
        """Make a data center or renew one that is there with a new key."""
        demand_operator(by)
        wanted = _new_center(name, url, _public_key(key), summary)
        before = await self._records.named(wanted.name)
        who = "the command line" if by is None else by.user.name
        if before is not None and before.key and before.key != wanted.key:
            self._log.warn(
                "{who} gave the data center {name} another key", who=who, name=name
            )
        center = await self._records.put(wanted)
        self._log.info("{who} registered data center {name}", who=who, name=name)
        if before is not None and before.key != center.key:
            await self._events.publish(gateway_topic(center.name), "close", {})
        return center

    async def add_node(
        self, by: Caller | None, center: str, name: str, url: str
    ) -> DataCenter:
        """Add a compute node to a data center, or give it another address."""
        demand_operator(by)
        check_url("url", url)
        node = Node(parse_place_name(name), url)
        found = await self._records.put_node(center, node)
        if found is None:
            raise NotFound(f"There is no data center “{center}”.")
        await self._tell_nodes(found)
        return found

    async def remove_node(
        self, by: Caller | None, center: str, name: str
    ) -> DataCenter:
        """Take a node out, on which no project may run.

        :raises NotFound: there is no such data center, or no such node of it.
        :raises Conflict: projects run there.
        """
        demand_operator(by)
        await self.node(center, name)
        running = await self._projects.count_in(center, name)
        if running:
            raise Conflict(f"Projects run on “{name}” ({running}); stop them first.")
        found = await self._records.drop_node(center, name)
        if found is None:
            raise NotFound(f"There is no data center “{center}”.")
        await self._tell_nodes(found)
        return found

    async def cut_off(self, center: DataCenter) -> None:
        """Have the channel of a data center that is gone closed."""
        await self._events.publish(gateway_topic(center.name), "close", {})

    async def _tell_nodes(self, center: DataCenter) -> None:
        await self._events.publish(gateway_topic(center.name), "nodes", {})

    # -- what is heard

    async def health(self, caller: Caller) -> dict[str, CenterHealth]:
        """Return how every data center is; for administrators."""
        demand_superuser(caller)
        now = self._clock.seconds()
        seen = await self._records.seen()
        found: dict[str, CenterHealth] = {}
        for center in await self._records.all():
            known = await self._records.health(center.name)
            nodes = tuple(
                known.get(node.name, NodeHealth(node.name, answering=False))
                for node in center.nodes
            )
            last = seen.get(center.name)
            alive = last is not None and now - last < 3 * HEARD_SECONDS
            found[center.name] = CenterHealth(center.name, alive, last, nodes)
        return found

    async def node_health(self, center: str, node: str) -> NodeHealth | None:
        """Return what was last heard of a node."""
        return (await self._records.health(center)).get(PlaceName(node))

    async def apps(self, center: str) -> tuple[AppSummary, ...]:
        """Return the apps a data center's nodes offer, as far as is known."""
        return await self._records.apps(center)

    async def heard_of(self, center: str, *, connected: bool) -> None:
        """Note that a gateway's channel is open, or that it has closed."""
        if connected:
            now = self._clock.seconds()
            await self._records.heard_of(center, now, self._process)
        else:
            await self._records.gone_from(center, self._process)

    async def heard_status(self, center: str, status: NodeStatus) -> None:
        """Note what a node of *center* said of itself."""
        found = await self._records.named(center)
        if found is None or found.node(status.name) is None:
            self._log.warn("{center} reports an unknown node", center=center)
            return
        await self._records.put_status(center, status, self._clock.seconds())

    async def heard_silence(self, center: str, node: str) -> None:
        """Note that a node of *center* does not answer its gateway."""
        found = await self._records.named(center)
        if found is not None and found.node(node) is not None:
            await self._records.put_silent(center, node, self._clock.seconds())

    async def demand_person(self, center: str, user: str, field: str) -> None:
        """Refuse the accounts that run the platform on nodes of real accounts.

        :param field: what the error is about: “owner”, “user”.
        :raises Forbidden: *user* cannot own, join or start projects in *center*.
        """
        refused = await self._refused(center)
        tries = _FIRST_TRIES if user == self._service_account else 0
        while refused is None and tries:
            # The first start ever: the nodes are about to tell.
            await pause(self._clock, _FIRST_PAUSE)
            refused, tries = await self._refused(center), tries - 1
        if refused is None:
            refused = {self._service_account} - {""}
        if user in refused:
            message = _REFUSED.format(user=user, center=center)
            raise Forbidden(message, fields={field: message})

    async def _refused(self, center: str) -> set[str] | None:
        """Return whom the nodes of *center* refuse; None: none has told yet."""
        health = (await self._records.health(center)).values()
        told = [one.refused for one in health if one.refused is not None]
        return {name for names in told for name in names} if told else None

    # -- where to go

    async def public_key(self, issuer: str) -> str:
        """Return the key with which the gateway called *issuer* signs.

        :raises Unauthenticated: no gateway is called so.
        """
        kind, _, name = issuer.partition(":")
        found = await self._records.named(name) if kind == "gateway" else None
        if found is None or not found.key:
            raise Unauthenticated("This gateway is not registered.")
        return found.key


def relay(center: DataCenter, node: str) -> Place:
    """Return where a node is asked: through its gateway, which signs anew."""
    return Place(
        base=center.url,
        audience=tickets.gateway(center.name),
        what=f"The data center “{center.name}”",
        path=RELAY + node,
    )


def _new_center(name: str, url: str, key: str, summary: str) -> DataCenter:
    url = url.rstrip("/")
    check_url("url", url)
    checked = parse_place_name(name)
    # Without a key it waits for its gateway to register; nobody can speak for it.
    known = _public_key(key) if key else ""
    return DataCenter(checked, url, known, profile.summary(summary))


def _public_key(text: str) -> str:
    with contextlib.suppress(Invalid):
        if len(tickets.decode(text)) == 32:  # noqa: PLR2004 -- RFC 8032: 32 octets
            return text
    message = "“key” must be a public key: 43 characters of base64url."
    raise Invalid(message, fields={"key": message})
