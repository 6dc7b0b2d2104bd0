"""Settings of the server role."""

import os
from collections.abc import Sequence
from pathlib import Path
from socket import gethostname
from typing import Any

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.model.names import parse_visitors_name
from aen.model.schedule import seconds_of_day
from aen.model.users import Role
from aen.proxy.trust import Trust
from aen.runtime.options import SHARED
from aen.runtime.settings import (
    SECRET,
    Layer,
    check_url,
    layers,
    origin_of,
    read_settings,
)
from aen.server.directories.choosing import check_accounts
from aen.server.directories.ldap_settings import LdapSettings
from aen.server.directories.pam import PamSettings
from aen.server.site_values import zone

MOST_PROCESSES = 64
DEFAULT_PREFIX = Path("/opt/wakari/wakari-server")
OWN_FILES = ("config.json", "wk-server-config.json")
"""The server's own settings files, below ``etc/wakari``; the later one wins."""


def _service_account() -> str:
    return os.environ.get("AEN_SRVC_ACCT", "wakari")


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
    hosts: tuple[str, ...] = ()
    """Further names the native front answers for, besides that of `public_url`, this
    machine's own and the address connected to; ``*``: any."""
    trusted: tuple[str, ...] = ()
    """Proxies before the native front whose ``X-Forwarded-For``, ``-Proto`` and
    ``-Host`` are believed: addresses, networks, ``unix`` for UNIX sockets."""
    socket: str | None = None
    """UNIX socket of the pages; default ``<prefix>/var/run/wakari-server.sock``."""
    processes: int = 1
    """How many processes serve the pages; with more than one, what listens is a
    process of its own, and each has a UNIX socket: ``wakari-server.sock``,
    ``wakari-server-1.sock`` and so on."""
    worker: bool = False
    """Whether the web process does tasks itself; else ``--worker`` runs apart."""
    accounts: str = "local"
    """Which back end keeps people's passwords: ``local`` (the store), ``ldap``,
    ``pam``, or ``module:Class`` of your own; see accounts.md. Accounts made here with a
    password can always sign in."""
    LDAP: LdapSettings | None = field(default=None, metadata=SECRET)
    """How to ask an LDAP directory or Active Directory; see below."""
    PAM: PamSettings = PamSettings()
    """How to ask the machine; see below."""
    ANON_USER: str | None = None
    """The account of the nodes that apps run as for visitors who have not signed in, as
    ``anonymous``; nobody can have it as their own. The same key tells the nodes. None:
    who has not signed in opens no apps."""
    accounts_options: dict[str, Any] = field(factory=dict, repr=False, metadata=SECRET)
    """What a back end of your own is made with."""
    accounts_at_sign_in: bool = True
    """Whether the back end's people get an account at their first sign-in; else an
    administrator makes it: ``aen-server-admin add-user NAME --no-password``."""
    accounts_at_once: int = 8
    """How many people the back end is asked for at the same time."""
    accounts_seconds: float = 20.0
    """How long it may take to tell; then people are told that it does not answer."""
    accounts_look: float = 600.0
    """Seconds between looks whether the back end still knows its people: who is gone
    or disabled there loses sessions and tokens until the next sign-in."""
    accounts_look_most: int = 1000
    """How many are looked for at a time, those not looked for longest first."""
    group_roles: dict[str, Role] = field(factory=dict)
    """The role that a group of the back end gives, set anew at each sign-in:
    ``{"cn=aen-admins,ou=groups,dc=example,dc=org": "superuser"}``. Empty: roles are
    given here."""
    password_help: str = ""
    """What people are told about passwords that a back end keeps, e.g. whom to call."""
    password_url: str | None = None
    """Where they change such a password."""
    open_registration: bool = False
    """Whether strangers may make themselves an account."""
    default_visibility: str = "private"
    """What a new project is unless its owner says: ``private``, ``public``."""
    time_zone: str = "UTC"
    """The zone in which a day begins for reports, e.g. ``Europe/Berlin``."""
    MONGO_URL: str | None = field(default=None, repr=False, metadata=SECRET)
    """A MongoDB; without it the embedded store is used."""
    session_days: float = 14.0
    """A browser session ends after this many days without use."""
    task_lease: float = 30.0
    """Seconds after which the task of a silent worker is given to another."""
    task_attempts: int = 3
    """How often a task is begun by workers that die before it is called failed."""
    task_pauses: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0)
    """Seconds between the attempts to reach a data center before a start fails."""
    tasks_at_once: int = 8
    """How many tasks one worker does side by side."""
    tasks_spare: int = 2
    """How many of those at once are kept for what people wait for, as starts."""
    trim_every: float = 600.0
    """Seconds between two looks for what has expired and is forgotten."""
    teams_every: float = 10.0
    """Seconds between two looks for teams that have not reached their files."""
    task_poll: float = 0.25
    """Seconds between looks for tasks and events other processes left."""
    store_timeout: float = 5.0
    """Seconds after which the store counts as down."""
    password_length: int = 8
    """The least number of characters of a password."""
    sign_in_free: int = 5
    """Wrong passwords an account may see before each further one has to wait."""
    sign_in_free_address: int = 30
    """The same for everything that comes from one address."""
    sign_in_pause: float = 30.0
    """The longest wait, in seconds; it grows from one second on."""
    sign_in_window: float = 900.0
    """Seconds after which wrong passwords are forgotten."""
    reset_hours: float = 24.0
    """How long a link for choosing a new password is good."""
    mail_ca: str | None = None
    """PEM file of a private CA that signed the mail server's certificate."""
    mail_connect: float = 10.0
    """Seconds a connection to the mail server may take to be made."""
    mail_timeout: float = 60.0
    """Seconds after which a mail server that is spoken with counts as gone."""
    mail_pauses: tuple[float, ...] = (
        60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0,
    )  # fmt: skip
    """Seconds between the attempts to send a letter; after the last it is left, with
    the reason, among the tasks that failed."""
    mail_per_person: int = 5
    """How many reset links or confirmations go to one person in an hour."""
    mail_per_address: int = 20
    """How many of them may be asked for from one address in an hour."""
    tokens_per_user: int = 100
    """How many API tokens a person may have."""
    ssh_keys_per_user: int = 50
    """How many SSH public keys a person may have."""
    searches_per_user: int = 50
    """How many searches a person may keep."""
    app_tokens: int = 5
    """How many tokens the launches of one app by one person may hold."""
    service_account: str = field(factory=_service_account)
    """The account that runs the platform; the environment variable `AEN_SRVC_ACCT`
    names another. Until a data center's nodes have told whom they refuse, it cannot
    own, join or start projects there. Empty: nobody is refused before that."""
    team_size: int = 200
    """How many people may be in the team of a project."""
    moves_every: float = 60.0
    """Seconds between looks for renamed projects whose files have not moved yet."""
    guests_every: float = 5.0
    """Seconds between looks for guests whose time is over. They may do nothing from
    that moment on; the look closes what they have open and takes them off the team."""
    events_kept: int = 10_000
    """How many events are kept for processes that catch up, for at most a day."""
    history_days: float = 30.0
    """How long ended tasks are kept."""
    audit_days: float = 400.0
    """How long it is kept who did what."""
    audit_export: int = 100_000
    """How many lines of that a file may have that an administrator takes home."""
    picture_service: str = ""
    """Address of a service that has pictures of people by the SHA-256 of their mail
    address, e.g. ``https://www.gravatar.com/avatar``. Browsers ask it, so it learns who
    looks at whom. Empty: pictures are drawn from names and nobody is asked."""
    api_rate: int = 6000
    """Calls a minute that one token, or one person's browsers, may make of the API;
    each of several `processes` lets through its part."""
    api_rate_address: int = 1200
    """The same for all visitors, and for all wrong tokens, that come from one
    address."""
    repeat_hours: float = 24.0
    """How long the answer to a call with an ``Idempotency-Key`` is kept."""
    repeat_seconds: float = 60.0
    """Seconds after which a call with such a key may be made again, if the process
    that did it fell silent."""
    repeats_per_user: int = 1000
    """How many such answers are kept for a person; the oldest go first."""
    examples: bool = False
    """Whether ``/static/examples`` shows what pages are made of, to whoever develops
    them."""
    exceptions_kept: int = 500
    """How many different errors of our own are kept for administrators."""
    body_limit: int = 1_048_576
    """Bytes accepted in the body of a form or an API call."""
    gateway_ca: str | None = None
    """PEM file of a private CA that signed the gateways' certificates."""
    beside: tuple[str, ...] = (
        "/opt/wakari/wakari-gateway",
        "/opt/wakari/wakari-compute",
    )
    """Prefixes of the other roles on this machine: their settings and keys are in
    backups, too. One that is not there is passed over."""
    backup_also: tuple[str, ...] = ()
    """Further files that belong in backups, e.g. a settings file given with ``-c``
    that is not below the prefix; absolute paths."""
    backup_folder: str | None = None
    """Where a backup is put every day; null: nowhere. It must be there; others than the
    service account should not be able to write to it."""
    backup_at: str = "02:30"
    """When, in UTC."""
    backup_keep: int = 14
    """How many of them are kept; the oldest go once a new one is whole."""
    backup_passphrase_file: str | None = None
    """A file (mode 0600) with the passphrase to encrypt them with; null: they are not
    encrypted. Keep a copy of it elsewhere: without it they are worth nothing."""
    backup_seconds: float = 3600.0
    """How long making one may take."""

    @property
    def origin(self) -> str:
        """Where our pages are from, as browsers write it."""
        return origin_of(self.public_url)

    @property
    def pictures_from(self) -> str:
        """Where pictures of people come from, as an origin; empty: from here."""
        return "/".join(self.picture_service.split("/")[:3])

    @property
    def https(self) -> bool:
        """Whether browsers come by TLS."""
        return self.public_url.startswith("https:")

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
    def bells(self) -> Path:
        """The folder of the sockets by which processes tell that there are news."""
        return self.home / "var/run/bells"

    @property
    def web_sockets(self) -> tuple[Path, ...]:
        """The UNIX sockets of all processes that serve pages, by their numbers."""
        first = self.web_socket
        others = (
            first.with_name(f"{first.stem}-{number}{first.suffix}")
            for number in range(1, self.processes)
        )
        return (first, *others)

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


def server_layers(given: Sequence[str]) -> list[Layer]:
    """Return the server's settings files, *given* ones last: those win."""
    own = [DEFAULT_PREFIX / "etc/wakari" / name for name in OWN_FILES]
    return layers(SHARED, own, given)


def read_server(given: Sequence[str]) -> ServerSettings:
    """Return the settings in the server's files.

    :raises Invalid: naming file, key and what to write instead.
    """
    settings = read_settings(ServerSettings, server_layers(given))
    check_server(settings)
    return settings


def trust_of(settings: ServerSettings) -> Trust:
    """Return the names the front serves and whom it believes.

    :raises Invalid: a name that is none, an address that is none.
    """
    names = (settings.public_url, gethostname(), *settings.hosts)
    try:
        return Trust.of(names, settings.trusted)
    except ValueError as error:
        raise Invalid(f"“hosts” or “trusted” cannot be used: {error}.") from None


def check_server(settings: ServerSettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    check_url("public_url", settings.public_url)
    trust_of(settings)
    if not 1 <= settings.processes <= MOST_PROCESSES:
        raise Invalid(f"“processes” must be from 1 to {MOST_PROCESSES}.")
    if settings.picture_service:
        check_url("picture_service", settings.pictures_from)
        if set(settings.picture_service) & set(" ;,'\"?#"):
            raise Invalid("“picture_service” must be an address and a path only.")
    if settings.ANON_USER is not None:
        parse_visitors_name(settings.ANON_USER, settings.service_account)
    check_accounts(settings)
    _check_password_url(settings.password_url)
    if settings.default_visibility not in ("private", "public"):
        raise Invalid("“default_visibility” must be “private” or “public”.")
    zone(settings.time_zone)
    _check_backups(settings)


def _check_password_url(url: str | None) -> None:
    if url is not None and not url.startswith(("http://", "https://", "mailto:")):
        raise Invalid("“password_url” must begin with http://, https:// or mailto:.")


def _check_backups(settings: ServerSettings) -> None:
    seconds_of_day("backup_at", settings.backup_at)
    if settings.backup_keep < 1:
        raise Invalid("“backup_keep” must be at least 1.")
    folder = settings.backup_folder
    if folder is not None and not Path(folder).is_absolute():
        raise Invalid("“backup_folder” must be an absolute path.")
    if not all(Path(one).is_absolute() for one in settings.backup_also):
        raise Invalid("“backup_also” must hold absolute paths.")
