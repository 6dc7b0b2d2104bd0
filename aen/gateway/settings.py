"""Settings of the gateway role; `aen-gateway-configure` writes most of them."""

from pathlib import Path

from attrs import field, frozen

from aen.runtime.certificates import TlsSettings
from aen.runtime.settings import SECRET, origin_of

DEFAULT_PREFIX = Path("/opt/wakari/wakari-gateway")


@frozen
class GatewaySettings:
    """``wk-gateway-config.json``."""

    name: str
    """The data center's name, as registered."""
    server: str
    """The server's address as this gateway reaches it, e.g. ``http://aen:80``."""
    server_key: str
    """The server's public key: what it asks of us must be signed with it."""
    key: str = field(repr=False, metadata=SECRET)
    """This gateway's own private key (base64url)."""
    public_url: str
    """This gateway's address as browsers see it."""
    server_url: str = ""
    """The server's address as browsers see it; default `server`."""
    prefix: str = str(DEFAULT_PREFIX)
    """Where the gateway's own files are."""
    listen: tuple[str, ...] = ("tcp:8089",)
    """Where browsers are answered, as endpoint strings."""
    hosts: tuple[str, ...] = ()
    """Further names this gateway answers for, besides that of `public_url`, this
    machine's own and the address connected to; ``*``: any."""
    trusted: tuple[str, ...] = ()
    """Proxies in front whose ``X-Forwarded-For``, ``-Proto`` and ``-Host`` are
    believed: addresses, networks (``10.0.0.0/8``), ``unix`` for UNIX sockets."""
    pass_hours: float = 24.0
    """A browser signs in again (silently, by its session) after this many hours."""
    grant_seconds: float = 300.0
    """A cached answer about who may open what is asked for anew after this."""
    grace_seconds: float = 3600.0
    """While the server does not answer, cached answers hold this long."""
    grants: int = 10_000
    """How many answers are cached."""
    page_seconds: float = 0.3
    """How long a page load waits for its app before it is shown the progress."""
    wait_seconds: float = 90.0
    """How long a request that is not a page load waits for its app to be ready."""
    server_ca: str | None = None
    """PEM file of a private CA that signed the server's or nodes' certificates."""
    tls: TlsSettings | None = None
    """TLS at the door, an object; its keys are below."""
    workers: int = 0
    """How many processes serve; 0: this one alone, without a parent for the others."""
    drain_seconds: float = 600.0
    """After a reload, how long replaced workers go on serving what was begun."""
    stop_seconds: float = 3.0
    """The same when the gateway stops; WebSockets are closed at once then."""
    socket: str | None = None
    """UNIX socket of ``/_aen/``; default ``<prefix>/var/run/wakari-gateway.sock``."""

    @property
    def browsers_server_url(self) -> str:
        """The server's address as browsers see it."""
        return self.server_url or self.server

    @property
    def origin(self) -> str:
        """Where pages of our apps are from, as browsers write it."""
        return origin_of(self.public_url)

    @property
    def home(self) -> Path:
        """The prefix as a path."""
        return Path(self.prefix)

    @property
    def logs(self) -> Path:
        """Where log files go."""
        return self.home / "var/log/wakari"

    @property
    def own_socket(self) -> Path:
        """Where the gateway's own pages (``/_aen/…``) are served."""
        if self.socket is not None:
            return Path(self.socket)
        return self.home / "var/run/wakari-gateway.sock"

    @property
    def doors(self) -> tuple[str, ...]:
        """Everywhere the gateway listens, for redirects too."""
        return self.listen + (self.tls.redirect if self.tls is not None else ())
