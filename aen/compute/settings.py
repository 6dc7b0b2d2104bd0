"""Settings of the compute role."""

from pathlib import Path

from attrs import frozen

from aen.compute.environments.settings import (
    DEFAULT_PACKAGES,
    JUPYTER_PACKAGES,
    CloneBy,
    Provider,
)
from aen.compute.limits import Bounds

DEFAULT_PREFIX = Path("/opt/wakari/wakari-compute")


@frozen
class ComputeSettings:
    """``compute-launcher-config.json``."""

    name: str
    """This node's name, as registered with ``add-enterprise-resource``."""
    gateway_key: str
    """The public key of the one gateway this node obeys."""
    prefix: str = str(DEFAULT_PREFIX)
    """Where the node's own files are."""
    listen: tuple[str, ...] = ("tcp:5002",)
    """Where the gateway is answered, as endpoint strings."""
    projectRoot: str = "/projects"  # noqa: N815 -- the product's key
    """Project directories are ``<projectRoot>/<owner>/<project>``."""
    ANON_USER: str | None = None
    """The account that apps run as for visitors who have not signed in, as
    ``anonymous``; the server's settings have the same. None: no app is run for them."""
    server_url: str = ""
    """The server's address as apps may use it for the API (`AEN_SERVER`)."""
    skeleton: str | None = None
    """First files of a new project; default: the ones installed with AEN."""
    python: str | None = None
    """Interpreter of environments; default: the system's, if it is new enough."""
    environments: Provider = Provider.BUILTIN
    """Where projects' environments come from: ``builtin`` (uv) or ``conda``."""
    conda: str | None = None
    """The program conda, mamba or micromamba; default: the one that is found."""
    default_environment: str | None = None
    """Prefix of your own environment that “default” of new projects is cloned from."""
    jupyter_packages: tuple[str, ...] = JUPYTER_PACKAGES
    """What is installed beside environments to serve notebooks."""
    default_packages: tuple[str, ...] = DEFAULT_PACKAGES
    """What is in a new project's environment “default”."""
    clone_by: CloneBy = CloneBy.LINK
    """How environments get their files: ``link`` shares unchanged ones, ``copy`` none.
    """
    launches_per_project: int = 64
    """How many apps of one project may run at a time."""
    stop_patience: float = 5.0
    """Seconds between the polite signal and the strong one."""
    idle_timeout: float = 0.0
    """Seconds without use after which an app stops; 0: never."""
    log_tail: int = 20
    """Lines of an app's output shown when it does not start."""
    log_bytes: int = 8 * 1024 * 1024
    """Bytes after which the log of an app is cut."""
    multiuser: bool | None = None
    """Whether projects and apps belong to people's own accounts on this machine; null:
    exactly if the helper answers. False: all are the account's that runs the node.
    """
    helper: str = "/usr/local/libexec/aen-helper"
    """The privileged program, as `aen-helper-install` has put it."""
    helper_settings: str | None = None
    """Settings of the helper, for a node that root runs; default: the installed ones.
    """
    limits: Bounds = Bounds()
    """What each `app`, each `project` and the `node` may use: {`memory` (MiB), `cpu`
    (cores), `processes`, `files`}; 0: no limit.
    """
    quota: int = 0
    """Bytes of disk after which a project does not start; 0: no limit."""
    short_runtime: str = "/tmp"  # noqa: S108 -- a private directory is made there
    """Where sockets are when paths below the prefix are too long for them."""
    call_limit: int = 1_048_576
    """Bytes accepted in the body of a call."""

    @property
    def home(self) -> Path:
        """The prefix as a path."""
        return Path(self.prefix)

    @property
    def project_root(self) -> Path:
        """Where project directories are."""
        return Path(self.projectRoot)

    @property
    def logs(self) -> Path:
        """Where log files go."""
        return self.home / "var/log/wakari"

    @property
    def runtime(self) -> Path:
        """Sockets and records of running apps; survives a restart of the role."""
        return self.home / "var/run/launches"

    @property
    def manifests(self) -> Path:
        """The operator's own app manifests."""
        return self.home / "etc/wakari/apps"

    @property
    def api_socket(self) -> Path:
        """Where the launcher API is served behind this node's door."""
        return self.home / "var/run/wakari-compute.sock"
