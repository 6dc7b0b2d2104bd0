"""The gateway as one service; the only file of the role that knows the reactor."""

import random
import secrets
from typing import Any

from attrs import frozen
from twisted.application.internet import ClientService
from twisted.application.service import IService, Service
from typing_extensions import override

from aen.gateway.entrance import (
    beside_others,
    check_entrance,
    entrance,
    parent,
    proxy_for,
)
from aen.gateway.grants import Grants, Limits
from aen.gateway.health import Health
from aen.gateway.news import News
from aen.gateway.nodes import Nodes
from aen.gateway.notices import Notices
from aen.gateway.opening import Openings
from aen.gateway.own import OwnPages
from aen.gateway.pages import Pages, built_assets
from aen.gateway.passes import Passes, cookie_names
from aen.gateway.public import PublicFolders
from aen.gateway.router import GatewayRouter
from aen.gateway.server import Server
from aen.gateway.settings import DEFAULT_PREFIX, GatewaySettings
from aen.gateway.signin import SignIn
from aen.gateway.upstreams import Upstreams
from aen.gateway.uses import TellingUse, UseReports
from aen.model.errors import AenError, Unauthenticated
from aen.model.names import parse_place_name
from aen.proxy.access_log import AccessLog
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.runtime.machine import machine
from aen.runtime.options import CrewOptions, Place
from aen.runtime.services import InOrder, Settled
from aen.runtime.settings import check_url
from aen.wire import tickets
from aen.wire.agents import endpoint_of, make_agent
from aen.wire.call import Door
from aen.wire.channel import GatewayEndFactory
from aen.wire.client import Identity, WireClient


class Options(CrewOptions):
    """``twistd aen-gateway``."""

    own = (DEFAULT_PREFIX / "etc/wakari/wk-gateway-config.json",)


def check(settings: GatewaySettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    parse_place_name(settings.name)
    tickets.SigningKey.from_text(settings.key)
    for key in ("server", "public_url"):
        check_url(key, getattr(settings, key))
    check_entrance(settings)


def makeService(options: Options) -> IService:
    """Return the gateway that *options* describe."""
    from twisted.internet import reactor

    settings = options.settings(GatewaySettings, check)
    try:
        if settings.workers and options.place is None:
            return parent(options, settings, check, reactor)
        return assemble(settings, reactor, options.place)
    except AenError as error:
        raise SystemExit(error.message) from None


@frozen
class ServerKey:
    """The one key this gateway obeys: the server's."""

    public: str

    async def public_key(self, issuer: str) -> str:
        """Return the server's key, or raise `Unauthenticated`."""
        if issuer != tickets.SERVER:
            raise Unauthenticated("Only the server may ask this.")
        return self.public


def assemble(
    settings: GatewaySettings, reactor: Any, place: Place | None = None
) -> IService:
    """Return the gateway as one service: read top to bottom, its architecture.

    :param place: which worker this is, if it is one of several processes.
    """
    settings = beside_others(settings, place)
    identity, client, server = _wire(settings, reactor)
    grants = Grants(server.grant, reactor, _limits(settings))
    nodes = Nodes(client, reactor, random.Random())  # noqa: S311 -- spreads retries
    openings = Openings(server.open, client, reactor)
    uses = UseReports(client, nodes.at, reactor)
    nodes.on_launch(openings.launch_news)
    nodes.on_launch(uses.launch_news)
    health, notices = Health(nodes), Notices(reactor)
    upstreams = Upstreams(identity, reactor, machine(), frozenset({settings.origin}))
    public = PublicFolders(server.public, upstreams, reactor)
    news = News(grants, nodes, openings, health, public, notices)
    if place is None or place.number == 0:
        nodes.tell = news.tell_server  # one worker does, for all

    sign_in, assets = _sign_in(settings, identity.key, server), built_assets()
    pages = Pages.of(assets, settings.browsers_server_url, notices)
    router = GatewayRouter(
        sign_in, grants, openings, nodes, upstreams, pages, assets, settings, reactor,
        public, uses,
    )  # fmt: skip
    door = Door(identity.name, ServerKey(settings.server_key), reactor)
    own = OwnPages(door, client, nodes, health, notices, pages, router)
    log = AccessLog(settings.logs / "gateway.log", reactor)
    proxy = proxy_for(settings, router, log, reactor)
    news.attach(proxy)
    return _services(
        _Stopping(nodes, log),  # services stop in reverse order: this one last
        ListeningService(unix_endpoint(settings.own_socket), own.site(), reactor),
        _channel(settings, identity, reactor, news),
        TellingUse(uses, reactor),
        *entrance(settings, proxy, news, place, reactor),
    )


def _wire(
    settings: GatewaySettings, reactor: Any
) -> tuple[Identity, WireClient, Server]:
    """Return who we are, and the ways to nodes and server as that."""
    key = tickets.SigningKey.from_text(settings.key)
    identity = Identity(tickets.gateway(settings.name), key)
    agent = make_agent(reactor, settings.server_ca)
    client = WireClient(agent, reactor, identity)
    return identity, client, Server(client, agent, identity, settings.server, reactor)


def _limits(settings: GatewaySettings) -> Limits:
    return Limits(settings.grant_seconds, settings.grace_seconds, settings.grants)


def _sign_in(
    settings: GatewaySettings, key: tickets.SigningKey, server: Server
) -> SignIn:
    return SignIn(
        client=settings.name,
        public_url=settings.public_url,
        server_url=settings.browsers_server_url,
        names=cookie_names(key, settings.public_url),
        passes=Passes.of(key),
        seal=tickets.Seal(key.derive("signin")),
        exchange=server.exchange,
        new_secret=lambda: secrets.token_urlsafe(32),
        pass_seconds=settings.pass_hours * 3600,
    )


def _services(*parts: IService) -> IService:
    gateway = InOrder()
    for part in (*parts, Settled()):
        part.setServiceParent(gateway)
    return gateway


class _Stopping(Service):
    """Lets go of the nodes and of the log file when the gateway stops."""

    def __init__(self, nodes: Nodes, log: AccessLog) -> None:
        self._nodes = nodes
        self._log = log

    @override
    def stopService(self) -> None:
        super().stopService()
        self._nodes.stop()
        self._log.close()


def _channel(
    settings: GatewaySettings, identity: Identity, reactor: Any, news: News
) -> ClientService:
    """Return what keeps the channel to the server open."""
    factory = GatewayEndFactory(settings.server, identity, reactor, news)
    where = endpoint_of(reactor, settings.server, settings.server_ca)
    return ClientService(where, factory, clock=reactor)
