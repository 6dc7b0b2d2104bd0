"""The gateway as one service; the only file of the role that knows the reactor."""

import random
import secrets
from typing import Any

from attrs import frozen
from twisted.application.internet import ClientService
from twisted.application.service import IService, MultiService, Service
from twisted.web.server import Site
from typing_extensions import override

from aen.gateway.grants import Grants, Limits
from aen.gateway.health import Health
from aen.gateway.news import News
from aen.gateway.nodes import Nodes
from aen.gateway.opening import Openings
from aen.gateway.own import OwnPages
from aen.gateway.pages import Pages, built_assets
from aen.gateway.passes import Passes, cookie_names
from aen.gateway.router import GatewayRouter, Waits
from aen.gateway.server import Server
from aen.gateway.settings import DEFAULT_PREFIX, GatewaySettings
from aen.gateway.signin import SignIn
from aen.gateway.upstreams import Upstreams
from aen.model.errors import AenError, Unauthenticated
from aen.model.names import parse_place_name
from aen.proxy.access_log import AccessLog
from aen.proxy.factory import ProxyFactory
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.runtime.machine import machine
from aen.runtime.options import RoleOptions
from aen.runtime.settings import check_url
from aen.wire import tickets
from aen.wire.agents import endpoint_of, make_agent
from aen.wire.call import Door
from aen.wire.channel import GatewayEndFactory
from aen.wire.client import Identity, WireClient


class Options(RoleOptions):
    """``twistd aen-gateway``."""

    own = (DEFAULT_PREFIX / "etc/wakari/wk-gateway-config.json",)


def check(settings: GatewaySettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    parse_place_name(settings.name)
    tickets.SigningKey.from_text(settings.key)
    for key in ("server", "public_url"):
        check_url(key, getattr(settings, key))


def makeService(options: Options) -> IService:
    """Return the gateway that *options* describe."""
    from twisted.internet import reactor

    settings = options.settings(GatewaySettings, check)
    try:
        return assemble(settings, reactor)
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


def assemble(settings: GatewaySettings, reactor: Any) -> IService:
    """Return the gateway as one service: read top to bottom, the role's architecture."""
    key = tickets.SigningKey.from_text(settings.key)
    identity = Identity(tickets.gateway(settings.name), key)
    server_url = settings.server_url or settings.server
    agent = make_agent(reactor, settings.server_ca)
    client = WireClient(agent, reactor, identity)
    server = Server(client, agent, identity, settings.server, reactor)

    limits = Limits(settings.grant_seconds, settings.grace_seconds, settings.grants)
    grants = Grants(server.grant, reactor, limits)
    nodes = Nodes(client, reactor, random.Random())  # noqa: S311 -- spreads retries
    openings = Openings(server.open, client, reactor)
    nodes.on_launch(openings.launch_news)
    health = Health(nodes)
    news = News(grants, nodes, openings, health)
    nodes.tell = news.tell_server

    names = cookie_names(key, settings.public_url)
    passes = Passes.of(key)
    seal = tickets.Seal(key.derive("signin"))
    sign_in = SignIn(
        settings.name,
        settings.public_url,
        server_url,
        names,
        passes,
        seal,
        server.exchange,
        lambda: secrets.token_urlsafe(32),
        settings.pass_hours * 3600,
    )
    assets = built_assets()
    pages = Pages.of(assets, server_url)
    router = GatewayRouter(
        names,
        passes,
        grants,
        openings,
        nodes,
        Upstreams(identity, reactor, machine(), frozenset({settings.public_url})),
        sign_in,
        pages,
        assets,
        f"unix:{settings.own_socket}",
        server_url,
        reactor,
        Waits(other=settings.wait_seconds),
    )
    own = OwnPages(
        Door(tickets.gateway(settings.name), ServerKey(settings.server_key), reactor),
        client,
        nodes,
        health,
        sign_in,
        pages,
        grants,
        openings,
        router.credential,
        reactor,
        names.signin,
    )

    log = AccessLog(settings.logs / "gateway.log", reactor)
    proxy = ProxyFactory(router, reactor, access_log=log)
    news.attach(proxy)

    gateway = MultiService()
    where = unix_endpoint(settings.own_socket)
    parts = [
        ListeningService(where, Site(own.app.resource()), reactor),
        *(ListeningService(place, proxy, reactor) for place in settings.listen),
        _channel(settings, identity, reactor, news),
        _Stopping(nodes),
    ]
    for part in parts:
        part.setServiceParent(gateway)
    return gateway


class _Stopping(Service):
    """Lets go of the nodes when the gateway stops."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    @override
    def stopService(self) -> None:
        super().stopService()
        self._nodes.stop()


def _channel(
    settings: GatewaySettings, identity: Identity, reactor: Any, news: News
) -> ClientService:
    """Return what keeps the channel to the server open."""
    factory = GatewayEndFactory(settings.server, identity, reactor, news)
    where = endpoint_of(reactor, settings.server, settings.server_ca)
    return ClientService(where, factory, clock=reactor)
