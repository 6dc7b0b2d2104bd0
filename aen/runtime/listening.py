"""Listening where a setting says: ``tcp:8089``, ``unix:/run/aen/server.sock``."""

import re
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.application.service import Service
from twisted.internet import tcp
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import quoteStringArgument, serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocolFactory,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Factory

from aen.model.errors import Invalid
from aen.runtime.sockets import BACKLOG, Occupied, remove_stale_socket, why_not
from aen.runtime.tls import speak_tls


def unix_endpoint(path: Path, mode: int = 0o600) -> str:
    """Return the endpoint string for a UNIX socket only *mode* may open."""
    # twistd's own lock file would keep a killed server from coming back.
    return f"unix:{quoteStringArgument(str(path))}:mode={mode:o}:lockfile=0"


class ListeningService(Service):
    """Listens at an endpoint string while it runs.

    The port is bound in `privilegedStartService`, so that a port in use ends the
    start with a sentence and not with a traceback.

    :param tls: with it connections speak TLS, each with the context it returns.
    :param adopted: descriptor of a socket that listens already, for several processes
        (`aen.runtime.workers`); it is served from `startService` on.
    """

    def __init__(
        self,
        where: str,
        factory: IProtocolFactory,
        reactor: Any,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        adopted: int | None = None,
    ) -> None:
        self._where = where
        self._factory = factory
        self._reactor = reactor
        self._tls = tls
        self._adopted = adopted
        self._port: IListeningPort | None = None

    def privilegedStartService(self) -> None:
        """Bind the port.

        :raises Invalid: the address cannot be listened on; says why.
        """
        super().privilegedStartService()
        if self._adopted is not None:
            return
        kind, _, rest = self._where.partition(":")
        if self._tls is not None and not kind.startswith("tcp"):
            raise Invalid(f"{self._where}: TLS is spoken on tcp: addresses only")
        if kind == "unix":
            _make_room(Path(_unquoted(rest)))
        failures: list[Any] = []
        endpoint = _endpoint(self._reactor, self._where)
        listening: Deferred[IListeningPort] = endpoint.listen(self._factory)
        listening.addCallbacks(  # type: ignore[unused-awaitable]
            self._bound, failures.append
        )
        if failures:
            raise Invalid(f"cannot listen on {self._where}: {_why(failures[0].value)}")

    def _bound(self, port: IListeningPort) -> None:
        self._port = port
        if isinstance(port, tcp.Port):
            # Twisted's 50 are soon used up when many come back at once.
            port.socket.listen(BACKLOG)
        if self._tls is not None:
            speak_tls(port, self._tls)

    def startService(self) -> None:
        """Serve a socket that was adopted; any other is served already."""
        super().startService()
        if self._adopted is None:
            return
        with socket.socket(fileno=self._adopted) as inherited:
            inherited.setblocking(False)
            port = self._reactor.adoptStreamPort(
                inherited.fileno(), inherited.family, self._factory
            )
        self._adopted = None
        self._bound(port)
        _take_turns(port)

    def stopService(self) -> Deferred[None] | None:
        """Stop listening; connections that are open stay open."""
        super().stopService()
        if self._port is None:
            return None
        port, self._port = self._port, None
        stopped: Deferred[None] | None = port.stopListening()
        return stopped

    @property
    def port(self) -> Any:
        """The port bound, once running."""
        assert self._port is not None
        return self._port

    def getHost(self) -> Any:  # noqa: N802 -- Twisted's name for it
        """Return the address bound, once running."""
        return self.port.getHost()


def hold(where: str, reactor: Any) -> "Held":
    """Bind *where* for other processes to serve.

    :raises Invalid: the address cannot be listened on; says why.
    """
    factory = Factory()
    factory.noisy = False
    service = ListeningService(where, factory, reactor)
    service.privilegedStartService()
    port = service.port
    port.stopReading()
    return Held(where, service, port.fileno())


@frozen
class Held:
    """A socket that listens and that this process does not accept from."""

    where: str
    _service: ListeningService
    descriptor: int

    def release(self) -> Deferred[None] | None:
        """Close it, for those who have inherited it, too."""
        return self._service.stopService()


def _endpoint(reactor: Any, where: str) -> IStreamServerEndpoint:
    try:
        found: IStreamServerEndpoint = serverFromString(reactor, where)
    except (TypeError, ValueError) as error:
        raise Invalid(f"“{where}” is no address to listen on: {error}") from None
    return found


def _unquoted(rest: str) -> str:
    """Return the first value of an endpoint string, its escapes undone."""
    value = re.match(r"(?:[^:\\]|\\.)*", rest)
    assert value is not None  # it may be empty, but it is there
    return re.sub(r"\\(.)", r"\1", value[0])


def _make_room(path: Path) -> None:
    """Make the folder of a UNIX socket, and unlink one that was left behind."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_stale_socket(path)
    except OSError as error:
        raise Invalid(f"cannot listen on {path}: {error.strerror}") from None
    except Occupied as occupied:
        raise Invalid(str(occupied)) from None


def _take_turns(port: Any) -> None:
    """Accept one connection a turn, so that all processes get their share."""
    accept = port.doRead

    def accept_one() -> None:
        port.numberAccepts = 1
        accept()

    port.doRead = accept_one


def _why(error: BaseException) -> str:
    if isinstance(error, CannotListenError):
        return why_not(error)
    return str(error)
