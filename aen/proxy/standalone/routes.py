"""The routing table: which prefix of a path leads where, and when it last did."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from attrs import define, field

from aen.proxy.standalone.targets import Target, read_target

_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@define
class Route:
    """Everything below *prefix* goes to *target*."""

    prefix: str
    target: Target
    data: dict[str, object]
    """What was posted: ``target`` and whatever its owner wants to remember."""
    last_activity: float
    """When something last succeeded here, in seconds since the epoch."""


@define
class _Node:
    route: Route | None = None
    children: "dict[str, _Node]" = field(factory=dict)


class Routes:
    """Routes by prefix; a prefix ends where a segment of the path ends."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, prefix: str, data: Mapping[str, object], now: float) -> Route:
        """Put a route in place of any other with this prefix.

        :raises ValueError: *data* has no usable ``target``; says why.
        """
        target = data.get("target")
        if not isinstance(target, str):
            raise ValueError("Must specify 'target' as string")  # noqa: TRY004
        route = Route(normal(prefix), read_target(target), dict(data), now)
        node = self._root
        for segment in _segments(route.prefix):
            node = node.children.setdefault(segment, _Node())
        node.route = route
        return route

    def get(self, prefix: str) -> Route | None:
        """Return the route with exactly this prefix."""
        node: _Node | None = self._root
        for segment in _segments(normal(prefix)):
            node = node.children.get(segment) if node is not None else None
        return node.route if node is not None else None

    def remove(self, prefix: str) -> bool:
        """Take the route with exactly this prefix away; return whether it was there."""
        trail = [("", self._root)]
        for segment in _segments(normal(prefix)):
            child = trail[-1][1].children.get(segment)
            if child is None:
                return False
            trail.append((segment, child))
        if trail[-1][1].route is None:
            return False
        trail[-1][1].route = None
        for (_, parent), (segment, node) in zip(
            trail[-2::-1], trail[:0:-1], strict=True
        ):
            if node.route is not None or node.children:
                break
            del parent.children[segment]
        return True

    def find(self, path: str) -> Route | None:
        """Return the route with the longest prefix of *path*, which is decoded."""
        node = self._root
        found = node.route
        for segment in path.split("/")[1:]:
            child = node.children.get(segment)
            if child is None:
                break
            node = child
            found = node.route or found
        return found

    def __iter__(self) -> Iterator[Route]:
        """Give every route, shorter prefixes before those they begin."""
        waiting = [self._root]
        while waiting:
            node = waiting.pop()
            if node.route is not None:
                yield node.route
            waiting.extend(reversed(node.children.values()))


def normal(prefix: str) -> str:
    """Return *prefix* with a slash before it and none behind it."""
    return "/" + prefix.strip("/")


def _segments(prefix: str) -> list[str]:
    return prefix[1:].split("/") if prefix != "/" else []


def decoded(path: bytes) -> str:
    """Return a path with its escapes resolved, as routes are compared.

    :raises ValueError: it has a malformed escape, or is not UTF-8.
    """
    if b"%" not in path:
        return path.decode("utf-8")
    if _BAD_ESCAPE.search(path) is not None:
        raise ValueError("a malformed escape")
    return unquote_to_bytes(path).decode("utf-8")


def behind(path: bytes, prefix: str) -> bytes:
    """Return what follows *prefix* in *path*, as the client has written it.

    *path* decodes to something that begins with *prefix*, which is decoded already.
    """
    left = len(prefix.rstrip("/").encode("utf-8"))
    at = 0
    while left > 0:
        at += 3 if path[at : at + 1] == b"%" else 1
        left -= 1
    return path[at:]
