"""Data centers, their nodes, and which node a project goes to."""

from collections.abc import Iterable

from attrs import frozen

from aen.model.errors import Unavailable
from aen.model.names import PlaceName


@frozen
class Node:
    """A compute node; `url` is where its gateway finds the launcher."""

    name: PlaceName
    url: str


@frozen
class DataCenter:
    """A gateway and its nodes.

    `url` is the gateway as browsers see it, `key` the gateway's public key
    (base64url), with which it proves who it is to the server and its nodes.
    """

    name: PlaceName
    url: str
    key: str = ""
    summary: str = ""
    nodes: tuple[Node, ...] = ()
    draining: frozenset[PlaceName] = frozenset()
    """Nodes that get no new projects; those that are there go on."""

    def node(self, name: str | None) -> Node | None:
        """Return the node called *name*, if there is one."""
        return next((one for one in self.nodes if one.name == name), None)


@frozen
class NodeHealth:
    """What a gateway last heard of a node. `projects` counts what runs there."""

    name: PlaceName
    answering: bool
    projects: int = 0
    messages: tuple[str, ...] = ()
    single_user: bool = False
    version: str = ""
    refused: tuple[str, ...] | None = None
    """Accounts that may not own, join or start projects there; None: not told yet."""


def choose_node(
    nodes: Iterable[Node],
    health: dict[PlaceName, NodeHealth],
    before: PlaceName | None,
    draining: frozenset[PlaceName] = frozenset(),
) -> Node:
    """Return the node to start a project on.

    The node it ran on *before* (its files are there), else the one with the
    fewest projects among those that answer, else any. Nodes that are *draining*
    get no project that was not there before.

    :raises Unavailable: the data center has no node that takes it.
    """
    candidates = sorted(nodes, key=lambda node: node.name)
    if not candidates:
        raise Unavailable(
            "The data center has no compute node yet. An administrator adds one"
            " with “aen-server-admin add-enterprise-resource”."
        )
    for node in candidates:
        if node.name == before:
            return node

    candidates = [node for node in candidates if node.name not in draining]
    if not candidates:
        raise Unavailable(
            "Every compute node of the data center is being emptied and takes no new"
            " project; ask an administrator."
        )

    def load(node: Node) -> tuple[bool, int]:
        known = health.get(node.name)
        if known is None:
            return (True, 0)
        return (not known.answering, known.projects)

    return min(candidates, key=load)
