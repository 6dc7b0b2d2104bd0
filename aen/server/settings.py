"""Settings of the server role."""

from pathlib import Path

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.settings import SECRET, check_url

DEFAULT_PREFIX = Path("/opt/wakari/wakari-server")


@frozen
class ServerSettings:
    """``wk-server-config.json``. Keys the original product had keep their names."""

    public_url: str
    """Address as browsers see it, e.g. ``https://aen.example.org``; no slash after."""
    prefix: str = str(DEFAULT_PREFIX)
    """Where the server's own files are."""
    site_name: str = "Anaconda Enterprise Notebooks"
    """What the pages call this installation."""
    listen: tuple[str, ...] = ()
    """Where the native front listens, as endpoint strings, e.g. ``tcp:80``.
    Empty: nginx or another proxy stands in front of the UNIX socket."""
    socket: str | None = None
    """UNIX socket of the pages; default ``<prefix>/var/run/wakari-server.sock``."""
    worker: bool = False
    """Whether the web process does tasks itself; else ``--worker`` runs apart."""
    accounts: str = "local"
    """Where accounts are kept; ``local``: in the store."""
    open_registration: bool = False
    """Whether strangers may make themselves an account."""
    default_visibility: str = "private"
    """What a new project is unless its owner says: ``private``, ``public``."""
    MONGO_URL: str | None = field(default=None, repr=False, metadata=SECRET)
    """A MongoDB; without it the embedded store is used."""
    session_days: float = 14.0
    """A browser session ends after this many days without use."""
    task_lease: float = 30.0
    """Seconds after which the task of a silent worker is given to another."""
    task_attempts: int = 3
    """How often a task that fails is tried."""
    task_poll: float = 0.25
    """Seconds between looks for tasks and events other processes left."""
    store_timeout: float = 5.0
    """Seconds after which the store counts as down."""
    body_limit: int = 1_048_576
    """Bytes accepted in the body of a form or an API call."""
    gateway_ca: str | None = None
    """PEM file of a private CA that signed the gateways' certificates."""

    @property
    def home(self) -> Path:
        """The prefix as a path."""
        return Path(self.prefix)

    @property
    def web_socket(self) -> Path:
        """The UNIX socket the pages are served on."""
        default = self.home / "var/run/wakari-server.sock"
        return Path(self.socket) if self.socket else default

    @property
    def secrets(self) -> Path:
        """Where the server keeps its own keys, mode 0600."""
        return self.home / "etc/wakari/keys"

    @property
    def logs(self) -> Path:
        """Where log files go."""
        return self.home / "var/log/wakari"

    @property
    def store(self) -> Path:
        """Where the embedded store keeps its data."""
        return self.home / "var/lib/wakari/store"


def check_server(settings: ServerSettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    check_url("public_url", settings.public_url)
    if settings.accounts != "local":
        raise Invalid(f"“accounts” must be “local”, not “{settings.accounts}”.")
    if settings.default_visibility not in ("private", "public"):
        raise Invalid("“default_visibility” must be “private” or “public”.")
