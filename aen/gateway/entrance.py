"""Where browsers come in: TLS, several processes behind one port, and their end."""

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from socket import gethostname
from typing import Any

from attrs import evolve
from twisted.application.service import IService, Service
from twisted.logger import Logger
from typing_extensions import override

from aen.gateway.news import News
from aen.gateway.settings import GatewaySettings
from aen.model.errors import Invalid
from aen.proxy.access_log import AccessLog
from aen.proxy.doors import Doors
from aen.proxy.factory import ProxyFactory
from aen.proxy.https import Insisting, ToHttps
from aen.proxy.routing import Router
from aen.proxy.trust import Trust
from aen.runtime.certificates import Certificates, check_certificates
from aen.runtime.listening import ListeningService
from aen.runtime.options import CrewOptions, Place
from aen.runtime.services import InOrder, OnSignal
from aen.runtime.settings import read_settings
from aen.runtime.sockets import Occupied, remove_stale_socket
from aen.runtime.worker import Membership
from aen.runtime.workers import Crew, Plan
from aen.wire.agents import trust_root

_MOST_WORKERS = 64


def check_entrance(settings: GatewaySettings) -> None:
    """Raise `Invalid` for doors that cannot be opened as they are described."""
    if settings.tls is not None:
        check_certificates(settings.tls)
        if not settings.public_url.startswith("https:"):
            raise Invalid("“public_url” must begin with https: when “tls” is set.")
    plain = settings.workers == 0 and settings.tls is None
    if not plain and not all(one.startswith("tcp") for one in settings.doors):
        raise Invalid("With “workers” or “tls”, “listen” can hold tcp: addresses only.")
    if not 0 <= settings.workers <= _MOST_WORKERS:
        raise Invalid(f"“workers” must be from 0 to {_MOST_WORKERS}.")
    trust_of(settings)


def trust_of(settings: GatewaySettings) -> Trust:
    """Return the names the gateway serves and whom it believes, or raise `Invalid`."""
    names = (settings.public_url, gethostname(), *settings.hosts)
    try:
        return Trust.of(names, settings.trusted)
    except ValueError as error:
        raise Invalid(f"“hosts” or “trusted” cannot be used: {error}.") from None


def parent(
    options: CrewOptions,
    settings: GatewaySettings,
    check: Callable[[GatewaySettings], None],
    reactor: Any,
) -> IService:
    """Return what starts the workers, and on SIGHUP puts new ones in their place."""

    def plan() -> Plan:
        now = read_settings(GatewaySettings, options.layers())
        check(now)
        return Plan(
            workers=max(1, now.workers),
            listen=now.doors,
            command=lambda number: options.command("aen-gateway", number),
            environment=dict(os.environ),
            drain_seconds=now.drain_seconds,
            stop_seconds=now.stop_seconds,
            gone=lambda pid: _workers_socket(now, pid).unlink(missing_ok=True),
        )

    _forget_dead_workers(settings.own_socket)
    crew = Crew(plan, reactor)
    whole = InOrder()
    for part in (crew, OnSignal(signal.SIGHUP, crew.reload, reactor)):
        part.setServiceParent(whole)
    return whole


def _workers_socket(settings: GatewaySettings, pid: int) -> Path:
    return settings.own_socket.with_suffix(f".{pid}.sock")


def _forget_dead_workers(own_socket: Path) -> None:
    """Remove the sockets of workers that were killed together with their parent."""
    for path in own_socket.parent.glob(f"{own_socket.stem}.*{own_socket.suffix}"):
        with contextlib.suppress(Occupied):  # it lives, and will end by itself
            remove_stale_socket(path)


def beside_others(settings: GatewaySettings, place: Place | None) -> GatewaySettings:
    """Return the settings of a worker; old and new ones run side by side."""
    if place is None:
        return settings
    return evolve(settings, socket=str(_workers_socket(settings, os.getpid())))


def proxy_for(
    settings: GatewaySettings, router: Router, log: AccessLog, reactor: Any
) -> ProxyFactory:
    """Return the proxy that asks *router*."""
    seconds = settings.tls.hsts_seconds if settings.tls is not None else 0
    return ProxyFactory(
        Insisting(router, seconds) if seconds else router,
        reactor,
        access_log=log,
        trust=trust_of(settings),
        authorities=trust_root(settings.server_ca),
    )


def entrance(
    settings: GatewaySettings,
    proxy: ProxyFactory,
    news: News,
    place: Place | None,
    reactor: Any,
) -> list[IService]:
    """Return what lets browsers in, and what SIGHUP does meanwhile."""
    certificates = Certificates(settings.tls, reactor) if settings.tls else None
    doors = _doors(settings, proxy, certificates, place, reactor)
    parts: list[IService] = [OnSignal(signal.SIGHUP, _hung_up(certificates), reactor)]
    if certificates is not None:
        parts.append(certificates)
    if place is None:
        return [*parts, doors]
    member = Membership(doors, news.first_opened, news.fall_silent, reactor)
    return [Leaving(settings.own_socket), *parts, member]


class Leaving(Service):
    """Takes a worker's own socket away when it ends; another has another one."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    @override
    def stopService(self) -> None:
        super().stopService()
        self._socket.unlink(missing_ok=True)


def _hung_up(certificates: Certificates | None) -> Callable[[], None]:
    """Return what SIGHUP does to a process that serves."""
    if certificates is not None:
        return certificates.reload
    return lambda: Logger().info("without a parent, settings are read at a restart")


def _doors(
    settings: GatewaySettings,
    proxy: ProxyFactory,
    certificates: Certificates | None,
    place: Place | None,
    reactor: Any,
) -> Doors:
    """Return the doors: with TLS if that is set, and from HTTP to it."""
    sockets = place.sockets if place is not None else {}
    context = certificates.context if certificates is not None else None
    redirect = settings.tls.redirect if settings.tls is not None else ()
    lead = ProxyFactory(ToHttps(settings.public_url), reactor)
    listening = [
        ListeningService(where, proxy, reactor, tls=context, adopted=sockets.get(where))
        for where in settings.listen
    ]
    listening += [
        ListeningService(where, lead, reactor, adopted=sockets.get(where))
        for where in redirect
    ]
    return Doors(
        listening, [proxy, lead], settings.drain_seconds, settings.stop_seconds
    )
