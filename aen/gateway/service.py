"""The gateway as one service; the only file of the role that knows the reactor."""

import contextlib
import os
import random
import secrets
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from twisted.application.internet import ClientService
from twisted.application.service import IService, Service
from twisted.logger import Logger
from typing_extensions import override

from aen.gateway.grants import Grants, Limits
from aen.gateway.health import Health
from aen.gateway.news import News
from aen.gateway.nodes import Nodes
from aen.gateway.opening import Openings
from aen.gateway.own import OwnPages
from aen.gateway.pages import Pages, built_assets
from aen.gateway.passes import Passes, cookie_names
from aen.gateway.router import GatewayRouter
from aen.gateway.server import Server
from aen.gateway.settings import DEFAULT_PREFIX, GatewaySettings
from aen.gateway.signin import SignIn
from aen.gateway.upstreams import Upstreams
from aen.model.errors import AenError, Invalid, Unauthenticated
from aen.model.names import parse_place_name
from aen.proxy.access_log import AccessLog
from aen.proxy.doors import Doors
from aen.proxy.factory import ProxyFactory
from aen.proxy.https import Insisting, ToHttps
from aen.proxy.routing import Router
from aen.runtime.certificates import Certificates, check_certificates
from aen.runtime.listening import ListeningService, remove_stale_socket, unix_endpoint
from aen.runtime.machine import machine
from aen.runtime.options import CrewOptions, Place
from aen.runtime.services import InOrder, OnSignal
from aen.runtime.settings import check_url, read_settings
from aen.runtime.worker import Membership
from aen.runtime.workers import Crew, Plan
from aen.wire import tickets
from aen.wire.agents import endpoint_of, make_agent
from aen.wire.call import Door
from aen.wire.channel import GatewayEndFactory
from aen.wire.client import Identity, WireClient

_MOST_WORKERS = 64


class Options(CrewOptions):
    """``twistd aen-gateway``."""

    own = (DEFAULT_PREFIX / "etc/wakari/wk-gateway-config.json",)


def check(settings: GatewaySettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    parse_place_name(settings.name)
    tickets.SigningKey.from_text(settings.key)
    for key in ("server", "public_url"):
        check_url(key, getattr(settings, key))
    if settings.tls is not None:
        check_certificates(settings.tls)
        if not settings.public_url.startswith("https:"):
            raise Invalid("“public_url” must begin with https: when “tls” is set.")
    alone = settings.workers == 0 and settings.tls is None
    if not alone and not all(one.startswith("tcp") for one in settings.doors):
        raise Invalid("With “workers” or “tls”, “listen” can hold tcp: addresses only.")
    if not 0 <= settings.workers <= _MOST_WORKERS:
        raise Invalid(f"“workers” must be from 0 to {_MOST_WORKERS}.")


def makeService(options: Options) -> IService:
    """Return the gateway that *options* describe."""
    from twisted.internet import reactor

    settings = options.settings(GatewaySettings, check)
    try:
        if settings.workers and options.place is None:
            return parent(options, settings, reactor)
        return assemble(settings, reactor, options.place)
    except AenError as error:
        raise SystemExit(error.message) from None


def parent(options: Options, settings: GatewaySettings, reactor: Any) -> IService:
    """Return what starts the workers and replaces them on SIGHUP."""

    def plan() -> Plan:
        settings = read_settings(GatewaySettings, options.layers())
        check(settings)
        return Plan(
            workers=max(1, settings.workers),
            listen=settings.doors,
            command=lambda number: options.command("aen-gateway", number),
            environment=dict(os.environ),
            drain_seconds=settings.drain_seconds,
            stop_seconds=settings.stop_seconds,
            gone=lambda pid: _workers_socket(settings, pid).unlink(missing_ok=True),
        )

    _forget_dead_workers(settings.own_socket)
    crew = Crew(plan, reactor)
    return _services(crew, OnSignal(signal.SIGHUP, crew.reload, reactor))


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
    settings = _beside_others(settings, place)
    key = tickets.SigningKey.from_text(settings.key)
    identity = Identity(tickets.gateway(settings.name), key)
    agent = make_agent(reactor, settings.server_ca)
    client = WireClient(agent, reactor, identity)
    server = Server(client, agent, identity, settings.server, reactor)

    grants = Grants(server.grant, reactor, _limits(settings))
    nodes = Nodes(client, reactor, random.Random())  # noqa: S311 -- spreads retries
    openings = Openings(server.open, client, reactor)
    nodes.on_launch(openings.launch_news)
    health = Health(nodes)
    news = News(grants, nodes, openings, health)
    _let_one_tell(nodes, news, place)
    sign_in = _sign_in(settings, key, server)
    assets = built_assets()
    pages = Pages.of(assets, settings.browsers_server_url)
    origins = frozenset({settings.public_url})
    upstreams = Upstreams(identity, reactor, machine(), origins)
    router = GatewayRouter(
        sign_in, grants, openings, nodes, upstreams, pages, assets, settings, reactor
    )
    door = Door(identity.name, ServerKey(settings.server_key), reactor)
    own = OwnPages(door, client, nodes, health, pages, router)
    log = AccessLog(settings.logs / "gateway.log", reactor)
    proxy = ProxyFactory(_insisting(settings, router), reactor, access_log=log)
    news.attach(proxy)
    return _services(
        _Stopping(nodes, log, settings.own_socket if place else None),
        ListeningService(unix_endpoint(settings.own_socket), own.site(), reactor),
        _channel(settings, identity, reactor, news),
        *_entrance(settings, reactor, proxy, news, place),
    )


def _limits(settings: GatewaySettings) -> Limits:
    return Limits(settings.grant_seconds, settings.grace_seconds, settings.grants)


def _let_one_tell(nodes: Nodes, news: News, place: Place | None) -> None:
    """Let one of several workers tell the server how the nodes are."""
    if place is None or place.number == 0:
        nodes.tell = news.tell_server


def _beside_others(settings: GatewaySettings, place: Place | None) -> GatewaySettings:
    """Return the settings of a worker; old and new ones run side by side."""
    if place is None:
        return settings
    return evolve(settings, socket=str(_workers_socket(settings, os.getpid())))


def _entrance(
    settings: GatewaySettings,
    reactor: Any,
    proxy: ProxyFactory,
    news: News,
    place: Place | None,
) -> list[IService]:
    """Return what lets browsers in, and what SIGHUP does meanwhile."""
    certificates = Certificates(settings.tls, reactor) if settings.tls else None
    doors = _doors(settings, reactor, proxy, certificates, place)
    return [
        *([certificates] if certificates else []),
        OnSignal(signal.SIGHUP, _hung_up(certificates), reactor),
        Membership(doors, news.first_opened, news.fall_silent, reactor)
        if place
        else doors,
    ]


def _hung_up(certificates: Certificates | None) -> Callable[[], None]:
    """Return what SIGHUP does to a process that serves."""
    if certificates is not None:
        return certificates.reload
    return lambda: Logger().info("without a parent, settings are read at a restart")


def _insisting(settings: GatewaySettings, router: GatewayRouter) -> Router:
    seconds = settings.tls.hsts_seconds if settings.tls is not None else 0
    return Insisting(router, seconds) if seconds else router


def _doors(
    settings: GatewaySettings,
    reactor: Any,
    proxy: ProxyFactory,
    certificates: Certificates | None,
    place: Place | None,
) -> Doors:
    """Return where browsers come in, by TLS if that is set, and by HTTP to it."""
    sockets = place.sockets if place is not None else {}
    tls = settings.tls
    context = certificates.context if certificates is not None else None
    lead = ProxyFactory(ToHttps(settings.public_url), reactor)
    return Doors(
        [
            ListeningService(
                where, proxy, reactor, tls=context, adopted=sockets.get(where)
            )
            for where in settings.listen
        ]
        + [
            ListeningService(where, lead, reactor, adopted=sockets.get(where))
            for where in (tls.redirect if tls is not None else ())
        ],
        [proxy, lead],
        settings.drain_seconds,
        settings.stop_seconds,
    )


def _workers_socket(settings: GatewaySettings, pid: int) -> Path:
    return settings.own_socket.with_suffix(f".{pid}.sock")


def _forget_dead_workers(own_socket: Path) -> None:
    """Remove the sockets of workers that were killed together with their parent."""
    for path in own_socket.parent.glob(f"{own_socket.stem}.*{own_socket.suffix}"):
        with contextlib.suppress(Invalid):  # that one lives, and will end by itself
            remove_stale_socket(path)


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
    for part in parts:
        part.setServiceParent(gateway)
    return gateway


class _Stopping(Service):
    """Lets go of the nodes and of the log file when the gateway stops."""

    def __init__(self, nodes: Nodes, log: AccessLog, socket: Path | None) -> None:
        self._nodes = nodes
        self._log = log
        self._socket = socket

    @override
    def stopService(self) -> None:
        super().stopService()
        self._nodes.stop()
        self._log.close()
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)


def _channel(
    settings: GatewaySettings, identity: Identity, reactor: Any, news: News
) -> ClientService:
    """Return what keeps the channel to the server open."""
    factory = GatewayEndFactory(settings.server, identity, reactor, news)
    where = endpoint_of(reactor, settings.server, settings.server_ca)
    return ClientService(where, factory, clock=reactor)
