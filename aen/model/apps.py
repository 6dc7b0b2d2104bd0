"""Apps: a manifest says how to run one, a launch is one that runs."""

import enum
import re
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.model.names import AppName, parse_app_name
from aen.model.permissions import APP_SCOPES

_SUBSTITUTION = re.compile(r"%\((\w+)\)s|%(%)")
SUBSTITUTIONS = frozenset(
    "socket port urlPrefix projectHome environment owner project user home"
    # for AEN's own manifests: the platform's interpreter and the Jupyter template
    " python jupyter runtime".split()
)

JUPYTER_ACTIVITY = "jupyter"
"""The `activity` of apps that tell of their kernels as Jupyter does."""


class Listen(enum.Enum):
    """How an app is reached on its node."""

    SOCKET = "socket"
    PORT = "port"


class Instance(enum.Enum):
    """Whether each user has their own process of an app or the team shares one."""

    USER = "user"
    PROJECT = "project"


class Permission(enum.Enum):
    """Who may open an app: everybody who may read, or those who may write."""

    READ = "read"
    WRITE = "write"
    METHOD = "method"
    """Everybody who may read, with requests that change nothing: GET, HEAD, OPTIONS.
    All others, and WebSockets, are for those who may write."""

    @property
    def readers(self) -> bool:
        """Whether those may open it who may only read."""
        return self is not Permission.WRITE


@frozen
class AppLimits:
    """What one app may use; 0: no limit, None: as the node says."""

    memory: int | None = None
    """MiB."""
    cpu: float | None = None
    """Cores."""
    processes: int | None = None
    files: int | None = None
    """Open at a time in each process."""


@frozen
class Manifest:
    """An app's manifest; keys and meaning are the public contract's."""

    name: str
    title: str
    command_list: tuple[str, ...]
    icon: str = "app"
    enabled: bool = True
    hidden: bool = False
    """Whether it is left out where people choose an app; its address works."""
    listen: Listen = Listen.SOCKET
    instance: Instance = Instance.USER
    permission: Permission = Permission.WRITE
    scopes: tuple[str, ...] = ()
    strip_prefix: bool = False
    ready: str = "%(urlPrefix)s/"
    ready_timeout: float = 60.0
    idle_timeout: float | None = None
    activity: str = ""
    """How it is asked whether it is busy: a path that answers ``{"busy": …}``."""
    polling: tuple[str, ...] = ()
    """How paths begin whose GET requests are no use: an open page asks there."""
    limits: AppLimits | None = None
    environment: dict[str, str] = field(factory=dict)

    @property
    def app(self) -> AppName:
        """The name, as a checked one."""
        return parse_app_name(self.name)


@frozen
class AppSummary:
    """What the server and a project's page need to know of an app."""

    name: AppName
    title: str
    icon: str
    permission: Permission
    instance: Instance
    scopes: tuple[str, ...] = ()
    """What its token may ask of the API."""
    hidden: bool = False
    """Whether pages leave it out where people choose an app."""


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill ``%(name)s`` in *text* from *values*; ``%%`` is a percent sign.

    :raises Invalid: a name is not in *values*.
    """

    def fill(match: re.Match[str]) -> str:
        if match[2]:
            return "%"
        try:
            return values[match[1]]
        except KeyError:
            known = ", ".join(sorted(SUBSTITUTIONS))
            raise Invalid(f"%({match[1]})s is not one of: {known}.") from None

    return _SUBSTITUTION.sub(fill, text)


def check_manifest(manifest: Manifest) -> None:
    """Raise `Invalid` naming the key that makes *manifest* unusable."""
    parse_app_name(manifest.name)
    if not manifest.command_list:
        raise Invalid("“command_list” is empty; it needs at least a program.")
    used = _names("command_list", manifest.command_list)
    used |= _names("environment", manifest.environment.values())
    _names("ready", (manifest.ready,))
    if manifest.listen.value not in used:
        raise Invalid(
            f"“listen” is “{manifest.listen.value}”, but neither “command_list” nor"
            f" “environment” has %({manifest.listen.value})s."
        )
    for scope in manifest.scopes:
        if scope not in APP_SCOPES:
            listed = ", ".join(APP_SCOPES)
            raise Invalid(f"“scopes”: “{scope}” is not one of: {listed}.")
    if manifest.ready_timeout <= 0:
        raise Invalid("“ready_timeout” must be a number of seconds above 0.")
    if manifest.idle_timeout is not None and manifest.idle_timeout < 0:
        raise Invalid("“idle_timeout” must be 0 (never) or a number of seconds.")
    _check_activity(manifest.activity)
    for path in manifest.polling:
        if not _is_path(path):
            raise Invalid(f"“polling”: “{path}” must begin with “/” or %(urlPrefix)s.")
    _check_limits(manifest.limits or AppLimits())


def _is_path(text: str) -> bool:
    path = text.removeprefix("%(urlPrefix)s")
    return (
        path.startswith("/")
        and path.isascii()
        and path.isprintable()
        and (" " not in path)
    )


def _check_activity(activity: str) -> None:
    if activity in ("", JUPYTER_ACTIVITY) or _is_path(activity):
        return
    raise Invalid(
        "“activity” must be “jupyter”, or a path that begins with “/” or %(urlPrefix)s."
    )


def _check_limits(limits: AppLimits) -> None:
    for key in ("memory", "cpu", "processes", "files"):
        if (getattr(limits, key) or 0) < 0:
            raise Invalid(f"“limits”: “{key}” must be 0 (none) or more.")


def _names(key: str, texts: Iterable[str]) -> set[str]:
    """Return the names in *texts* that `substitute` would fill in, or `Invalid`."""
    found = (match[1] for text in texts for match in _SUBSTITUTION.finditer(text))
    used = {name for name in found if name}
    for unknown in sorted(used - SUBSTITUTIONS):
        known = ", ".join(sorted(SUBSTITUTIONS))
        raise Invalid(f"“{key}”: %({unknown})s is not one of: {known}.")
    return used
