"""The whole program: doors for clients, for the API, for metrics and for redirects."""

import errno
import os
import ssl
import sys
from pathlib import Path
from typing import Any, Final

import attrs
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.logger import Logger

from aen.proxy.access_log import AccessLog
from aen.proxy.factory import ProxyFactory
from aen.proxy.limits import Limits
from aen.proxy.standalone import tls
from aen.proxy.standalone.api import Api, site
from aen.proxy.standalone.metrics import Metrics, MetricsPage
from aen.proxy.standalone.options import Options, Place
from aen.proxy.standalone.pages import pages
from aen.proxy.standalone.redirect import ToHttps
from aen.proxy.standalone.refusal import Refusal
from aen.proxy.standalone.router import RoutesRouter
from aen.proxy.standalone.routes import Routes
from aen.proxy.standalone.targets import Target, read_target
from aen.proxy.trust import Trust
from aen.runtime.sockets import BACKLOG, Occupied, remove_stale_socket, why_not
from aen.runtime.tasks import spawn
from aen.runtime.tls import speak_tls

_HOUR: Final = 3600.0
_EVERYWHERE: Final = "::"
_NO_IPV6: Final = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)
"""What Linux says where IPv6 is left out of the kernel, or switched off."""
_DRAIN_SECONDS: Final = 0.0
_LIMITS: Final = Limits(
    first_byte_seconds=_HOUR, response_seconds=_HOUR, close_seconds=1.0
)


class Standalone:
    """``aen-proxy``, as *options* say."""

    def __init__(self, options: Options, reactor: Any) -> None:
        self._options = options
        self._reactor = reactor
        self._log = Logger()
        self._ports: list[IListeningPort] = []
        self._proxies: list[ProxyFactory] = []
        self._left_behind: list[Path] = []
        self.routes = Routes()
        self.metrics = Metrics()

    def open(self) -> None:
        """Listen everywhere; all of it, or nothing.

        :raises Refusal: something cannot be used; says what.
        """
        try:
            self._open_public()
            self._open_api()
            self._open_others()
            self._write_pid()
        except Refusal:
            spawn(self._log, "closing", self.close())
            raise

    async def close(self) -> None:
        """Close the doors; WebSockets are told so, the rest is ended."""
        ports, self._ports = self._ports, []
        await gatherResults([maybeDeferred(port.stopListening) for port in ports])
        await gatherResults(
            [Deferred.fromCoroutine(one.drain(_DRAIN_SECONDS)) for one in self._proxies]
        )
        self._tidy()

    def _tidy(self) -> None:
        for path in self._left_behind:
            path.unlink(missing_ok=True)
        self._left_behind.clear()

    @property
    def addresses(self) -> list[Any]:
        """Where it listens: for clients, for the API, then the others."""
        return [port.getHost() for port in self._ports]

    def _open_public(self) -> None:
        options = self._options
        client_tls = tls.towards_targets(options.client_ssl, insecure=options.insecure)
        written = pages(
            _target("--error-target", options.error_target),
            options.error_path,
            self._reactor,
            client_tls,
        )
        now = self._reactor.seconds
        if options.default_target is not None:
            _target("--default-target", options.default_target)
            self.routes.add("/", {"target": options.default_target}, now())
        router = RoutesRouter(options, self.routes, written, self.metrics, now)
        verbose = options.log_level == "debug"
        factory = ProxyFactory(
            router,
            self._reactor,
            limits_of(options),
            AccessLog(sys.stdout.buffer, self._reactor) if verbose else None,
            # Without X-Forwarded-* of ours those of others pass as they are.
            trust=options.trust if options.x_forward else Trust(),
            client_tls=client_tls,
        )
        self._proxies.append(factory)
        door = tls.door(options.ssl, options.versions)
        self._listen(options.public, factory, door, mode=0o660)
        self._say("Proxying", options.public, door)

    def _open_api(self) -> None:
        options = self._options
        api = Api(self.routes, options.token, self.metrics, self._reactor.seconds)
        door = tls.door(options.api_ssl)
        self._listen(options.api, site(api), door)
        self._say("The API is", options.api, door)
        if options.token is None:
            self._log.warn(
                "CONFIGPROXY_AUTH_TOKEN is not set: whoever reaches the API may"
                " change every route"
            )

    def _open_others(self) -> None:
        options = self._options
        if options.metrics is not None:
            self._listen(options.metrics, site(MetricsPage(self.metrics)), None)
            self._say("Metrics are", options.metrics, None)
        if options.redirect_port is not None:
            router = ToHttps(options.redirect_to or options.public.port)
            factory = ProxyFactory(router, self._reactor)
            self._proxies.append(factory)
            place = Place(options.public.ip, options.redirect_port)
            self._listen(place, factory, None)
            self._say("Leading to HTTPS", place, None)

    def _listen(
        self,
        place: Place,
        factory: IProtocolFactory,
        door: ssl.SSLContext | None,
        mode: int = 0o600,
    ) -> None:
        try:
            if place.socket is not None:
                self._listen_unix(place.socket, factory, door, mode)
            else:
                self._ports.append(self._listen_tcp(place, factory, door))
        except CannotListenError as error:
            named = _named(place)
            raise Refusal(f"cannot listen on {named}: {why_not(error)}") from None

    def _listen_tcp(
        self, place: Place, factory: IProtocolFactory, door: ssl.SSLContext | None
    ) -> IListeningPort:
        def listen(interface: str) -> IListeningPort:
            found = self._reactor.listenTCP(place.port, factory, BACKLOG, interface)
            if door is not None:
                speak_tls(found, lambda: door)
            assert IListeningPort.providedBy(found)
            return found

        if place.ip not in ("", "*"):
            return listen(place.ip)
        try:
            return listen(_EVERYWHERE)  # Linux gives IPv4 with it
        except CannotListenError as error:
            if error.socketError.errno not in _NO_IPV6:
                raise
            return listen("")

    def _listen_unix(
        self,
        where: str,
        factory: IProtocolFactory,
        door: ssl.SSLContext | None,
        mode: int,
    ) -> None:
        if door is not None:
            raise Refusal(f"{where}: TLS is not spoken over UNIX sockets")
        path = Path(where)
        try:
            remove_stale_socket(path)
        except OSError as error:
            raise Refusal(f"{path}: {error.strerror}") from None
        except Occupied as occupied:
            raise Refusal(str(occupied)) from None
        self._ports.append(self._reactor.listenUNIX(where, factory, BACKLOG, mode))
        self._left_behind.append(path)

    def _say(self, what: str, place: Place, door: ssl.SSLContext | None) -> None:
        scheme = "http" if door is None else "https"
        self._log.info(
            "{what} at {scheme}://{where}",
            what=what,
            scheme=scheme,
            where=_named(place),
        )

    def _write_pid(self) -> None:
        if self._options.pid_file is None:
            return
        path = Path(self._options.pid_file)
        try:
            path.write_text(f"{os.getpid()}", "ascii")
        except OSError as error:
            raise Refusal(f"--pid-file: {error.strerror}") from None
        self._left_behind.append(path)


def limits_of(options: Options) -> Limits:
    """Return the proxy's limits, with the times the options name."""
    changed: dict[str, Any] = {}
    said = [one for one in (options.timeout, options.proxy_timeout) if one]
    if said:
        changed["first_byte_seconds"] = changed["response_seconds"] = min(said)
    if options.timeout:
        changed["body_seconds"] = options.timeout
    if options.proxy_timeout:
        most = _LIMITS.connect_seconds
        changed["connect_seconds"] = min(most, options.proxy_timeout)
    if options.keep_alive_timeout:
        changed["keepalive_seconds"] = options.keep_alive_timeout
    shortest = min([*changed.values(), 4 * _LIMITS.tick_seconds])
    return attrs.evolve(_LIMITS, tick_seconds=max(0.02, shortest / 4), **changed)


def _target(option: str, text: str | None) -> Target | None:
    if text is None:
        return None
    try:
        return read_target(text)
    except ValueError as error:
        raise Refusal(f"{option}: {error}") from None


def _named(place: Place) -> str:
    return place.socket or f"{place.ip or '*'}:{place.port}"
