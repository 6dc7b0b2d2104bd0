"""The node's one port: calls go to the API, app traffic to the app's own socket.

Used by a gateway on another machine; one on the same machine goes straight to apps.
"""

import json
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

from attrs import define, evolve, field, frozen
from twisted.internet.interfaces import IReactorTime

from aen.compute.command import url_prefix
from aen.model.errors import AenError, NotFound, Unauthenticated
from aen.proxy import answers
from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Decision, Forward, Meter
from aen.proxy.uses import Uses
from aen.wire import tickets
from aen.wire.messages import Launch
from aen.wire.problems import status_of, to_json
from aen.wire.public import PURPOSE
from aen.wire.routes import APP_PREFIX, PUBLIC_PREFIX

_APPS = APP_PREFIX.encode()
_PUBLIC = PUBLIC_PREFIX.encode()
_API = b"/launcher/"
_REMEMBERED = 2048
"""Verified tickets kept, of which one costs about 0.1 ms to verify, and ways."""


class Apps(Protocol):
    """Knows where apps listen."""

    def find(self, launch_id: str) -> Launch:
        """Return a launch, or raise `NotFound`."""
        ...


def app_ticket_purpose(launch_id: str) -> str:
    """Return the purpose of tickets for traffic of one app."""
    return f"app:{launch_id}"


def refuse(error: AenError) -> Answer:
    """Return the answer that says *error*."""
    headers = (
        (b"content-type", b"application/json; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    )
    return Answer(status_of(error), headers, json.dumps(to_json(error)).encode())


def split_app_target(target: bytes) -> tuple[str, bytes]:
    """Return the launch's id and the app's own target, or raise `NotFound`."""
    launch_id, slash, rest = target[len(_APPS) :].partition(b"/")
    if not slash:
        raise NotFound("There is nothing at this address.")
    return launch_id.decode("latin-1"), b"/" + rest


def app_target(launch: Launch, target: bytes) -> bytes:
    """Return *target* as the app sees it."""
    if not launch.strip_prefix:
        return target
    prefix = url_prefix(launch.owner, launch.project, launch.app).encode()
    rest = target.removeprefix(prefix)
    if rest == target or rest[:1] not in (b"", b"/", b"?"):
        return target
    return rest if rest.startswith(b"/") else b"/" + rest


@frozen
class Way:
    """How requests for a launch are forwarded: made once, the proxy knows it again."""

    launch: Launch
    prefix: bytes
    """What begins targets whose prefix is taken off, as the app's address has it."""
    whole: Forward
    stripped: Forward

    @classmethod
    def of(cls, launch: Launch, meter: Meter) -> "Way":
        """Return the way to *launch*, whose use *meter* notes."""
        here = f"tcp:127.0.0.1:{launch.port}" if launch.port else ""
        front = len(_APPS) + len(launch.id.encode())
        prefix = url_prefix(launch.owner, launch.project, launch.app).encode()
        whole = Forward(
            here or f"unix:{launch.socket}",
            cut=front,
            drop_headers=frozenset({tickets.HEADER}),
            tags=(launch.id,),
            meter=meter,
            polling=tuple(
                b"%s%s%s" % (_APPS, launch.id.encode(), one.encode())
                for one in launch.polling
            ),
        )
        stripped = evolve(whole, cut=front + len(prefix))
        return cls(launch, prefix + b"/", whole, stripped)


@define(eq=False)
class NodeRouter:
    """Routes what arrives on the node's port; nothing passes without a ticket."""

    name: str
    gateway_key: str
    api: Path
    """The API's own UNIX socket; each call proves itself there."""
    apps: Apps
    clock: IReactorTime
    uses: Uses = field(factory=Uses)
    """Notes which launches are used through this door."""
    public: Path | None = None
    """The UNIX socket where public folders are served; None: the API's."""
    _ways: dict[str, Way] = field(factory=dict)
    _to_public: Forward = field(init=False)
    _verified: OrderedDict[str, tickets.Ticket] = field(factory=OrderedDict)

    def __attrs_post_init__(self) -> None:
        """Make ahead what requests for public folders share."""
        self._to_public = Forward(
            f"unix:{self.public or self.api}",
            drop_headers=frozenset({tickets.HEADER, b"cookie", b"authorization"}),
            drop_response_headers=frozenset({b"set-cookie"}),
        )

    def route(self, head: RequestHead, peer: Peer) -> Decision:
        """Return where a request goes."""
        try:
            if head.target.startswith(_APPS):
                return self._to_app(head)
            if head.target.startswith(_PUBLIC):
                self._demand(head, PURPOSE)
                return self._to_public
            if head.target.startswith(_API):
                return Forward(f"unix:{self.api}")
            raise NotFound("There is nothing at this address.")
        except AenError as error:
            return refuse(error)

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Decision:
        """Return the answer when an app or the API does not answer."""
        return answers.unreachable(head, reason)

    def _to_app(self, head: RequestHead) -> Forward:
        launch_id, target = split_app_target(head.target)
        self._demand(head, app_ticket_purpose(launch_id))
        launch = self.apps.find(launch_id)
        if launch.state != "running":
            self._ways.pop(launch_id, None)
            raise NotFound("There is no such launch.")
        way = self._ways.get(launch_id)
        if way is None or way.launch is not launch:
            way = self._remember(launch)
        if not launch.strip_prefix:
            return way.whole
        if target.startswith(way.prefix):
            return way.stripped
        return evolve(way.whole, target=app_target(launch, target))

    def _remember(self, launch: Launch) -> Way:
        while len(self._ways) >= _REMEMBERED:
            del self._ways[next(iter(self._ways))]
        way = self._ways[launch.id] = Way.of(launch, self.uses.meter(launch.id))
        return way

    def _demand(self, head: RequestHead, purpose: str) -> None:
        values = head.values(tickets.HEADER)
        if len(values) != 1:
            raise Unauthenticated("This address is for the platform's own parts.")
        ticket = self._ticket(values[0].decode("latin-1"))
        if ticket.purpose != purpose:
            raise Unauthenticated("The ticket is for something else.")

    def _ticket(self, text: str) -> tickets.Ticket:
        """Return a verified ticket; the same one is verified once."""
        known = self._verified.get(text)
        now = self.clock.seconds()
        if known is not None and now < known.expires:
            return known
        self._verified.pop(text, None)
        found = tickets.unseal(text, self.gateway_key, tickets.node(self.name), now)
        if not found.issuer.startswith("gateway:"):
            raise Unauthenticated("A node obeys only its gateway.")
        while len(self._verified) >= _REMEMBERED:
            self._verified.popitem(last=False)
        self._verified[text] = found
        return found
